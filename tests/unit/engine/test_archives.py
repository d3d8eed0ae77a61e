"""What is copied into a container, as an engine receives it."""

from __future__ import annotations

import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from slimmer.engine.docker.client import DockerEngine
from slimmer.engine.docker.sdk import Client


@pytest.fixture
def received() -> Iterator[tuple[DockerEngine, list[bytes]]]:
    """An engine, and the bodies of what it is sent."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"tcp://127.0.0.1:{server.server_port}"
    client = Client(address, version="1.41", timeout=5)
    yield DockerEngine(client, address), bodies
    client.close()
    server.shutdown()
    server.server_close()


def test_an_archive_ends_at_its_end(
    received: tuple[DockerEngine, list[bytes]], tmp_path: Path
) -> None:
    """Podman's reader leaves there: what came behind it broke its pipe, once in a hundred times."""
    engine, bodies = received
    (tmp_path / "file").write_bytes(b"x" * 1000)
    engine.put_file("a", "/folder/name", tmp_path / "file")
    (body,) = bodies
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        (member,) = archive.getmembers()
        assert (member.name, member.size) == ("name", 1000)
    header, content, end = 512, 1024, 1024
    assert len(body) == header + content + end
