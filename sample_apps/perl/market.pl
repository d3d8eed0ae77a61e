#!/usr/bin/perl
# Each route leans on one thing that Perl loads only when a request asks for it.
use Mojolicious::Lite -signatures;
use FindBin qw($Bin);
use lib "$Bin/lib";
use utf8;

helper answer => sub ($c, @words) { $c->render(text => join ' ', @words) };

get '/health' => { text => 'ok' };

get '/' => sub ($c) { $c->render('index', stalls => 4) };

get '/stall/:name' => sub ($c) { $c->render('stall') };

get '/broken' => sub ($c) { die "the awning fell down\n" };

get '/encoding/:name' => sub ($c) {
    require Encode;
    my $bytes = Encode::encode($c->param('name'), '日本 é');
    $c->answer(unpack('H*', $bytes), Encode::decode($c->param('name'), $bytes));
};

get '/unicode/:word' => sub ($c) {
    require Unicode::Normalize;
    require Unicode::UCD;
    my $word = $c->param('word');
    $c->answer(
        length(Unicode::Normalize::NFD($word)), uc $word,
        $word =~ /\p{Script=Han}/ ? 'Han' : 'other',
        Unicode::UCD::charinfo(ord $word)->{name}, "\N{GREEK SMALL LETTER PI}",
    );
};

get '/zone/*name' => sub ($c) {
    require DateTime;
    my $moment = DateTime->new(year => 2024, month => 7, day => 1, hour => 12, time_zone => 'UTC');
    $moment->set_time_zone($c->param('name'));
    $c->answer($moment->strftime('%F %H:%M %Z'), scalar localtime 1719835200);
};

get '/piece' => sub ($c) {
    require Time::Piece;
    my $moment = Time::Piece->strptime('1 Jul 2024', '%d %b %Y');
    $c->answer($moment->ymd, $moment->day_of_week, $moment->week);
};

get '/locale/*name' => sub ($c) {
    require POSIX;
    require I18N::Langinfo;
    my $before = POSIX::setlocale(POSIX::LC_ALL(), '');
    my $set = POSIX::setlocale(POSIX::LC_ALL(), $c->param('name')) // 'no such locale';
    my $day = I18N::Langinfo::langinfo(I18N::Langinfo::DAY_2());
    my $point = POSIX::localeconv()->{decimal_point};
    POSIX::setlocale(POSIX::LC_ALL(), 'C');
    $c->answer($set, $day, $point);
};

get '/ledger/:item' => sub ($c) {
    require Shop::Ledger;
    $c->answer('entries:', Shop::Ledger->new->add_twice($c->param('item')));
};

get '/tls' => sub ($c) {
    require Shop::Loopback;
    $c->answer(Shop::Loopback::over_tls("$Bin/own.crt", "$Bin/own.key"));
};

get '/digest' => sub ($c) {
    require Digest::SHA;
    require Digest::MD5;
    require MIME::Base64;
    require Math::BigInt;
    $c->answer(
        Digest::SHA::sha512_hex('abc'), Digest::MD5::md5_hex('abc'),
        MIME::Base64::encode_base64('abc', ''), Math::BigInt->new(2)->bpow(80),
    );
};

get '/packed' => sub ($c) {
    require IO::Compress::Gzip;
    require IO::Uncompress::Gunzip;
    my $text = 'stall ' x 1000;
    IO::Compress::Gzip::gzip(\$text, \my $packed) or die 'cannot pack';
    IO::Uncompress::Gunzip::gunzip(\$packed, \my $unpacked) or die 'cannot unpack';
    $c->answer(length $packed < 200 ? 'small' : 'large', length $unpacked);
};

get '/files' => sub ($c) {
    require File::Temp;
    require File::Find;
    require Storable;
    my $folder = File::Temp->newdir;
    Storable::store([1, 2], "$folder/list");
    my $found = 0;
    File::Find::find(sub { $found++ }, "$folder");
    $c->answer($found, "@{Storable::retrieve(\"$folder/list\")}");
};

get '/formats' => sub ($c) {
    require Text::CSV;
    require JSON::PP;
    my $csv = Text::CSV->new({binary => 1});
    $csv->parse('"Emma, a novel",1815');
    $c->answer(($csv->fields)[0], JSON::PP->new->canonical->encode({a => [1, undef]}));
};

get '/process/:word' => sub ($c) {
    require IPC::Open3;
    my $child = IPC::Open3::open3(my $in, my $out, undef, $^X, '-MList::Util=sum', '-e', 'print scalar reverse shift', $c->param('word'));
    my $said = <$out>;
    waitpid $child, 0;
    $c->answer($said, $? >> 8);
};

get '/names' => sub ($c) {
    require Socket;
    my @found = Socket::getaddrinfo('localhost', 'http', {socktype => Socket::SOCK_STREAM()});
    $c->answer($found[0] || 'found', scalar getpwnam 'trader', scalar getservbyname('https', 'tcp'));
};

post '/upload' => sub ($c) { $c->answer($c->param('file')->filename, $c->param('file')->size) };

app->start;
