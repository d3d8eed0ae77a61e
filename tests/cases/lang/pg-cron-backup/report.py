#!/usr/bin/python3
import json, psycopg2, psycopg2.extras
with psycopg2.connect(dbname="shop") as c, c.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
    cursor.execute("select name, price::text from teas order by name")
    print(json.dumps(cursor.fetchall()))
