unit class Handler::Proc; has %.conf;
method handle(@a) {
    run 'sqlite3', %.conf<database>, "create table if not exists n(t text); insert into n values('{@a[0]}');";
    my $p = run 'perl', '-MList::Util=sum', '-MTime::Local', '-e', 'print sum(1..10), " ", timegm(0,0,0,1,0,100)', :out;
    $p.out.slurp(:close) ~ ' ' ~ run('sqlite3', %.conf<database>, 'select count(*)>0 from n', :out).out.slurp(:close).trim
}
