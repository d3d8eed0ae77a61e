use JSON::Fast;
my %conf = from-json(slurp $*PROGRAM.parent.parent.add('board.json'));
sub respond($conn, Int $status, Str $body) {
    my $b = $body.encode('utf8');
    await $conn.write("HTTP/1.1 $status X\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {$b.bytes}\r\nConnection: close\r\n\r\n".encode('latin-1'));
    await $conn.write($b);
    $conn.close;
}
sub dispatch(Str $path) {
    my @p = $path.split('/', :skip-empty);
    return 200, 'ok' if !@p || @p[0] eq 'health';
    return 404, 'unknown handler' unless @p[0] (elem) %conf<handlers>;
    my $class = 'Handler::' ~ @p[0].tc;
    require ::($class);
    return 200, ~::($class).new(conf => %conf).handle(@p[1..*]);
}
sub MAIN(Int :$port = 8070) {
    say "board on $port"; 
    react {
        whenever signal(SIGTERM) { say 'stopping'; exit 0 }
        whenever IO::Socket::Async.listen('0.0.0.0', $port) -> $conn {
            my $seen = '';
            whenever $conn.Supply {
                $seen ~= $_;
                if $seen.contains("\n\n") || $seen.contains("\r\n\r\n") {
                    my $path = $seen.words[1];
                    start { my @x = (try dispatch($path)) // (500, $!.message); try respond($conn, @x[0], @x[1]) }
                }
            }
        }
    }
}
