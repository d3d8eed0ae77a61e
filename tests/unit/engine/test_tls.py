"""Streams within TLS, against a real server with certificates of its own."""

from __future__ import annotations

import contextlib
import hashlib
import json
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
from slimmer.errors import EngineUnreachableError

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
            while not asked.endswith(b"\r\n\r\n{}"):  # the request's body may come by itself
                asked += connection.recv(4096)
            connection.sendall(_UPGRADED)
            total = 0
            while data := connection.recv(16 * 1024):
                total += len(data)
                connection.sendall(struct.pack(">BxxxI", STDOUT, len(data)) + data)
            end = f"end after {total}".encode()
            connection.sendall(struct.pack(">BxxxI", STDOUT, len(end)) + end)

    def close(self) -> None:
        self._listener.close()


def _make_certificate(folder: Path) -> None:
    """One for both sides, signed by itself."""
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=both"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*making, *names], cwd=folder, capture_output=True, check=True)
    (folder / "ca.pem").write_bytes((folder / "cert.pem").read_bytes())


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Engine]:
    _make_certificate(tmp_path)
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


@pytest.mark.parametrize(("files", "is_accepted"), [("ca cert key", True), ("ca", False)])
def test_a_context_with_certificates(
    engine: _Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: str,
    is_accepted: bool,
) -> None:
    """As `docker context create --docker host=…,ca=…,cert=…,key=…` writes it."""
    place = hashlib.sha256(b"there").hexdigest()
    meta, kept = (tmp_path / "contexts" / each / place for each in ("meta", "tls"))
    meta.mkdir(parents=True)
    endpoint = {"Host": f"tcp://127.0.0.1:{engine.port}", "SkipTLSVerify": False}
    (meta / "meta.json").write_text(json.dumps({"Endpoints": {"docker": endpoint}}))
    (kept / "docker").mkdir(parents=True)
    for name in files.split():
        (kept / "docker" / f"{name}.pem").write_bytes((tmp_path / f"{name}.pem").read_bytes())
    for name in ("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONTEXT", "there")
    if is_accepted:
        connect().close()
    else:
        with pytest.raises(EngineUnreachableError, match="do not agree on TLS") as caught:
            connect()
        assert "cert.pem and key.pem" in caught.value.hint


def test_an_authority_that_has_not_signed(engine: _Engine, tmp_path: Path) -> None:
    _make_certificate(tmp_path)
    with pytest.raises(EngineUnreachableError, match="do not agree on TLS") as caught:
        connect()
    assert "ca.pem" in caught.value.hint


def test_tls_where_none_is_spoken(engine: _Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with _plain_server(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as port:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
        with pytest.raises(EngineUnreachableError, match="do not agree on TLS") as caught:
            connect()
    assert "unset DOCKER_TLS_VERIFY" in caught.value.hint


def test_no_tls_where_it_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"Client sent an HTTP request to an HTTPS server.\n"  # as Go's server says it
    head = f"HTTP/1.0 400 Bad Request\r\nContent-Length: {len(text)}\r\n\r\n".encode()
    monkeypatch.delenv("DOCKER_TLS_VERIFY", raising=False)
    monkeypatch.delenv("DOCKER_CERT_PATH", raising=False)
    with _plain_server(head + text) as port:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
        with pytest.raises(EngineUnreachableError, match="do not agree on TLS") as caught:
            connect()
    assert "set DOCKER_TLS_VERIFY=1" in caught.value.hint


def test_nothing_verified_is_no_warning(
    engine: _Engine, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "")
    connect().close()
    assert [each for each in recwarn if "Unverified" in str(each.message)] == []


@contextlib.contextmanager
def _plain_server(answer: bytes) -> Iterator[int]:
    """Gives this answer to whatever is asked, once."""

    def serve() -> None:
        with contextlib.suppress(OSError), listener.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
