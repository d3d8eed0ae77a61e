package Library::Task::Cover;
use Mojo::Base -base, -signatures;
sub run ($class, $app, @) { my $m = 'Library::Cover::' . $app->config->{covers}; eval "require $m" or die $@; $m->draw }
1;
