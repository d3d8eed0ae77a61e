import importlib, json, os, pathlib, bottle
app = bottle.Bottle()

@app.get('/health')
def health(): return 'ok'

@app.get('/acme/<name>')
def acme(name): return importlib.import_module('acme.' + name).hello()

@app.get('/vendored')
def vendored():
    import tinylib
    return tinylib.slug('Hello World')

@app.get('/shelf')
def shelf():
    import shelve
    with shelve.open('/var/lib/svc/things', 'r') as s: return str(s['answer'])

@app.get('/spawn')
def spawn():
    import multiprocessing as mp
    from core.work import square
    with mp.get_context('spawn').Pool(2) as p: return json.dumps(p.map(square, [1, 2, 3]))

@app.get('/zone')
def zone():
    from dateutil import tz
    import datetime
    return datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc).astimezone(tz.gettz('Europe/Athens')).strftime('%H:%M')

@app.get('/yaml')
def by_yaml():
    import yaml
    return yaml.__file__ + ' ' + str(yaml.safe_load('a: [1]'))

@app.get('/codec/<name>')
def codec(name): return 'Größe €'.encode(name, 'replace').hex()

@app.get('/notebook')
def notebook():
    import nbformat
    out = {}
    for cell in nbformat.read('/srv/nb/report.ipynb', 4).cells:
        if cell.cell_type == 'code': exec(compile(cell.source, 'cell', 'exec'), out)
    return str(out['total'])

@app.get('/trace')
def trace():
    import traceback
    try: importlib.import_module('acme.alpha').fail()
    except Exception: return traceback.format_exc()

bottle.run(app, host='0.0.0.0', port=8000, quiet=True, server='wsgiref')
