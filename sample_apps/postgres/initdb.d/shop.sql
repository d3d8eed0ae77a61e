CREATE TABLE product (id serial PRIMARY KEY, name text NOT NULL, price numeric(8, 2));
INSERT INTO product (name, price) VALUES ('tea', 3.20), ('milk', 0.99);
