"""The trace stream, reader's side: bytes to records. probes/sensor/WIRE.md is the format.

The stream comes from our own program, but it passes a container engine, and a trace file comes
from anywhere: lengths are bounded before they are believed, the trailer's counts and checksum
are compared with what arrived, and whatever does not fit is an error with an offset.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from slimmer.errors import BETWEEN, TraceFileError, TraceIncompleteError
from slimmer.trace.wire.bodies import LOSERS, PARSERS, Fields
from slimmer.trace.wire.records import (
    Call,
    Lookup,
    Loss,
    Opened,
    Program,
    Record,
    Trailer,
)
from slimmer.values import Access

MAGIC = b"SLIMTRC\0"
VERSION = 3
_READABLE = (1, 2, VERSION)
"""Version 1 has no records of system calls, and version 2 none of what threads do; all others are
as they were."""

_FILE_HEADER = struct.Struct("<8sHHI")
_RECORD_HEADER = struct.Struct("<IIQ")  # size of the body, type, nanoseconds
_BODY_LIMIT = 16384
_TYPES = 16
_ACCESSES = {1: Access.OPEN, 2: Access.EXECUTE, 3: Access.LOOKUP, 4: Access.CREATE}
_NO_FOLLOW, _UNREADABLE, _COMPAT, _NO_DIRECTORY = 1, 2, 4, 8


class RecordReader:
    """Bytes in, records out, as they become complete."""

    def __init__(self) -> None:
        self._buffer = b""
        self._offset = 0
        """Of the buffer's first byte in the stream."""
        self._started = False
        self._checksum = 0
        self._counts = [0] * _TYPES
        self._programs: dict[int, str] = {0: ""}
        self._calls: dict[int, str] = {}
        self._trailer: Trailer | None = None
        self._losses: list[Loss] = []
        self._parsers: dict[int, Callable[[int, Fields], Record]] = {
            **PARSERS,
            2: self._program,
            3: self._call,
            12: self._loss,
            13: self._end,
        }

    @property
    def truncated(self) -> str:
        """What is still to come of a record that has begun; empty between two records."""
        if self._buffer or not self._started:
            return f"the stream ends within a record that begins at offset {self._offset}"
        return ""

    def feed(self, data: bytes) -> list[Record]:
        """The records that these bytes complete. Raises TraceFileError for bytes that are no
        trace, of a newer format, or damaged."""
        buffer = self._buffer + data if self._buffer else bytes(data)
        position = 0 if self._started else self._file_header(buffer)
        if not self._started:
            self._buffer = buffer
            return []
        records: list[Record] = []
        checked = 0
        base = self._offset
        unpack, size_of_header = _RECORD_HEADER.unpack_from, _RECORD_HEADER.size
        while len(buffer) - position >= size_of_header:
            size, kind, time = unpack(buffer, position)
            if self._trailer is not None:
                raise self._damaged(base + position, "the end of the trace, after its trailer")
            if size > _BODY_LIMIT:
                raise self._damaged(base + position, f"a record of at most {_BODY_LIMIT} bytes")
            end = position + size_of_header + size
            if end > len(buffer):
                break
            body = buffer[position + size_of_header : end]
            if kind == 13:
                self._checksum = zlib.crc32(buffer[checked:position], self._checksum)
                checked = position
            try:
                records.append(self._parse(kind, time, body))
            except ValueError as error:
                raise self._damaged(base + position, f"a sound record ({error})") from error
            self._counts[kind] += 1
            position = end
        if self._trailer is not None and position < len(buffer):
            raise self._damaged(base + position, "the end of the trace, after its trailer")
        self._checksum = zlib.crc32(buffer[checked:position], self._checksum)
        self._buffer = buffer[position:]
        self._offset = base + position
        return records

    def close(self) -> None:
        """The stream has ended. Raises TraceIncompleteError where it should have gone on, or
        where the watcher itself says that events were lost."""
        if self.truncated:
            raise _incomplete(self.truncated)
        if self._trailer is None:
            raise _incomplete(f"it ends at offset {self._offset} without its trailer")
        if self._losses:
            loss = self._losses[0]
            raise _incomplete(
                f"the source {loss.source} lost {loss.count or 'an unknown number of'} "
                f"events: {loss.text}"
            )

    # ---- inside

    def _file_header(self, buffer: bytes) -> int:
        """The position behind the header; leaves the reader unstarted where it is incomplete."""
        if not buffer.startswith(MAGIC[: len(buffer)]):
            raise TraceFileError(
                "this is not a trace: it does not begin with the magic of one",
                hint="a trace file is what a traced run of slimmer saved",
                details=f"found {buffer[: len(MAGIC)]!r} at offset 0, expected {MAGIC!r}",
            )
        if len(buffer) < _FILE_HEADER.size:
            return 0
        _, version, _, _ = _FILE_HEADER.unpack_from(buffer)
        if version not in _READABLE:
            raise TraceFileError(
                f"this trace is of format version {version}; this slimmer reads {VERSION}",
                hint="read it with the slimmer that wrote it, or trace again"
                if version < VERSION
                else "it was written by a newer slimmer: update this one",
                details=f"at offset {len(MAGIC)}",
            )
        self._started = True
        return _FILE_HEADER.size

    def _parse(self, kind: int, time: int, body: bytes) -> Record:
        # The two kinds that a trace consists of, by the thousand, come first and unpack at once.
        if kind == 4:
            return self._lookup(time, body)
        if kind == 5:
            return self._opened(time, body)
        parser = self._parsers.get(kind)
        if parser is None:
            raise ValueError(f"the type {kind} is unknown")
        fields = Fields(body)
        record = parser(time, fields)
        fields.end()
        return record

    def _lookup(self, time: int, body: bytes) -> Lookup:
        try:
            thread, call, access, flags, program, size = _LOOKUP.unpack_from(body)
            middle = _LOOKUP.size + size
            (path_size,) = _SIZE.unpack_from(body, middle)
            names = self._calls[call], _ACCESSES[access], self._programs[program]
        except (struct.error, KeyError) as error:
            raise ValueError(f"in a lookup: {error}") from error
        if middle + 2 + path_size != len(body):
            raise ValueError("a lookup's texts do not fill it")
        return Lookup(
            time=time,
            thread=thread,
            call=names[0],
            access=names[1],
            program=names[2],
            directory=body[_LOOKUP.size : middle].decode("utf-8", "surrogateescape"),
            path=body[middle + 2 :].decode("utf-8", "surrogateescape"),
            follows=not flags & _NO_FOLLOW,
            readable=not flags & _UNREADABLE,
            compat=bool(flags & _COMPAT),
            anchored=not flags & _NO_DIRECTORY,
        )

    def _opened(self, time: int, body: bytes) -> Opened:
        try:
            process, _, access, _, program, size = _LOOKUP.unpack_from(body)
            names = _ACCESSES[access], self._programs[program]
        except (struct.error, KeyError) as error:
            raise ValueError(f"in an open: {error}") from error
        if _LOOKUP.size + size != len(body):
            raise ValueError("an open's text does not fill it")
        return Opened(
            time=time,
            process=process,
            access=names[0],
            program=names[1],
            path=body[_LOOKUP.size :].decode("utf-8", "surrogateescape"),
        )

    def _program(self, time: int, fields: Fields) -> Program:
        record = Program(time=time, number=fields.number(4), path=fields.text())
        self._programs[record.number] = record.path
        return record

    def _call(self, time: int, fields: Fields) -> Call:
        record = Call(time=time, number=fields.number(2), name=fields.text())
        self._calls[record.number] = record.name
        return record

    def _loss(self, time: int, fields: Fields) -> Loss:
        source = LOSERS.get(fields.number(4))
        if source is None:
            raise ValueError("a loss of an unknown source")
        record = Loss(time=time, source=source, count=fields.number(8), text=fields.text())
        self._losses.append(record)
        return record

    def _end(self, time: int, fields: Fields) -> Trailer:
        checksum, types = fields.number(4), fields.number(4)
        if types != _TYPES:
            raise ValueError(f"counts of {types} types, not {_TYPES}")
        trailer = Trailer(
            time=time,
            checksum=checksum,
            counts=tuple(fields.number(8) for _ in range(types)),
            notifications=fields.number(8),
            opens=fields.number(8),
            folded=fields.number(8),
        )
        if trailer.checksum != self._checksum:
            raise ValueError(
                f"checksum {self._checksum:08x} of what arrived, {checksum:08x} of what was sent"
            )
        if trailer.counts != tuple(self._counts):
            raise ValueError(f"{sum(self._counts)} records arrived, {sum(trailer.counts)} sent")
        self._trailer = trailer
        return trailer

    @staticmethod
    def _damaged(offset: int, expected: str) -> TraceFileError:
        return TraceFileError(
            f"the trace is damaged at offset {offset}",
            hint=f"trace again; if fresh traces are damaged as well, {BETWEEN}",
            details=f"expected {expected}",
        )


# Thread or process, call, access, flags, program, size of the first text; then that text.
_LOOKUP = struct.Struct("<IHBBIH")
_SIZE = struct.Struct("<H")


def _incomplete(what: str) -> TraceIncompleteError:
    return TraceIncompleteError(
        f"the trace is incomplete: {what}",
        hint="the target or the sensor was killed, or the machine could not keep up; run again",
    )
