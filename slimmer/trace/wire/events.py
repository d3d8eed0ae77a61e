"""The records of a running trace, as they arrive: saved, parsed, and waited for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, TypeVar

from slimmer.trace.wire.reader import RecordReader
from slimmer.trace.wire.records import Call, Lookup, Opened, Program, Record, Trailer
from slimmer.trace.wire.trace import records_so_far

R = TypeVar("R")
_OF_PATHS = (Lookup, Opened, Program, Call)
MOST_REMEMBERED = 100_000
"""Records of a run that are in memory, 30 MB; beyond that all of them are read from the file."""
_PIECE = 1 << 18


class RecordStream:
    """Reads the sidecar's stdout in a thread of its own, and writes each byte to the trace file.

    Waiting is always for a record, for the stream's end or for a time limit; nothing polls.
    """

    def __init__(self, source: BinaryIO, file: Path, *, remember: bool = True) -> None:
        """Those of paths are nearly all, and there may be millions in a long run: without
        `remember`, or where they are too many, they are in the file only."""
        self._source = source
        self._file = file
        self._reader = RecordReader()
        self._changed = threading.Condition()
        self._records: list[Record] = []
        self._everything: list[Record] | None = [] if remember else None
        self._written = 0
        """Bytes in the file."""
        self._taken = 0
        self._cursor = RecordReader()
        self._error: BaseException | None = None
        self._ended = False
        self._last_sighting = time.monotonic()
        self._thread = threading.Thread(target=self._read, name="trace records", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def _read(self) -> None:
        try:
            with self._file.open("wb", buffering=0) as file:
                while data := self._source.read1(256 * 1024):  # type: ignore[attr-defined]
                    file.write(data)
                    fresh = self._reader.feed(data)
                    with self._changed:
                        self._remember(fresh)
                        self._written += len(data)
                        if any(isinstance(record, Lookup | Opened) for record in fresh):
                            self._last_sighting = time.monotonic()
                        self._changed.notify_all()
        except BaseException as error:  # it is raised again in the thread that waits
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _remember(self, fresh: list[Record]) -> None:
        self._records += (record for record in fresh if not isinstance(record, _OF_PATHS))
        if self._everything is not None:
            self._everything += fresh
            if len(self._everything) > MOST_REMEMBERED:
                self._everything = None

    def find(self, kind: type[R]) -> R | None:
        """The first record of a kind among those that arrived, as `all`."""
        return next(iter(self.all(kind)), None)

    def everything(self) -> Iterable[Record]:
        """All records that arrived, those of paths among them."""
        with self._changed:
            known = None if self._everything is None else list(self._everything)
        return records_so_far(self._file) if known is None else known

    @property
    def is_too_long(self) -> bool:
        """Whether `everything` is more than memory should hold."""
        with self._changed:
            return self._everything is None

    def take(self, timeout: float) -> list[Record]:
        """What arrived since it was taken before, a part of it where that is much, waiting up to
        `timeout` seconds for it; nothing at the time limit, or at the end of the stream. For one
        reader."""
        deadline = time.monotonic() + timeout
        while True:
            with self._changed:
                while self._written <= self._taken and not self._ended:
                    if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                        break
                if self._written <= self._taken:
                    return []
            with self._file.open("rb") as file:
                file.seek(self._taken)
                piece = file.read(_PIECE)
            self._taken += len(piece)
            if records := self._cursor.feed(piece):
                return records

    def all(self, kind: type[R]) -> list[R]:
        """Every record of a kind that arrived, but of those of paths."""
        with self._changed:
            return [record for record in self._records if isinstance(record, kind)]

    def position(self) -> int:
        """How many records arrived so far, without those of paths: a point to wait from."""
        with self._changed:
            return len(self._records)

    def behind(self, since: int) -> list[Record]:
        """The records that arrived behind the point `since`."""
        with self._changed:
            return self._records[since:]

    def wait_for(
        self, kinds: type[R] | tuple[type[R], ...], timeout: float, *, since: int = 0
    ) -> R | None:
        """The first record of the kinds behind the point `since`, waiting up to `timeout`
        seconds for it; None at the time limit or at the end of the stream.

        Raises what went wrong where the stream ended because it could not be read or saved.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                for record in self._records[since:]:
                    if isinstance(record, kinds):
                        return record
                since = len(self._records)
                self.check()
                left = deadline - time.monotonic()
                if self._ended or left <= 0:
                    return None
                self._changed.wait(left)

    def quiet_for(self) -> float:
        """Seconds since the last path was seen that had not been seen before in its phase."""
        with self._changed:
            return time.monotonic() - self._last_sighting

    def check(self) -> None:
        """Raise what went wrong where the stream ended because it could not be read or saved."""
        if self._error is not None:
            raise self._error

    @property
    def ended(self) -> bool:
        """Whether the stream is at its end."""
        with self._changed:
            return self._ended

    def finish(self, timeout: float) -> bool:
        """Wait for the trailer; whether it came in time.

        Raises TraceIncompleteError where the stream lost something, and whatever went wrong
        while it was read.
        """
        if self.wait_for(Trailer, timeout) is None:
            return False
        self._reader.close()
        return True
