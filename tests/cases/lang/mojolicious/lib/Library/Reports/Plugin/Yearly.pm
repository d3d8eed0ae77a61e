package Library::Reports::Plugin::Yearly; use List::Util qw(sum); use Time::Piece; sub title { "yearly" . sum(1, 2) } 1;
