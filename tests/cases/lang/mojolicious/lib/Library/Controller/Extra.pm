package Library::Controller::Extra;
use Mojo::Base 'Mojolicious::Controller', -signatures;
my %kinds = (
  mail => sub ($c) { require Email::Stuffer; require Email::MIME; Email::Stuffer->from('a@example.com')->to('b@example.com')->subject("Gr\x{fc}\x{df}e")->html_body($c->render_to_string('mail/due', name => 'Bob'))->attach('x', filename => 'a.txt')->email->as_string },
  tt => sub ($c) { require Template; Template->new(INCLUDE_PATH => $c->app->home->child('tt'))->process('page.tt', {when => 1700000000, list => [3, 1, 2]}, \my $out) or die Template->error; $out },
  md => sub ($c) { require Text::MultiMarkdown; Text::MultiMarkdown::markdown("a | b\n--|--\n1 | 2\n") },
  chart => sub ($c) { require GD; my $i = GD::Image->new(80, 40); my $w = $i->colorAllocate(255, 255, 255); my $b = $i->colorAllocate(0, 0, 0); $i->stringFT($b, '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', 12, 0, 5, 20, 'tea') or die $@; $i->png },
  magick => sub ($c) { require Image::Magick; my $i = Image::Magick->new(size => '40x40'); $i->Read('gradient:red-blue'); my @b = $i->ImageToBlob(magick => $c->param('form') // 'webp'); $b[0] },
  xslt => sub ($c) { require XML::LibXSLT; require XML::LibXML; my $x = XML::LibXSLT->new; $x->parse_stylesheet(XML::LibXML->load_xml(location => $c->app->home->child('etc/books.xsl')))->transform(XML::LibXML->load_xml(string => '<books><b>tea</b></books>'))->toString },
  hash => sub ($c) { require Crypt::Argon2; Crypt::Argon2::argon2id_verify(Crypt::Argon2::argon2id_pass('x', 'saltsalt', 1, '1M', 1, 16), 'x') ? 'yes' : 'no' },
  date => sub ($c) { require DateTime; DateTime->new(year => 2024, month => 7, time_zone => 'UTC')->set_time_zone('Asia/Kathmandu')->set_locale('ja')->strftime('%A %H:%M') },
  big5 => sub ($c) { require Encode; require Encode::HanExtra; unpack 'H*', Encode::encode('gb18030', "\x{8336}") . Encode::encode('big5-eten', "\x{8336}") . Encode::encode('shiftjis', "\x{8336}") },
  ascii => sub ($c) { require Text::Unidecode; Text::Unidecode::unidecode("\x{8336} \x{43f}\x{440}\x{438}") },
  stem => sub ($c) { require Lingua::Stem; Lingua::Stem->new(-locale => 'DE')->stem('Bibliotheken')->[0] },
  fold => sub ($c) { require Unicode::LineBreak; join '|', Unicode::LineBreak->new(ColMax => 10)->break("a word and another word") },
  sereal => sub ($c) { require Sereal; Sereal::decode_sereal(Sereal::encode_sereal({a => 7}))->{a} },
  pdftext => sub ($c) { my $f = Mojo::File::tempfile(SUFFIX => '.pdf'); require Library::Format::Pdf; $f->spurt(Library::Format::Pdf->new->dump($c->schema->resultset('Book'))); my $t = qx(pdftotext -layout $f -); $t },
  sort => sub ($c) { require Unicode::Collate::Locale; join '', Unicode::Collate::Locale->new(locale => 'sv')->sort("\x{e4}", 'z', 'a') },
  names => sub ($c) { require charnames; charnames::viacode(0x8336) . ' ' . ("\x{431}" =~ /\p{Script=Cyrillic}/ ? 'cyr' : '') . ' ' . lc "\x{130}" },
  plug => sub ($c) { require Library::Reports; join ',', sort map { $_->title } Library::Reports->new->plugins },
  ua => sub ($c) { $c->ua->insecure(1)->get('https://localhost:3443/health')->result->body },
  crash => sub ($c) { die 'kaputt' },
);
sub run ($c) {
  my $run = $kinds{$c->param('what')} or return $c->reply->not_found;
  my $out = $run->($c);
  utf8::is_utf8($out) || $c->param('what') =~ /mail|tt/ ? $c->render(text => $out) : $c->render(data => $out);
}
sub count ($c) { $c->session(n => ($c->session('n') // 0) + 1); $c->render(text => $c->session('n')) }
sub socket ($c) { $c->on(message => sub ($c, $m) { $c->send("echo $m") }) }
1;
