"""An engine that gives the answers that a test has written down."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from slimmer.engine.docker.client import DockerEngine
from slimmer.engine.docker.sdk import Client

Served = Callable[..., DockerEngine]


CLOSING = "Connection: close\r\n"
"""Each request has a connection of its own: a client that is not told uses one again at times,
before it has noticed that it was closed."""


def answer(body: bytes, status: str = "200 OK") -> bytes:
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\n{CLOSING}{kind}\r\n".encode() + body


def in_pieces(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\n{CLOSING}Transfer-Encoding: chunked\r\n\r\n".encode()
    return head + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A connection to an engine that gives these answers, one for each request and connection; the
    last one again and again."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "engine.sock"))
    listener.listen()
    clients: list[docker.APIClient] = []

    def serve(*answers: bytes, version: str = "1.41") -> DockerEngine:
        def speak() -> None:
            waiting = list(answers)
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    request = b""
                    while b"\r\n\r\n" not in request:
                        request += client.recv(65536)
                    client.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])

        threading.Thread(target=speak, daemon=True).start()
        address = f"unix://{tmp_path}/engine.sock"
        clients.append(Client(address, version=version, timeout=2))
        return DockerEngine(clients[-1], address)

    yield serve
    listener.close()
    for client in clients:
        client.close()
