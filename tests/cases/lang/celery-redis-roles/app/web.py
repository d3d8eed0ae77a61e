import os
from bottle import Bottle, abort, request, response, static_file, template
from celery.result import AsyncResult
from shop.tasks import app as celery
app = Bottle()

@app.get("/health")
def health(): return "ok"

@app.post("/task/<name>")
def task(name):
    if name not in celery.tasks and not name.startswith("shop."): abort(404, "no such task")
    r = celery.send_task(name, kwargs=dict(request.forms), queue=request.query.queue or None)
    if request.query.wait: 
        return {"result": r.get(timeout=20)}
    return {"id": r.id}

@app.get("/result/<id>")
def result(id):
    r = AsyncResult(id, app=celery); return {"state": r.state, "result": str(r.result), "trace": r.traceback}

@app.get("/file/<name>")
def file(name): return static_file(name, root="/data")
