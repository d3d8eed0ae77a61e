package Collectd::Plugins::Leaves;
use strict; use warnings; use Collectd qw(:all); use List::Util qw(sum); use Time::HiRes;
plugin_register(TYPE_READ, "leaves", "leaves_read");
sub leaves_read { plugin_dispatch_values({ plugin => "leaves", type => "gauge", type_instance => "dry", values => [ sum(4, 5) ] }); return 1 }
1;
