"""The digests of layers, computed while their members are read."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from slimmer.image.archive.hashing_process import REQUEST, hash_part
from slimmer.image.archive.sources import FileSource

_PROGRAM: Final = Path(__file__).with_name("hashing_process.py")
_FEW: Final = 8 << 20
"""Bytes that are hashed sooner than another process has started."""
_DIGEST: Final = 32

Digest = Callable[[], str]
"""Gives `sha256:…`, and waits for it if need be."""


class Hashing:
    """Another process that hashes, once there is enough to hash."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._asked = 0
        self._answers: list[bytes] = []

    def close(self) -> None:
        """What was not waited for is not computed any more."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def digest_of(self, source: FileSource) -> Digest:
        """Of all of the source. A file that is cut off is told of by who reads its members."""
        part = (source.descriptor, source.start, source.size)
        if source.size < _FEW or not self._ask(*part):
            return known(hash_part(*part))
        number = self._asked
        self._asked += 1
        return lambda: _named(self._answer(number) or hash_part(*part))

    def _ask(self, descriptor: int, start: int, size: int) -> bool:
        """Whether somebody will answer."""
        try:
            if self._connection is None:
                self._connection, theirs = socket.socketpair()
                with theirs:
                    self._process = subprocess.Popen(
                        (sys.executable, "-I", "-S", _PROGRAM),
                        stdin=theirs,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                    )
            socket.send_fds(self._connection, [REQUEST.pack(start, size)], [descriptor])
        except OSError:
            return False
        return True

    def _answer(self, number: int) -> bytes:
        """Empty if the other process has died."""
        while len(self._answers) <= number:
            assert self._connection is not None
            answer = b""
            while len(answer) < _DIGEST:
                piece = self._connection.recv(_DIGEST - len(answer))
                if not piece:
                    return b""
                answer += piece
            self._answers.append(answer)
        return self._answers[number]


def known(digest: bytes) -> Digest:
    """Of what is hashed already."""
    name = _named(digest)
    return lambda: name


def _named(digest: bytes) -> str:
    return f"sha256:{digest.hex()}"
