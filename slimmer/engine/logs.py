"""A container's log, line by line as it is written."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from typing import Any, Final

LINE_LIMIT = 100_000
"""Lines that are remembered, the newest ones."""
SIZE_LIMIT = 32 << 20
"""Characters of all of them."""
_FEW_ALIKE: Final = 3
"""Lines of one sort that are shown one by one."""
LONGEST_LINE = 64 << 10
"""Bytes; what is longer counts as several lines. A program may write without any end of line."""

_VARYING = re.compile(r"[0-9a-f]*[0-9][0-9a-f.:,-]*", re.IGNORECASE)
"""What differs from line to line of the same sort: times, numbers, addresses, ids."""
MANY_TIMES: Final = 10
"""As many times the lines that are wanted are read, so that repeated ones leave room for others."""


def last_lines(text: str, wanted: int) -> str:
    """The last lines of a log. Of lines in a row that differ in numbers only, the first and last
    are told: those of a health check would hide what the application has to say."""
    runs: list[list[str]] = []
    before = None
    for line in text.splitlines():
        sort = _VARYING.sub("#", line)
        if sort == before:
            runs[-1].append(line)
        else:
            runs.append([line])
        before = sort
    lines: list[str] = []
    for run in runs:
        lines += (
            run if len(run) <= _FEW_ALIKE else [run[0], f"… {len(run) - 2:,} like it …", run[-1]]
        )
    return "\n".join(lines[-wanted:])


class LogReader:
    """Reads a container's stdout and stderr from its start on, in a thread of its own.

    Lines are numbered in the order in which the engine got them.
    """

    def __init__(self, stream: Any) -> None:
        """`stream` gives pieces of the log, and closes."""
        self._stream = stream
        self._changed = threading.Condition()
        self._lines: list[str] = []
        self._forgotten = 0
        self._size = 0
        self._ended = False
        self._thread = threading.Thread(target=self._read, name="container log", daemon=True)
        self._thread.start()

    def wait_for(
        self, pattern: re.Pattern[str], position: int, timeout: float
    ) -> tuple[str, int] | None:
        """The first line from number `position` on in which the pattern is found, and the number
        of the next one; None after `timeout` seconds, or at the end of the log."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                begin = max(0, position - self._forgotten)
                for number, line in enumerate(self._lines[begin:], begin + self._forgotten):
                    position = number + 1
                    if pattern.search(line):
                        return line, position
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    return None
                self._changed.wait(left)

    def close(self) -> None:
        """Stop to read."""
        with contextlib.suppress(Exception):  # the SDK closes a socket that may be gone
            self._stream.close()
        self._thread.join(1)

    def _read(self) -> None:
        begun: list[bytes] = []
        length = 0
        # Whatever breaks a stream that is being closed, or whose container goes, ends the log.
        with contextlib.suppress(Exception):
            for piece in self._stream:
                *lines, rest = piece.split(b"\n")
                if lines:
                    lines[0] = b"".join((*begun, lines[0]))
                    self._add(lines)
                    begun, length = [], 0
                begun.append(rest)
                length += len(rest)
                if length >= LONGEST_LINE:
                    self._add([b"".join(begun)])
                    begun, length = [], 0
        with self._changed:
            if length:
                self._keep(b"".join(begun))
            self._ended = True
            self._changed.notify_all()

    def _add(self, lines: list[bytes]) -> None:
        with self._changed:
            for line in lines:
                for begin in range(0, max(1, len(line)), LONGEST_LINE):
                    self._keep(line[begin : begin + LONGEST_LINE])
            surplus = max(0, len(self._lines) - LINE_LIMIT)
            self._size -= sum(map(len, self._lines[:surplus]))
            while self._size > SIZE_LIMIT:
                self._size -= len(self._lines[surplus])
                surplus += 1
            del self._lines[:surplus]
            self._forgotten += surplus
            self._changed.notify_all()

    def _keep(self, line: bytes) -> None:
        self._lines.append(line.decode("utf-8", "replace").rstrip("\r"))
        self._size += len(self._lines[-1])
