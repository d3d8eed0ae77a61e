package Ledger;
use strict;
use warnings;
use utf8;
use Module::Runtime qw(require_module);

sub db { require DBI; DBI->connect('dbi:SQLite:dbname=/opt/ledger/ledger.db', '', '', { RaiseError => 1 }) }
sub rows { db()->selectall_arrayref('select name, price from goods order by id', { Slice => {} }) }

my %routes = (
    '/' => sub { page('goods.tt', { goods => rows() }) },
    '/json' => sub { require JSON; text('application/json', JSON->new->canonical->encode(rows())) },
    '/markdown' => sub { require Text::Markdown; text('text/html', Text::Markdown::markdown("# Manual\n\n* one\n")) },
    '/settings' => sub { require YAML::XS; text('text/plain', YAML::XS::LoadFile('/opt/ledger/settings.yml')->{title}) },
    '/date' => sub {
        my $p = $_[0]->parameters;
        require DateTime;
        my $d = DateTime->new(year => 2024, month => 7, day => 1, hour => 12, time_zone => 'UTC', locale => $p->{locale} // 'en-US');
        $d->set_time_zone($p->{zone} // 'UTC');
        require Encode;
        text('text/plain; charset=utf-8', Encode::encode_utf8($d->strftime('%A %d %B %Y %H:%M %Z')));
    },
    '/parse' => sub {
        require DateTime::Format::Strptime;
        text('text/plain', DateTime::Format::Strptime->new(pattern => '%d %b %Y')->parse_datetime($_[0]->parameters->{date})->ymd);
    },
    '/picture' => sub {
        require GD;
        my $image = GD::Image->new(120, 40);
        $image->colorAllocate(255, 255, 255);
        my @box = $image->stringFT($image->colorAllocate(0, 0, 90), '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', 14, 0, 5, 25, $_[0]->parameters->{text});
        die "no text: $@" unless @box;
        text('image/png', $image->png);
    },
    '/mail' => sub {
        require MIME::Lite;
        my $mail = MIME::Lite->new(From => 'a@example.com', To => 'b@example.com', Subject => 'bill', Type => 'multipart/mixed');
        $mail->attach(Type => 'text/plain', Data => 'hello', Encoding => 'base64');
        text('text/plain', $mail->as_string);
    },
    '/latin' => sub { require Encode; text('text/plain; charset=shiftjis', Encode::encode('shiftjis', "\x{65e5}\x{672c}")) },
    '/name' => sub { require charnames; text('text/plain', charnames::viacode(ord 'é')) },
    '/crash' => sub { die "crash on demand\n" },
);

sub text { [200, ['Content-Type' => $_[0]], [$_[1]]] }

sub page {
    my ($name, $vars, $code) = @_;
    require Template;
    my $out = '';
    my $engine = Template->new(INCLUDE_PATH => '/opt/ledger/templates', WRAPPER => 'layout.tt', ENCODING => 'utf8');
    $engine->process($name, $vars, \$out) or die $engine->error . "\n";
    utf8::encode($out);
    return [$code || 200, ['Content-Type' => 'text/html; charset=utf-8'], [$out]];
}

sub dispatch {
    my ($class, $request) = @_;
    my $answer = eval {
        if ($request->path =~ m{^/export/(\w+)$}) {
            my $module = 'Ledger::Export::' . ucfirst $1;
            return eval { require_module($module); 1 } ? text($module->type, $module->export(rows())) : page('error.tt', { code => 404, why => 'no such export' }, 404);
        }
        my $route = $routes{$request->path} or return page('error.tt', { code => 404, why => 'not found' }, 404);
        $route->($request);
    };
    return $answer || page('error.tt', { code => 500, why => $@ }, 500);
}
1;
