"""Records to values.Trace: what a run saw, folded to one sighting per path, phase, manner,
program and source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from slimmer.errors import TraceFileError
from slimmer.files import RootfsIndex
from slimmer.trace.wire.reader import RecordReader
from slimmer.trace.wire.records import (
    Exiting,
    Hello,
    Listening,
    Lookup,
    Opened,
    Phase,
    Record,
    SystemCall,
)
from slimmer.values import Access, CallUse, EntryType, Sighting, Source, Trace

SHUTDOWN = "shutdown"
"""The phase in which the target is stopped: an exit in it is not the command's own."""
_PIECE = 1 << 18
MOST_SIGHTINGS = 100_000
"""From which on paths that the original does not have are not held by their names: 0.3 kB each."""
_MOST_WITH_PROGRAM = 3 * MOST_SIGHTINGS
"""From which on nobody is told who used a path."""


@dataclass(frozen=True, kw_only=True)
class PartOfTrace:
    """A part of a running trace."""

    sightings: tuple[Sighting, ...]
    """Without their phase, which an earlier part may have begun."""
    listening: tuple[Listening, ...]
    time: float
    """Seconds from the watcher's start to the last record."""


def part_of_trace(records: Sequence[Record]) -> PartOfTrace:
    """The part that these records are, at least one."""
    return PartOfTrace(
        sightings=build_trace(records).sightings,
        listening=tuple(record for record in records if isinstance(record, Listening)),
        time=records[-1].time / 1e9,
    )


class _Sightings:
    """Different uses of paths, in the order in which they came, as many as memory should hold.

    With the original's `index` no target can make more of them than MOST_SIGHTINGS and what the
    index has: from then on a path stands as what it meets there, the links that are followed and
    what they lead to, or the deepest directory on the way to nothing. So a decision on what to keep
    is the same, and only names of what the original never had are lost.
    """

    def __init__(self, index: RootfsIndex | None) -> None:
        self._index = index
        self._found: dict[tuple[str, Access, str, str, Source], None] = {}
        self.unnamed = 0

    def add(self, path: str, access: Access, phase: str, program: str, source: Source) -> None:
        key = (path, access, phase, program, source)
        if self._index is None or len(self._found) < MOST_SIGHTINGS or key in self._found:
            self._found[key] = None
            return
        if program not in self._index or len(self._found) > _MOST_WITH_PROGRAM:
            program = ""
        walk = self._index.resolve(path)
        met = {entry.path for entry in walk.way if entry.type is EntryType.SYMLINK}
        if walk.entry is None:
            self.unnamed += 1
            access = Access.LOOKUP
        met |= {entry.path for entry in (walk.named, walk.deepest) if entry is not None}
        for each in sorted(met):
            self._found[each, access, phase, program, source] = None

    def all(self) -> tuple[Sighting, ...]:
        return tuple(
            Sighting(path=path, access=access, phase=phase, program=program, source=source)
            for path, access, phase, program, source in self._found
        )


def build_trace(records: Iterable[Record], index: RootfsIndex | None = None) -> Trace:
    """The trace of a complete stream; that it is complete is RecordReader.close's word. Memory has
    a bound where the original's `index` is given."""
    sources: frozenset[Source] = frozenset()
    missing: Mapping[Source, str] = {}
    as_entitled = False
    phase, phases = "", dict[str, None]()
    sightings = _Sightings(index)
    exit_status: int | None = None
    calls: dict[CallUse, None] = {}
    count = 0
    for record in records:
        count += 1
        if isinstance(record, Lookup):
            if record.readable and record.anchored:
                path = absolute_path(record.directory, record.path)
                sightings.add(path, record.access, phase, record.program, Source.NOTIFY)
        elif isinstance(record, Opened):
            path = absolute_path("", record.path)
            sightings.add(path, record.access, phase, record.program, Source.FANOTIFY)
        elif isinstance(record, SystemCall):
            calls[_use_of(record, phase)] = None
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
        sightings=sightings.all(),
        exit_status=exit_status,
        records=count,
        calls=tuple(sorted(calls)),
        unnamed=sightings.unnamed,
    )


def _use_of(record: SystemCall, phase: str) -> CallUse:
    from slimmer.seccomp import architecture_of, call_name  # most runs record none

    architecture = architecture_of(record.architecture)
    return CallUse(
        phase=phase,
        architecture=architecture,
        name=call_name(record.number, architecture),
        argument=record.argument if record.index else -1,
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


def records_so_far(path: Path) -> Iterator[Record]:
    """The records of a trace file that another thread may still write."""
    reader = RecordReader()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield from reader.feed(piece)


def read_trace(path: Path, index: RootfsIndex | None = None) -> Trace:
    """The trace that a file holds, as `build_trace`; errors as for `read_records`."""
    return build_trace(read_records(path), index)
