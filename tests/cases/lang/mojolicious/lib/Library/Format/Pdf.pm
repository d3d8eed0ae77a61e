package Library::Format::Pdf;
use Mojo::Base -base, -signatures;
use PDF::API2;
sub dump ($self, $rs) {
  my $pdf = PDF::API2->new; my $page = $pdf->page; my $text = $page->text;
  $text->font($pdf->corefont('Helvetica-Bold'), 12); $text->position(50, 700); $text->text('Books');
  $text->font($pdf->ttfont('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'), 12); $text->position(50, 680); $text->text($rs->first->title);
  return $pdf->to_string;
}
1;
