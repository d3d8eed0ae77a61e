use Mojo::Base -strict; use Test::More; use Test::Mojo; Test::Mojo->new("Library")->get_ok("/health")->status_is(200); done_testing;
