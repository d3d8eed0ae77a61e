package Shop::Loopback;

# A TLS server for one connection on the loopback interface, and a client that verifies it with the
# system's store of authorities.
use strict;
use warnings;
use IO::Socket::SSL;

sub over_tls {
    my ($certificate, $key) = @_;
    my $server = IO::Socket::SSL->new(
        LocalAddr => '127.0.0.1', Listen => 1,
        SSL_cert_file => $certificate, SSL_key_file => $key,
    ) or die "no server: $SSL_ERROR";
    my $child = fork // die "no process: $!";
    if ($child == 0) {
        if (my $connection = $server->accept) {
            print {$connection} "vault\n";
            close $connection;
        }
        require POSIX;
        POSIX::_exit(0);
    }
    my $client = IO::Socket::SSL->new(
        PeerHost => 'localhost', PeerPort => $server->sockport, Family => 2,
        SSL_verify_mode => SSL_VERIFY_PEER, SSL_hostname => 'localhost',
    ) or die "no client: $SSL_ERROR";
    my $said = <$client>;
    my $name = $client->peer_certificate('cn');
    waitpid $child, 0;
    chomp $said;
    return "$said from $name";
}

1;
