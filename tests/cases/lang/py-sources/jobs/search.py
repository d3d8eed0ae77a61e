import sqlite3, csv, sys
c = sqlite3.connect(":memory:")
c.execute("create virtual table t using fts5(x)")
c.execute("insert into t values ('hello world')")
print(c.execute("select x from t where t match 'world'").fetchone())
