"""The plan for memcached: what a slim image that it made is good for."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from tests.apps.container import Container, docker, running
from tests.engine.plans.conftest import Server, Slimmed

pytestmark = pytest.mark.engine

MEMCACHED = Server(
    name="memcached",
    packages="memcached",
    instructions=(
        'USER memcache\nEXPOSE 11211\nCMD ["memcached", "-l", "0.0.0.0", "-m", "32", "-v"]\n'
    ),
)


def ask(container: Container, text: str, end: bytes) -> str:
    """What the server says until `end` has come."""
    host, _, port = docker("port", container.id, "11211").splitlines()[0].rpartition(":")
    said = b""
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(text.encode())
        while end not in said:
            piece = connection.recv(4096)
            assert piece, said
            said += piece
    return said.decode()


@pytest.fixture(scope="module")
def memcached(slimmed: Callable[..., Slimmed]) -> Slimmed:
    return slimmed(MEMCACHED)


def test_the_plan_fits_the_server(memcached: Slimmed) -> None:
    assert memcached.report["factor"] > 3
    assert "optional steps" not in memcached.notes


def test_it_serves_and_is_empty_after_a_restart(memcached: Slimmed) -> None:
    with running(memcached.reference, port=11211) as container:
        assert "STORED" in ask(container, "set kept 0 0 3\r\ntea\r\n", b"STORED\r\n")
        assert "tea" in ask(container, "get kept\r\n", b"END\r\n")
        assert "STAT pid 1\r\n" in ask(container, "stats\r\n", b"END\r\n")
        assert "STAT maxconns" in ask(container, "stats settings\r\n", b"END\r\n")
        docker("restart", container.id)
        container.wait_until("listens", lambda: container.accepts(11211))
        assert ask(container, "get kept\r\n", b"END\r\n") == "END\r\n"


def test_other_options(memcached: Slimmed) -> None:
    """More threads and large pages of memory, and the program's own help."""
    command = ("memcached", "-l", "0.0.0.0", "-t", "8", "-I", "4m", "-vv")
    with running(memcached.reference, port=11211, command=command) as container:
        assert "VERSION 1." in ask(container, "version\r\n", b"\r\n")
        status, output = container.execute("memcached", "-h")
        assert (status, output[:10]) == (0, "memcached ")
