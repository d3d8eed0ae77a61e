"""A program that speaks over a socket of this machine, or over its engine."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from slimmer.engine import STDOUT, Attachment, DirectStreams


class Engine:
    """The other end of an attachment."""

    def __init__(self) -> None:
        near, self._far = socket.socketpair()
        self.attachment = Attachment(cast(BinaryIO, near.makefile("rb")), near)

    def says(self, data: bytes) -> None:
        self._far.sendall(struct.pack(">B3xI", STDOUT, len(data)) + data)

    def hears(self, size: int) -> bytes:
        return self._far.recv(size)

    def ends(self) -> None:
        self._far.close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.ends()
    made.attachment.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "requests"


@pytest.fixture
def streams(engine: Engine, place: Path) -> Iterator[DirectStreams]:
    made = DirectStreams(place)
    made.beside(engine.attachment, 5)
    yield made
    made.close()


def connect(place: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.connect(str(place))
    return made


def test_what_connects_is_spoken_to_there(streams: DirectStreams, place: Path) -> None:
    reader, writer = streams.stdout(), streams.stdin()
    with connect(place) as program:
        program.sendall(b"hello")
        assert reader.read(5) == b"hello"
        writer.write(b"question")
        assert program.recv(100) == b"question"
        threading.Thread(target=program.sendall, args=(b"x" * 10_000_000,)).start()
        assert reader.read(10_000_000) == b"x" * 10_000_000
    assert reader.read(1) == b""


def test_what_cannot_connect_is_spoken_to_through_the_engine(
    streams: DirectStreams, engine: Engine, place: Path
) -> None:
    engine.says(b"hello")
    assert streams.stdout().read(5) == b"hello"
    streams.stdin().write(b"question")
    assert engine.hears(100) == b"question"
    with pytest.raises(ConnectionRefusedError):
        connect(place)  # nobody else gets in later


def test_one_that_ends_before_it_speaks(streams: DirectStreams, engine: Engine) -> None:
    engine.ends()
    assert streams.stdout().read(1) == b""


def test_one_that_ends_with_requests_unread(streams: DirectStreams, place: Path) -> None:
    program = connect(place)
    reader = streams.stdout()
    program.sendall(b"hello")
    assert reader.read(5) == b"hello"
    streams.stdin().write(b"question")
    program.close()  # which resets the connection
    assert reader.read(1) == b""


def test_one_that_says_nothing(engine: Engine, place: Path) -> None:
    streams = DirectStreams(place)
    streams.beside(engine.attachment, 0.05)
    with pytest.raises(TimeoutError):
        streams.stdout().read(1)
    streams.close()


def test_a_path_that_is_too_long_for_a_socket(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    with pytest.raises(OSError, match="too long"):
        DirectStreams(folder / "requests")
