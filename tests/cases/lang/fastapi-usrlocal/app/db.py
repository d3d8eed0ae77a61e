import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, sessionmaker

URL = 'sqlite:////srv/shop/data/shop.db'


class Base(DeclarativeBase):
    pass


class Good(Base):
    __tablename__ = 'goods'
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(40))
    price = sa.Column(sa.Integer)


class Order(Base):
    __tablename__ = 'orders'
    id = sa.Column(sa.Integer, primary_key=True)
    email = sa.Column(sa.String(80))
    note = sa.Column(sa.String(80))


def session():
    return sessionmaker(sa.create_engine(URL))()
