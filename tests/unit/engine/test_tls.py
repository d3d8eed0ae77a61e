"""Streams within TLS, against a real server with certificates of its own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from slimmer.engine import STDOUT
from slimmer.engine.connection import connect
from slimmer.engine.streams import hijack

_VERSION = b'{"ApiVersion": "1.41", "Components": []}'
_UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
_MUCH = 3_000_000


class _Engine:
    """Tells its version, and gives back what comes on a stream: at once, and how much it was when
    that has ended."""

    def __init__(self, folder: Path) -> None:
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self._context.load_verify_locations(folder / "ca.pem")
        self._context.verify_mode = ssl.CERT_REQUIRED
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._answer, args=self._listener.accept()).start()

    def _answer(self, accepted: socket.socket, _: object) -> None:
        with contextlib.suppress(OSError), self._context.wrap_socket(accepted, True) as connection:
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += connection.recv(4096)
            if asked.startswith(b"GET"):
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(_VERSION)}\r\n\r\n"
                connection.sendall(head.encode() + _VERSION)
                return
            connection.sendall(_UPGRADED)
            total = 0
            while data := connection.recv(16 * 1024):
                total += len(data)
                connection.sendall(struct.pack(">BxxxI", STDOUT, len(data)) + data)
            end = f"end after {total}".encode()
            connection.sendall(struct.pack(">BxxxI", STDOUT, len(end)) + end)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Engine]:
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=both"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*making, *names], cwd=tmp_path, capture_output=True, check=True)
    (tmp_path / "ca.pem").write_bytes((tmp_path / "cert.pem").read_bytes())
    engine = _Engine(tmp_path)
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{engine.port}")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    yield engine
    engine.close()


def test_output_goes_on_after_the_end_of_input(engine: _Engine) -> None:
    """And comes while there is input still: more than all buffers hold, from another thread."""
    stream = hijack(connect()._client, "/exec/1/start", body={})  # type: ignore[attr-defined]

    def give() -> None:
        stream.write(b"x" * _MUCH)
        stream.close_stdin()

    threading.Thread(target=give, daemon=True).start()
    stream.set_timeout(10)
    said = stream.stdout().read()
    assert said == b"x" * _MUCH + f"end after {_MUCH}".encode()
    stream.close()


def test_a_stream_that_is_closed_leaves_no_thread(engine: _Engine) -> None:
    stream = hijack(connect()._client, "/exec/1/start", body={})  # type: ignore[attr-defined]
    (pump,) = (each for each in threading.enumerate() if each.name == "tls")
    stream.close()
    pump.join(5)
    assert not pump.is_alive()
