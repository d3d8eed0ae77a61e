package Library;
use Mojo::Base 'Mojolicious', -signatures;
use Mojo::Loader qw(load_class find_modules);
use Library::Schema;

sub startup ($self) {
  require YAML::XS; my $config = YAML::XS::LoadFile($self->home->child('library.yml')); $self->config($config);
  $self->secrets($config->{secrets});
  push @{$self->commands->namespaces}, 'Library::Command';
  push @{$self->plugins->namespaces}, 'Library::Plugin';
  $self->helper(schema => sub { state $s = Library::Schema->connect('dbi:SQLite:dbname=' . $self->home->child('var/library.db')) });
  $self->plugin(Minion => {SQLite => 'sqlite:' . $self->home->child('var/jobs.db')});
  for my $task (@{$config->{tasks}}) {
    $self->minion->add_task(lc $task => sub ($job, @args) { my $c = "Library::Task::$task"; die if load_class $c; $job->finish($c->run($job->app, @args)) });
  }
  $self->plugin($_->{name} => $_->{settings} // {}) for @{$config->{plugins}};
  my $r = $self->routes;
  $r->get('/health' => sub ($c) { $c->render(text => 'ok') });
  $r->get('/books')->to('books#list');
  $r->post('/books')->to('books#add');
  $r->get('/export/:kind')->to('books#export');
  $r->post('/jobs/:task')->to('books#job');
  $r->get('/jobs/:id')->to('books#state');
  $r->get('/extra/:what')->to('extra#run');
  $r->get('/count')->to('extra#count');
  $r->websocket('/ws')->to('extra#socket');
}
1;
