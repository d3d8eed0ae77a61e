"""A port that gives no HTTP answer is told by what it speaks, and with what exercises that."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Iterator

import pytest

from slimmer.options import ready_plans
from slimmer.probing import advice
from slimmer.probing.kinds import HttpProbe
from slimmer.probing.kinds.http import request
from slimmer.probing.protocols import PROTOCOLS, protocol_at

SERVERS: dict[str, tuple[bytes, bytes]] = {
    "SSH": (b"SSH-2.0-OpenSSH_9.2\r\n", b""),
    "SMTP": (b"220 mail.example ESMTP Postfix\r\n", b""),
    "FTP": (b"220 (vsFTPd 3.0.3)\r\n", b""),
    "MySQL": (b"\x5c\x00\x00\x00\x0a10.11.6-MariaDB\x00", b""),
    "Redis": (b"", b"+PONG\r\n"),
    "PostgreSQL": (b"", b"S"),
    "memcached": (b"", b"VERSION 1.6.18\r\n"),
    "MQTT": (b"", b"\x20\x02\x00\x00"),
}
"""Name → (what the server says first, what it answers to its own first words)."""


@contextlib.contextmanager
def server(name: str) -> Iterator[tuple[str, int]]:
    """It closes a connection on which something else than its own first words is said."""
    greeting, answer = SERVERS.get(name, (b"", b""))
    asked = next((each.asked for each in PROTOCOLS if each.name == name), b"")

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if greeting:
                self.request.sendall(greeting)
            if self.request.recv(512) == asked and answer:
                self.request.sendall(answer)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
        yield ("127.0.0.1", served.server_address[1])
        served.shutdown()


@pytest.mark.parametrize("name", SERVERS)
def test_who_answers_in_its_own_way_is_named_at_once(name: str) -> None:
    with server(name) as address:
        result = request(HttpProbe(name="GET /"), [address], timeout=5)
    assert not result.passed
    assert result.answered, "another try would bring the same"
    assert result.answer.endswith(f"the port speaks {name}")
    assert "it is not a web server" in advice(result.answer)


def test_who_only_hangs_up_may_still_be_starting() -> None:
    with server("nobody") as address:
        assert protocol_at(address) is None
        result = request(HttpProbe(name="GET /"), [address], timeout=5)
    assert result.answer == "the connection was closed without an answer"
    assert not result.answered
    assert "hangs up" in advice(result.answer, 8080)
    assert "the usual one of Redis" in advice(result.answer, 6379)
    assert "--plan redis" in advice(result.answer, 6379)


def test_nobody_there() -> None:
    with server("nobody") as address:
        pass
    assert protocol_at(address) is None


def test_plans_that_are_named_exist() -> None:
    named = {each.plan for each in PROTOCOLS if each.plan}
    assert named <= set(ready_plans())
