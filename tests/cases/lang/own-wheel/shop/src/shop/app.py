import importlib
import subprocess
from importlib import resources
import yaml
from flask import Flask, jsonify
app = Flask(__name__)


@app.get("/ping")
def ping():
    return "pong"


@app.get("/plugin/<name>")
def plugin(name):
    return importlib.import_module(f"shop.plugins.{name}").work()


@app.get("/tool/<name>")
def tool(name):
    tools = yaml.safe_load(resources.files("shop").joinpath("conf/tools.yaml").read_text())
    return subprocess.check_output([tools[name], "--version"])


@app.get("/words")
def words():
    with open("/usr/share/dict/american-english") as f:
        return jsonify(sum(1 for w in f if w.startswith("slim")))


def main():
    import waitress
    waitress.serve(app, listen="0.0.0.0:5000")
