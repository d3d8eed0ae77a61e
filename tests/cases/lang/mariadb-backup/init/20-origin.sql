create table origin (name text); insert into origin values ('India'), ('Japan'), ('China');
