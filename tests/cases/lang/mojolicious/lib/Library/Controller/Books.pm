package Library::Controller::Books;
use Mojo::Base 'Mojolicious::Controller', -signatures;
use Mojo::Loader 'load_class';

sub list ($c) {
  my @books = $c->schema->resultset('Book')->search({}, {order_by => 'id'})->all;
  $c->respond_to(json => {json => [map { {title => $_->title, month => $_->bought->set_locale($c->param('l') // 'fr')->month_name} } @books]}, any => sub { $c->render('books/list', books => \@books) });
}

sub add ($c) {
  require Business::ISBN;
  my $isbn = Business::ISBN->new($c->param('isbn'));
  return $c->render(status => 422, text => 'no ISBN') unless $isbn && $isbn->is_valid;
  my $cover = $c->req->upload('cover');
  $c->schema->resultset('Book')->create({title => $c->param('title'), isbn => $isbn->as_isbn13->as_string, bought => '2024-07-01 10:00:00'});
  $c->render(text => $isbn->as_isbn13->as_string . ' ' . ($cover ? $cover->size > 0 : 0));
}

sub export ($c) {
  my ($kind) = grep { lc $_ eq $c->param('kind') } @{$c->app->config->{formats}} or return $c->reply->not_found;
  my $class = "Library::Format::$kind";
  if (my $e = load_class $class) { die ref $e ? $e : "no $class" }
  $c->render(data => $class->new->dump($c->schema->resultset('Book')));
}

sub job ($c) { $c->render(json => {id => $c->minion->enqueue($c->param('task') => [$c->param('arg') // ()])}) }

sub state ($c) {
  my $worker = $c->minion->worker->register;
  my $job = $c->minion->job($c->param('id')) or return $c->reply->not_found;
  $c->minion->perform_jobs if $job->info->{state} eq 'inactive';
  $worker->unregister;
  $c->render(json => {state => $job->info->{state}, result => $job->info->{result}});
}
1;
