#!/usr/bin/env raku
use lib '/opt/board/lib';
use JSON::Fast;
sub MAIN(Str $kind = 'hello', *@rest) { my $c = "Handler::{$kind.tc}"; require ::($c); say to-json({ $kind => ~::($c).new(conf => from-json(slurp '/opt/board/board.json')).handle(@rest) }, :!pretty) }
