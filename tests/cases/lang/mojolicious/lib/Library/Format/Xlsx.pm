package Library::Format::Xlsx;
use Mojo::Base -base, -signatures;
use Excel::Writer::XLSX;
sub dump ($self, $rs) {
  open my $fh, '>', \my $out; binmode $fh;
  my $book = Excel::Writer::XLSX->new($fh); my $sheet = $book->add_worksheet('Books');
  my $row = 0; $sheet->write($row++, 0, $_->title) for $rs->all;
  $book->close; return $out;
}
1;
