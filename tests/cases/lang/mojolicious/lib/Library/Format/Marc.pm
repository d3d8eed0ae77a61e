package Library::Format::Marc;
use Mojo::Base -base, -signatures;
use MARC::Record;
sub dump ($self, $rs) { join '', map { my $r = MARC::Record->new; $r->append_fields(MARC::Field->new('245', '1', '0', a => $_->title)); $r->as_usmarc } $rs->all }
1;
