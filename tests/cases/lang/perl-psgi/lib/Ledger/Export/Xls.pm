package Ledger::Export::Xls;
use strict;
use warnings;
use Spreadsheet::WriteExcel;
sub type { 'application/vnd.ms-excel' }
sub export {
    open my $file, '>', \my $out or die;
    binmode $file;
    my $book = Spreadsheet::WriteExcel->new($file);
    my $sheet = $book->add_worksheet('goods');
    my $row = 0;
    $sheet->write($row++, 0, [$_->{name}, $_->{price}]) for @{$_[1]};
    $book->close;
    return $out;
}
1;
