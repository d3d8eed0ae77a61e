use URI;
unit class Handler::Uri; has %.conf;
method handle(@a) { my $u = URI.new('http://example.org:8080/a/b?x=1#f'); "{$u.host} {$u.port} {$u.path}" }
