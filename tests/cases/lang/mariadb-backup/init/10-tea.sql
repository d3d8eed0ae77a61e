create table tea (id int primary key, name varchar(40)); insert into tea values (1, 'assam'), (2, 'sencha');
