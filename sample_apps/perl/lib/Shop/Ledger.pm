package Shop::Ledger;

# Items in a database in memory.
use strict;
use warnings;
use DBI;

sub new {
    my ($class) = @_;
    my $database = DBI->connect('dbi:SQLite:dbname=:memory:', '', '', {RaiseError => 1});
    $database->do('CREATE TABLE items (name TEXT)');
    return bless {database => $database}, $class;
}

sub add_twice {
    my ($self, $item) = @_;
    $self->{database}->do('INSERT INTO items VALUES (?)', undef, $item) for 1 .. 2;
    return $self->{database}->selectrow_array('SELECT count(*) FROM items WHERE name = ?', undef, $item);
}

1;
