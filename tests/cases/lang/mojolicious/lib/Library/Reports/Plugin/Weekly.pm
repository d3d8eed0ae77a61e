package Library::Reports::Plugin::Weekly; use POSIX qw(strftime floor); use Math::BigFloat; sub title { "weekly" . floor(Math::BigFloat->new("2.5")) } 1;
