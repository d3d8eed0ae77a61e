CREATE TABLE users (address TEXT PRIMARY KEY, password TEXT, quota TEXT);
INSERT INTO users VALUES ('ann@example.com', '{PLAIN}secret', '5M'), ('bob@example.com', '{PLAIN}secret', '20K');
CREATE TABLE forwards (address TEXT PRIMARY KEY, goal TEXT);
INSERT INTO forwards VALUES ('sales@example.com', 'ann@example.com');
