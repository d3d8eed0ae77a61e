"""python -m app.admin seed|hash WORD|report"""
import argparse


def main():
    parser = argparse.ArgumentParser(prog='admin')
    sub = parser.add_subparsers(dest='command', required=True)
    sub.add_parser('seed')
    sub.add_parser('report').add_argument('--locale', default='en')
    sub.add_parser('hash').add_argument('word')
    args = parser.parse_args()
    if args.command == 'hash':
        from passlib.hash import pbkdf2_sha256
        print(pbkdf2_sha256.hash(args.word))
        return
    from app.db import Good, session
    with session() as db:
        if args.command == 'seed':
            db.add_all([Good(name='tea', price=3), Good(name='salt', price=1)])
            db.commit()
        else:
            from babel.numbers import format_currency
            for good in db.query(Good).order_by(Good.id):
                print(good.name, format_currency(good.price, 'EUR', locale=args.locale))


if __name__ == '__main__':
    main()
