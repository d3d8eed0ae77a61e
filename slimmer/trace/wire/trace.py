"""Records to values.Trace: what a run saw, folded to one sighting per path, phase, manner,
program and source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from slimmer.errors import TraceFileError
from slimmer.trace.wire.reader import RecordReader
from slimmer.trace.wire.records import Exiting, Hello, Listening, Lookup, Opened, Phase, Record
from slimmer.values import Access, Sighting, Source, Trace

SHUTDOWN = "shutdown"
"""The phase in which the target is stopped: an exit in it is not the command's own."""
_PIECE = 1 << 18


@dataclass(frozen=True, kw_only=True)
class PartOfTrace:
    """A part of a running trace."""

    sightings: tuple[Sighting, ...]
    """Without their phase, which an earlier part may have begun."""
    listening: tuple[Listening, ...]
    time: float
    """Seconds from the watcher's start to the last record."""
    position: int
    """The point behind it."""


def part_of_trace(records: Sequence[Record], since: int) -> PartOfTrace:
    """The part that these records are; `since` is the point before them."""
    return PartOfTrace(
        sightings=build_trace(records).sightings,
        listening=tuple(record for record in records if isinstance(record, Listening)),
        time=records[-1].time / 1e9 if records else 0.0,
        position=since + len(records),
    )


def build_trace(records: Iterable[Record]) -> Trace:
    """The trace of a complete stream; that it is complete is RecordReader.close's word."""
    sources: frozenset[Source] = frozenset()
    missing: Mapping[Source, str] = {}
    as_entitled = False
    phase, phases = "", dict[str, None]()
    sightings: dict[tuple[str, Access, str, str, Source], None] = {}
    exit_status: int | None = None
    count = 0
    for record in records:
        count += 1
        if isinstance(record, Lookup):
            if record.readable and record.anchored:
                path = absolute_path(record.directory, record.path)
                key = (path, record.access, phase, record.program, Source.NOTIFY)
                sightings[key] = None
        elif isinstance(record, Opened):
            path = absolute_path("", record.path)
            sightings[path, record.access, phase, record.program, Source.FANOTIFY] = None
        elif isinstance(record, Phase):
            phase = record.name
            phases[phase] = None
        elif isinstance(record, Hello):
            sources, missing = record.sources, record.missing
            as_entitled = record.as_entitled
        elif isinstance(record, Exiting) and phase != SHUTDOWN:
            exit_status = record.status
    return Trace(
        sources=sources,
        missing_sources=missing,
        as_entitled=as_entitled,
        phases=tuple(phases),
        sightings=tuple(
            Sighting(path=path, access=access, phase=phase, program=program, source=source)
            for path, access, phase, program, source in sightings
        ),
        exit_status=exit_status,
        records=count,
    )


def absolute_path(directory: str, path: str) -> str:
    """`path` below `directory` without `//`, `.` and a trailing slash. `..` stays: behind a link
    it leads elsewhere than text says, and the links are in the rootfs index."""
    joined = f"{directory}/{path}"
    return "/" + "/".join(part for part in joined.split("/") if part and part != ".")


def read_records(path: Path) -> Iterator[Record]:
    """The records of a trace file, as they are read. Raises TraceFileError for a file that is
    damaged, cut off, of a newer format or no trace, TraceIncompleteError at the end of one that
    lacks its trailer or lost events."""
    reader = RecordReader()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield from reader.feed(piece)
    except OSError as error:
        raise TraceFileError(
            f"the trace file {path} cannot be read: {error.strerror}",
            hint="name a file that a traced run of slimmer saved",
        ) from error
    if reader.truncated:
        raise TraceFileError(
            f"the trace file {path} is cut off",
            hint="the copy is incomplete, or its run was killed; trace again",
            details=reader.truncated,
        )
    reader.close()


def read_trace(path: Path) -> Trace:
    """The trace that a file holds; errors as for `read_records`."""
    return build_trace(read_records(path))
