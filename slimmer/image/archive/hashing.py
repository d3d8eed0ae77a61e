"""The digests of layers, and of the files in them, computed while their members are read."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

from slimmer.image.archive.hashing_process import DIGEST, PART, REQUEST, digests

_PROGRAM: Final = Path(__file__).with_name("hashing_process.py")

Digest = Callable[[], str]
"""Gives `sha256:…`, and waits for it if need be."""
Parts = Sequence[tuple[int, int]]
"""Where in a file each starts, and how many bytes it has."""


class Hashing:
    """Another process that hashes, from the first thing that it is asked for. `niceness`: more than
    0 where its answers are waited for last, so that others come first on two processors."""

    def __init__(self, niceness: int = 0) -> None:
        self._niceness = niceness
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._parts: IO[bytes] | None = None
        self._found: IO[bytes] | None = None
        self._is_lost = False
        self._asked: list[tuple[int, Parts]] = []
        self._answers: list[bytes] | None = None

    def ask(self, descriptor: int, parts: Parts) -> int:
        """Ask for parts of an open file, which may be closed then. Gives the number of the first
        among the answers."""
        number = sum(len(asked) for _, asked in self._asked)
        self._asked.append((os.dup(descriptor), parts))
        if not self._is_lost:
            try:
                self._send(descriptor, parts)
            except OSError:  # it does not run: `answers` does without it
                self._is_lost = True
                self._end()
        return number

    def digest_of(self, descriptor: int, start: int, size: int) -> Digest:
        """Of one part. A file that is cut off is told of by who reads its members."""
        number = self.ask(descriptor, [(start, size)])
        return lambda: named(self.answers()[number])

    def answers(self) -> Sequence[bytes]:
        """The SHA-256 of all parts, in the order of asking. Nothing is asked for afterwards."""
        if self._answers is None:
            self._answers = self._told()
            wanted = sum(len(parts) for _, parts in self._asked)
            if len(self._answers) != wanted:  # it was killed, or never ran
                self._answers = [each for asked in self._asked for each in digests(*asked)]
            self.close()
        return self._answers

    def close(self) -> None:
        """What was not waited for is not computed any more."""
        self._end()
        for descriptor, _ in self._asked:
            os.close(descriptor)
        self._asked = []

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        for each in (self._connection, self._parts, self._found):
            if each is not None:
                each.close()
        self._process = None

    def _send(self, descriptor: int, parts: Parts) -> None:
        if self._connection is None:
            self._start()
        assert self._connection is not None
        assert self._parts is not None
        position = self._parts.tell()
        self._parts.write(b"".join([PART.pack(*part) for part in parts]))
        self._parts.flush()
        request = REQUEST.pack(position, len(parts))
        socket.send_fds(self._connection, [request], [descriptor])

    def _start(self) -> None:
        self._parts = tempfile.TemporaryFile()  # noqa: SIM115 (`_end` closes both)
        self._found = tempfile.TemporaryFile()  # noqa: SIM115
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                (
                    *(sys.executable, "-I", "-S", str(_PROGRAM)),
                    *(str(self._parts.fileno()), str(self._niceness)),
                ),
                stdin=theirs.fileno(),
                stdout=self._found,
                stderr=subprocess.DEVNULL,
                pass_fds=(self._parts.fileno(),),
            )

    def _told(self) -> list[bytes]:
        if self._is_lost or self._process is None:
            return []
        assert self._connection is not None
        assert self._found is not None
        self._connection.shutdown(socket.SHUT_WR)
        self._process.wait()
        self._found.seek(0)
        told = self._found.read()
        self._end()
        return [told[place : place + DIGEST] for place in range(0, len(told), DIGEST)]


def known(digest: bytes) -> Digest:
    """Of what is hashed already."""
    name = named(digest)
    return lambda: name


def named(digest: bytes) -> str:
    """`sha256:…`."""
    return f"sha256:{digest.hex()}"
