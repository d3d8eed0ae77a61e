import os, signal, time
from celery import chain, chord, group, shared_task
from shop.tasks import app
@app.task(name="shop.add")
def add(a=1, b=2): return int(a) + int(b)
@app.task(name="shop.total")
def total(n): return sum(n)
@app.task(name="shop.fan")
def fan(): return chord([add.s(i, i) for i in range(4)])(total.s()).id
@app.task(name="shop.fail")
def fail(): raise ValueError("on demand")
@app.task(name="shop.slow", time_limit=3)
def slow(): time.sleep(60)
@app.task(name="shop.tick")
def tick(): print("tick", time.strftime("%Z")); return 1
@app.task(name="shop.date")
def date(locale="ja_JP", zone="Asia/Tokyo"):
    import datetime, zoneinfo, locale as l; from babel.dates import format_datetime
    l.setlocale(l.LC_ALL, ""); d = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc)
    return format_datetime(d, "full", tzinfo=zoneinfo.ZoneInfo(zone), locale=locale) + d.strftime(" %A")
@app.task(name="shop.page")
def page(text="```python\nx = 1\n```"):
    import markdown; return markdown.markdown(text, extensions=["fenced_code", "codehilite", "tables", "toc"])
@app.task(name="shop.store")
def store():
    import sqlalchemy as sa
    e = sa.create_engine("sqlite:////data/s.db"); m = sa.MetaData(); t = sa.Table("t", m, sa.Column("a", sa.Integer)); m.create_all(e)
    with e.begin() as c: c.execute(t.insert(), [{"a": 1}]); return c.execute(sa.func.count(t.c.a).select()).scalar() > 0
@app.task(name="shop.seal", serializer="msgpack")
def seal():
    from cryptography.fernet import Fernet; return Fernet(Fernet.generate_key()).encrypt(b"x").decode()[:5]
