create role shop login password 'secret';
create database shop owner shop;
\c shop
create table teas (name text, price numeric); insert into teas values ('assam', 3.5), ('sencha', 7.25); grant all on teas to shop;
create extension pg_cron; create extension pg_stat_statements;
create table ticks (at timestamptz default now());
select cron.schedule('tick', '* * * * *', 'insert into ticks default values');
