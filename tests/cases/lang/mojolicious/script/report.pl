#!/usr/bin/perl
use v5.36;
use DBI;
use Getopt::Long;
use Pod::Usage;
use Text::Wrap;
use JSON::PP;
GetOptions('help' => \my $help) or pod2usage(2);
pod2usage(-verbose => 1, -exitval => 0) if $help;
my $dbh = DBI->connect('dbi:SQLite:dbname=/srv/library/var/library.db');
say JSON::PP->new->encode($dbh->selectall_arrayref('select title from books order by id limit 1'));
__END__

=head1 SYNOPSIS

report.pl [--help] writes all titles

=cut
