"""The engine's multiplexed streams, over a real socket."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import pytest

from slimmer.engine import STDERR, STDOUT, Attachment, BrokenAnswerError
from slimmer.errors import EngineUnreachableError

Connected = Callable[[bytes], Attachment]


@pytest.fixture
def connected() -> Iterator[Connected]:
    """An attachment to an engine that says these bytes and hangs up; it sends in small pieces,
    so that frames are torn apart."""
    sockets: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def connect(said: bytes) -> Attachment:
        here, engine = socket.socketpair()
        sockets.extend((here, engine))

        def speak() -> None:
            for position in range(0, len(said), 5):
                engine.sendall(said[position : position + 5])
            engine.shutdown(socket.SHUT_WR)

        threads.append(threading.Thread(target=speak, daemon=True))
        threads[-1].start()
        return Attachment(cast(BinaryIO, here.makefile("rb")), here)

    yield connect
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    for each in sockets:
        each.close()


def frame(number: int, data: bytes) -> bytes:
    return struct.pack(">BxxxI", number, len(data)) + data


def test_stdout_and_stderr_are_told_apart(connected: Connected) -> None:
    said = frame(STDOUT, b"one ") + frame(STDERR, b"oops") + frame(STDOUT, b"") + frame(1, b"two")
    attachment = connected(said)
    assert attachment.stdout().read() == b"one two"
    assert attachment.errors == "oops"


def test_frames_in_order(connected: Connected) -> None:
    attachment = connected(frame(STDERR, b"e") + frame(STDOUT, b"o" * 100_000))
    assert attachment.frame() == (STDERR, b"e")
    assert attachment.frame() == (STDOUT, b"o" * 100_000)
    assert attachment.frame() is None


@pytest.mark.parametrize(
    ("length", "where"), [(3, "frame's header"), (11, "inside a frame")], ids=["header", "body"]
)
def test_a_stream_that_breaks_inside_a_frame_is_a_broken_connection(
    connected: Connected, length: int, where: str
) -> None:
    attachment = connected(frame(STDOUT, b"12345")[:length])
    with pytest.raises(EngineUnreachableError) as caught:
        attachment.frame()
    assert where in caught.value.details


@pytest.mark.parametrize("position", range(5))
def test_a_garbled_header_is_no_frame(connected: Connected, position: int) -> None:
    """The lower bytes of its length can be garbled without being seen here: then the stream ends
    in the wrong place, or what follows is no header."""
    said = bytearray(frame(STDOUT, b"12345"))
    said[position] ^= 0x5A
    with pytest.raises(BrokenAnswerError):
        connected(bytes(said)).frame()


def test_a_flood_on_stderr_is_not_remembered(connected: Connected) -> None:
    attachment = connected(frame(STDERR, b"x" * 60_000) * 3 + frame(STDOUT, b"end"))
    assert attachment.stdout().read() == b"end"
    assert len(attachment.errors) == 64 * 1024


def test_what_is_written_arrives() -> None:
    here, engine = socket.socketpair()
    with here, engine:
        attachment = Attachment(cast(BinaryIO, here.makefile("rb")), here)
        attachment.stdin().write(memoryview(b"phase boot\n"))
        attachment.write(b"finish\n")
        attachment.close_stdin()
        assert engine.makefile("rb").read() == b"phase boot\nfinish\n"


def test_a_wait_has_its_limit() -> None:
    here, engine = socket.socketpair()
    with here, engine:
        attachment = Attachment(cast(BinaryIO, here.makefile("rb")), here)
        attachment.set_timeout(0.01)
        with pytest.raises(TimeoutError):
            attachment.frame()


def test_writing_to_an_engine_that_is_gone() -> None:
    here, engine = socket.socketpair()
    attachment = Attachment(cast(BinaryIO, here.makefile("rb")), here)
    engine.close()
    with pytest.raises(OSError, match="pipe"):
        attachment.write(b"x")
    attachment.close()
