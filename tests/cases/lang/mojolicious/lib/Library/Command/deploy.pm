package Library::Command::deploy;
use Mojo::Base 'Mojolicious::Command', -signatures;
has description => 'Create the tables';
sub run ($self, @args) {
  $self->app->schema->storage->dbh_do(sub ($s, $dbh) { $dbh->do('CREATE TABLE IF NOT EXISTS books (id INTEGER PRIMARY KEY, title TEXT, isbn TEXT, bought TEXT)') });
  $self->app->schema->resultset('Book')->create({title => 'Moby Dick', isbn => '9780142437247', bought => '2024-08-01 10:00:00'});
  $self->app->minion->stats; say 'deployed';
}
1;
