package Library::Schema::Result::Book;
use base 'DBIx::Class::Core';
__PACKAGE__->load_components(qw(InflateColumn::DateTime));
__PACKAGE__->table('books');
__PACKAGE__->add_columns(id => {data_type => 'integer', is_auto_increment => 1}, title => {data_type => 'text'}, isbn => {data_type => 'text'}, bought => {data_type => 'datetime'});
__PACKAGE__->set_primary_key('id');
1;
