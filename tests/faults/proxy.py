"""A proxy between slim and the engine's socket, which spoils what the engine answers."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

LATE: Final = 0.2
"""Seconds by which each connection's first answer is late."""
_PIECE: Final = 65536
_LOOK: Final = 0.1


class Kind(StrEnum):
    """What is done to an answer."""

    CUT = "cut"
    """Half of a piece arrives, then the connection ends."""
    RESET = "reset"
    """The connection ends instead of a piece."""
    FLIP = "flip"
    """One byte of a piece is another."""
    DELAY = "delay"
    """All connections answer late."""
    HANG = "hang"
    """Nothing comes over the connection any more, which stays open."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One injection."""

    kind: Kind
    piece: int = 1
    """Which piece of all that the engine sends, over all connections; from 1."""
    seed: int = 0
    holding: bytes = b""
    """Where it is given, only pieces that have it count, and it is what a FLIP hits."""

    def __str__(self) -> str:
        if self.holding:
            return f"{self.kind} in {self.holding!r}, time {self.piece}"
        return str(self.kind) if self.kind is Kind.DELAY else f"{self.kind} at {self.piece}"


class Proxy:
    """Listens at `address` as long as the block lasts."""

    def __init__(self, folder: Path, engine: str, fault: Fault | None = None) -> None:
        """`engine` is the path of the engine's socket."""
        self._path = folder / f"engine-{random.randrange(1 << 32):08x}.sock"
        self._engine = engine
        self._fault = fault
        self._random = random.Random(fault.seed if fault else 0)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._sockets: list[socket.socket] = []
        self.pieces = 0
        """How many the engine has sent, of those that count."""
        self.struck = ""
        """What the fault has hit: the bytes about it."""

    @property
    def address(self) -> str:
        return f"unix://{self._path}"

    def __enter__(self) -> Self:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(200)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        for each in (self._listener, *self._sockets):
            _end(each)
        self._path.unlink()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(self._engine)
                self._sockets += (client, engine)
                for arguments in ((client, engine, False), (engine, client, True)):
                    threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        is_first = True
        with contextlib.suppress(OSError):
            while data := source.recv(_PIECE):
                goes_on = True
                if answers:
                    data, goes_on = self._spoiled(data, is_first, sink)
                    is_first = False
                sink.sendall(data)
                if not goes_on:
                    break
        if answers:
            _end(source)
            _end(sink)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _spoiled(self, data: bytes, is_first: bool, client: socket.socket) -> tuple[bytes, bool]:
        """What is sent instead, and whether the connection goes on."""
        fault = self._fault
        with self._lock:
            self.pieces += fault is None or fault.holding in data
            number = self.pieces
        if fault is not None and fault.kind is Kind.DELAY and is_first:
            self._over.wait(LATE)
        if fault is None or fault.kind is Kind.DELAY or number != fault.piece:
            return data, True
        if fault.holding not in data:
            return data, True
        place = data.find(fault.holding) if fault.holding else self._random.randrange(len(data))
        self.struck = repr(data[max(0, place - 30) : place + 30])
        match fault.kind:
            case Kind.CUT:
                return data[: len(data) // 2], False
            case Kind.RESET:
                return b"", False
            case Kind.HANG:
                while not self._over.wait(_LOOK) and not _has_closed(client):
                    pass
                return b"", False
            case Kind.FLIP:
                other = data[place] ^ self._random.randrange(1, 256)
                return data[:place] + bytes((other,)) + data[place + 1 :], True


def _has_closed(client: socket.socket) -> bool:
    """Whether nobody waits any more."""
    try:
        return client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        connection.close()
