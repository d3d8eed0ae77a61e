package Library::Command::stats;
use Mojo::Base 'Mojolicious::Command', -signatures;
use Mojo::Util qw(getopt tablify);
has description => 'Count books';
sub run ($self, @args) { getopt \@args, 'j|json' => \my $json; my $n = $self->app->schema->resultset('Book')->count; print $json ? Mojo::JSON::encode_json({n => $n}) : tablify [['books', $n]] }
1;
