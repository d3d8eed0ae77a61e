"""What the shop does rarely: each route leans on modules and data that nothing else loads, as the
code does that runs at the end of a month and in no test."""

from __future__ import annotations

import gzip
import sqlite3
import tempfile
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, render_template, request

office = Blueprint("office", __name__, url_prefix="/office")
CERTIFICATE = "/srv/tls/cert.pem"
KEY = "/srv/tls/key.pem"


@office.get("/encoded/<codec>/<text>")
def encoded(codec: str, text: str) -> Response:
    """The bytes of a text in another character set."""
    return jsonify(hex=text.encode(codec).hex())


@office.get("/parsed/<date>")
def parsed(date: str) -> Response:
    """A date as people write it; strptime is a module of its own, and asks for the locale."""
    import locale
    from datetime import datetime

    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    return jsonify(date=datetime.strptime(date, "%d %B %Y").date().isoformat())


@office.get("/clock")
def clock() -> Response:
    """The zone that the container was given through TZ."""
    import time

    return jsonify(zone=time.strftime("%Z", time.localtime(1_700_000_000)))


@office.get("/tls")
def tls() -> Response:
    """A handshake with a server on loopback that the system's trust store vouches for."""
    import socket
    import ssl
    import threading

    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(CERTIFICATE, KEY)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with server_side.wrap_socket(connection, server_side=True) as secured:
                secured.sendall(b"from behind TLS")

        thread = threading.Thread(target=serve)
        thread.start()
        trusting = ssl.create_default_context()
        with (
            socket.create_connection(listener.getsockname()) as plain,
            trusting.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            said, version = secured.recv(100), secured.version()
        thread.join()
    return jsonify(said=said.decode(), version=version)


@office.get("/invoice/<int:number>")
def invoice(number: int) -> Response:
    """Another template, with a macro from a file of its own, as XML."""
    text = render_template("invoice.xml", number=number, lines=["tea", "milk & honey"])
    return Response(text, mimetype="application/xml")


@office.get("/export")
def export() -> Response:
    """Compressed, as the header says."""
    body = gzip.compress(b"line\n" * 1000)
    return Response(body, headers={"Content-Encoding": "gzip"}, mimetype="text/plain")


@office.post("/import")
def imported() -> Response:
    """A table that a form uploads."""
    import csv
    import io

    upload = request.files["table"]
    rows = list(csv.DictReader(io.TextIOWrapper(upload.stream, encoding="utf-8-sig")))
    return jsonify(rows=len(rows), first=rows[0])


@office.get("/search/<word>")
def search(word: str) -> Response:
    """Full text search in a database file below /tmp."""
    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder) / "texts.sqlite")
        database.execute("CREATE VIRTUAL TABLE texts USING fts5(body)")
        database.execute("INSERT INTO texts VALUES ('a pot of tea'), ('a jug of milk')")
        found = database.execute("SELECT body FROM texts WHERE texts MATCH ?", (word,)).fetchall()
        database.close()
    return jsonify(found=[row[0] for row in found])


@office.get("/mail")
def mail() -> Response:
    """A message with an attachment, as it would go out."""
    import mimetypes
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = "Schöne Grüße"
    message.set_content("Liste anbei, grüßt der Laden")
    kind, _ = mimetypes.guess_type("list.odt")
    main, _, sub = (kind or "unknown/unknown").partition("/")
    message.add_attachment(b"...", maintype=main, subtype=sub, filename="list.odt")
    return jsonify(message=message.as_string())


@office.get("/identifiers")
def identifiers() -> Response:
    """By time, by name and by chance."""
    import uuid

    by_name = uuid.uuid5(uuid.NAMESPACE_DNS, "shop.example")
    return jsonify(version=[uuid.uuid1().version, uuid.uuid4().version], by_name=str(by_name))


@office.get("/squares")
def squares() -> Response:
    """By processes that are started anew, for which the interpreter is looked up again."""
    import multiprocessing
    from operator import neg

    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return jsonify(squares=pool.map(neg, range(4)))


@office.get("/archive")
def archive() -> Response:
    """Every way of packing that Python has."""
    import io
    import tarfile
    import zipfile

    lengths = {}
    for method in ("gz", "bz2", "xz"):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode=f"w:{method}") as tar:
            tar.add(CERTIFICATE)
        packed.seek(0)
        with tarfile.open(fileobj=packed) as tar:
            lengths[method] = len(tar.getmembers())
    with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_LZMA) as packed_zip:
        packed_zip.writestr("one", "text")
        lengths["zip"] = len(packed_zip.namelist())
    return jsonify(lengths)


@office.get("/neighbour")
def neighbour() -> Response:
    """localhost by name, the user of the shop by number."""
    import getpass
    import socket

    addresses = {each[4][0] for each in socket.getaddrinfo("localhost", 443)}
    return jsonify(found="127.0.0.1" in addresses, user=getpass.getuser())


@office.get("/xml")
def xml() -> Response:
    """Read and written again."""
    import xml.etree.ElementTree as ElementTree

    tree = ElementTree.fromstring("<?xml version='1.0' encoding='windows-1251'?><a>b</a>")
    return Response(ElementTree.tostring(tree), mimetype="application/xml")


@office.get("/broken")
def broken() -> Response:
    """A bug: the log gets a trace, the user a plain page."""
    return jsonify(1 / 0)


@office.get("/teapot")
def teapot() -> Response:
    """An error that has no page of the shop's own."""
    abort(418)
