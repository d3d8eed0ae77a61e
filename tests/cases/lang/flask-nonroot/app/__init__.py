import importlib
import os
import sys

from flask import Flask, abort, jsonify, render_template, request


def load_plugin(name):
    import yaml
    with open('/home/app/plugins.yaml') as f:
        settings = yaml.safe_load(f)
    if settings['folder'] not in sys.path:
        sys.path.insert(0, settings['folder'])
    spec = settings['plugins'].get(name) or abort(404)
    module, _, attribute = spec.partition(':')
    return getattr(importlib.import_module(module), attribute)()


def create_app():
    app = Flask(__name__, static_folder='/home/app/app/static')
    app.secret_key = 'k'
    app.config['WTF_I18N_ENABLED'] = False

    @app.get('/health')
    def health():
        return 'ok'

    @app.get('/')
    def index():
        import sqlite3
        rows = sqlite3.connect('/srv/data/shop.db').execute('select name, price from goods').fetchall()
        return render_template('goods.html', goods=rows)

    @app.get('/plugin/<name>')
    def plugin(name):
        p = load_plugin(name)
        return app.response_class(p.run(request.args), mimetype=p.media)

    @app.get('/rates')
    def rates():
        import csv
        return jsonify(dict(csv.reader(open('/srv/data/current.csv'))))

    @app.get('/settings')
    def settings():
        import json
        import pathlib
        return json.loads((pathlib.Path.home() / '.config/shop/settings.json').read_text())

    @app.get('/whoami')
    def whoami():
        import getpass
        import grp
        import pwd
        return f'{getpass.getuser()} {pwd.getpwuid(os.getuid()).pw_dir} {grp.getgrgid(os.getgid()).gr_name}'

    @app.post('/inbox/<name>')
    def inbox(name):
        with open(f'/srv/data/inbox/{name}.txt', 'wb') as f:
            f.write(request.get_data())
        return ' '.join(sorted(os.listdir('/srv/data/inbox')))

    @app.get('/phone/<number>')
    def phone(number):
        import phonenumbers
        from phonenumbers import carrier, geocoder, timezone
        n = phonenumbers.parse(number)
        return f"{phonenumbers.format_number(n, phonenumbers.PhoneNumberFormat.INTERNATIONAL)} {geocoder.description_for_number(n, 'de')} {timezone.time_zones_for_number(n)} {carrier.name_for_number(n, 'en')}"

    @app.route('/order', methods=['GET', 'POST'])
    def order():
        from flask_wtf import FlaskForm
        from wtforms import StringField
        from wtforms.validators import Email

        class Order(FlaskForm):
            class Meta:
                csrf = False
                locales = ['fr']
            email = StringField(validators=[Email()])
        form = Order()
        return 'thank you' if form.validate_on_submit() else (render_template('form.html', form=form), 422)

    @app.get('/time')
    def time():
        import locale
        from datetime import datetime
        from zoneinfo import ZoneInfo
        locale.setlocale(locale.LC_TIME, 'fr_FR.UTF-8')
        return datetime(2024, 7, 1, 12, tzinfo=ZoneInfo('UTC')).astimezone(ZoneInfo(request.args['zone'])).strftime('%A %H:%M %Z')

    @app.get('/fetch')
    def fetch():
        import requests
        return requests.get('http://127.0.0.1:8000/rates', timeout=5).text.encode('idna' if request.args.get('idna') else 'utf-16')

    @app.get('/parallel')
    def parallel():
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(2) as pool:
            return str(sum(pool.map(abs, [-1, -2, -3])))

    @app.get('/crash')
    def crash():
        raise RuntimeError('crash on demand')

    @app.errorhandler(404)
    @app.errorhandler(500)
    def error(e):
        return render_template('error.html', code=e.code), e.code

    @app.cli.command('report')
    def report():
        import statistics
        import sqlite3
        import textwrap
        prices = [r[0] for r in sqlite3.connect('/srv/data/shop.db').execute('select price from goods')]
        print(textwrap.fill(f'mean {statistics.mean(prices)}'))

    return app
