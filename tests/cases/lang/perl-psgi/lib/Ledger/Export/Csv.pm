package Ledger::Export::Csv;
use strict;
use warnings;
sub type { 'text/csv' }
sub export {
    require Text::CSV;
    my $csv = Text::CSV->new({ eol => "\n" });
    my $out = '';
    for (@{$_[1]}) { $csv->combine($_->{name}, $_->{price}); $out .= $csv->string }
    return "# " . Text::CSV->backend . "\n" . $out;
}
1;
