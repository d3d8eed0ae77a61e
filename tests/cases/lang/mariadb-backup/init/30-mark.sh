mariadb -uroot shop -e "create table marks (v text); insert into marks values (\"by sh\")"
