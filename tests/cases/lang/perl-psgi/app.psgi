use strict;
use warnings;
use Plack::Builder;
use Plack::Request;
use Ledger;

my $app = sub {
    my $env = shift;
    my $request = Plack::Request->new($env);
    return [200, ['Content-Type' => 'text/plain'], ["ok\n"]] if $request->path eq '/health';
    return Ledger->dispatch($request);
};

builder {
    enable sub {
        my $next = shift;
        sub {
            my $env = shift;
            my $answer = $next->($env);
            return $answer unless ($env->{HTTP_ACCEPT_ENCODING} // '') =~ /gzip/ && ref $answer->[2] eq 'ARRAY';
            require IO::Compress::Gzip;
            my $plain = join '', @{$answer->[2]};
            IO::Compress::Gzip::gzip(\$plain, \my $packed) or return $answer;
            push @{$answer->[1]}, 'Content-Encoding' => 'gzip';
            return [$answer->[0], $answer->[1], [$packed]];
        };
    };
    mount '/static' => builder {
        sub { require Plack::App::File; Plack::App::File->new(root => '/opt/ledger/public')->to_app->(@_) }
    };
    mount '/private' => builder {
        sub {
            require Plack::Middleware::Auth::Basic;
            Plack::Middleware::Auth::Basic->wrap(sub { [200, [], ["welcome $_[0]{REMOTE_USER}\n"]] },
                authenticator => sub { $_[0] eq 'ann' && $_[1] eq 'secret' })->(@_);
        }
    };
    mount '/' => $app;
};
