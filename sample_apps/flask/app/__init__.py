"""A small shop: each route leans on one thing that slimming an image tends to break.

Modules and data that Python loads only when a request asks for them are used on purpose: the
`idna` codec, the time zone database, SQLite, templates, static files, temporary files.
"""

from __future__ import annotations

import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, session

from app.back_office import office

CUSTOMERS = {"ada": "lovelace"}


def create_app() -> Flask:
    """The WSGI application, as gunicorn asks for it."""
    app = Flask(__name__)
    app.secret_key = "not a secret: this is a sample"
    app.register_blueprint(office)

    @app.get("/health")
    def health() -> Response:
        return jsonify(status="ok")

    @app.get("/")
    def index() -> str:
        return render_template("index.html", customer=session.get("customer", "stranger"))

    @app.post("/login")
    def login() -> Response:
        given = request.get_json()
        if CUSTOMERS.get(given.get("user", "")) != given.get("password"):
            abort(401)
        session["customer"] = given["user"]
        return redirect("/")

    @app.get("/hello/<name>")
    def hello(name: str) -> str:
        return render_template("hello.html", name=name)

    @app.get("/tz/<path:zone>")
    def time_zone(zone: str) -> Response:
        # Imported and read from disk at the first request only.
        from zoneinfo import ZoneInfo

        moment = datetime(2024, 7, 1, 12, 0, tzinfo=UTC).astimezone(ZoneInfo(zone))
        return jsonify(zone=zone, time=moment.isoformat())

    @app.get("/idna/<host>")
    def idna(host: str) -> Response:
        # The codec is a module of its own, found by name at the first use.
        return jsonify(host=host, ascii=host.encode("idna").decode("ascii"))

    @app.post("/orders")
    def orders() -> Response:
        lines: list[str] = request.get_json()["lines"]
        with tempfile.TemporaryDirectory() as folder:
            database = sqlite3.connect(Path(folder) / "orders.sqlite")
            with database:
                database.execute("CREATE TABLE lines (text TEXT)")
                database.executemany("INSERT INTO lines VALUES (?)", [(line,) for line in lines])
            (count,) = database.execute("SELECT count(*) FROM lines").fetchone()
            database.close()
        return jsonify(count=count)

    @app.get("/about")
    def about() -> Response:
        return jsonify(name="shop", routes=len(list(app.url_map.iter_rules())))

    @app.errorhandler(404)
    def not_found(error: Exception) -> tuple[str, int]:
        return render_template("missing.html"), 404

    return app
