"""Records as they arrive: through a real pipe, saved byte for byte, and waited for."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from slimmer.errors import TraceFileError, TraceIncompleteError
from slimmer.trace.wire import events
from slimmer.trace.wire.events import RecordStream
from slimmer.trace.wire.records import (
    Exiting,
    Hello,
    Lookup,
    Opened,
    Phase,
    Program,
    Record,
    Trailer,
)
from slimmer.trace.wire.trace import read_records
from tests.unit.trace.wire.stream import (
    HEADER,
    RECORDED,
    call,
    complete,
    hello,
    lookup,
    phase,
    program,
)

LONG = 10.0
"""Seconds: far beyond what a pipe takes; a test that waits so long has failed."""


class Sidecar:
    """The writing end of a pipe, and the stream that reads the other."""

    def __init__(self, file: Path, *, remember: bool = True) -> None:
        reading, self._writing = os.pipe()
        self._source = os.fdopen(reading, "rb")
        self.stream = RecordStream(self._source, file, remember=remember)
        self.stream.start()

    def say(self, data: bytes) -> None:
        os.write(self._writing, data)

    def end(self) -> None:
        if self._writing >= 0:
            os.close(self._writing)
            self._writing = -1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trace"


@pytest.fixture
def sidecar(file: Path) -> Iterator[Sidecar]:
    made = Sidecar(file)
    yield made
    made.end()


def test_a_whole_run(sidecar: Sidecar, file: Path) -> None:
    """The recorded stream in small pieces: the same records, and the same bytes on disk."""
    data = RECORDED.read_bytes()
    for position in range(0, len(data), 100):
        sidecar.say(data[position : position + 100])
    assert sidecar.stream.finish(LONG)
    records = list(sidecar.stream.everything())
    assert isinstance(records[0], Hello)
    assert isinstance(records[-1], Trailer)
    assert sidecar.stream.find(Exiting) is not None
    assert len(sidecar.stream.all(Phase)) == 2
    assert file.read_bytes() == data


def test_a_long_run_is_in_the_file_only(file: Path) -> None:
    """All that somebody waits for is remembered, and none of the paths."""
    sidecar = Sidecar(file, remember=False)
    data = RECORDED.read_bytes()
    sidecar.say(data)
    assert sidecar.stream.finish(LONG)
    sidecar.end()
    assert {type(record) for record in sidecar.stream.all(Record)} >= {Hello, Phase, Exiting}
    assert sidecar.stream.all(Lookup) == sidecar.stream.all(Opened) == []
    assert file.read_bytes() == data
    everything = list(read_records(file))
    assert any(isinstance(record, Lookup) for record in everything)
    assert list(sidecar.stream.everything()) == everything
    assert sidecar.stream.take(LONG) == everything
    assert sidecar.stream.take(LONG) == []


def test_what_is_too_much_is_read_from_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "MOST_REMEMBERED", 10)
    sidecar = Sidecar(file)
    sidecar.say(RECORDED.read_bytes())
    assert sidecar.stream.finish(LONG)
    assert sidecar.stream.is_too_long
    assert list(sidecar.stream.everything()) == list(read_records(file))


def test_records_are_taken_as_they_come(sidecar: Sidecar) -> None:
    sidecar.say(HEADER + hello() + phase(b"boot") + call(1, b"open") + program(1, b"/app"))
    first = sidecar.stream.take(LONG)
    while not any(isinstance(record, Program) for record in first):
        first += sidecar.stream.take(LONG)
    assert sidecar.stream.take(0.01) == []
    sidecar.say(lookup(b"/etc/passwd")[:20])
    assert sidecar.stream.take(0.1) == []
    sidecar.say(lookup(b"/etc/passwd")[20:])
    assert [type(record) for record in sidecar.stream.take(LONG)] == [Lookup]
    assert sidecar.stream.quiet_for() < LONG


def test_waiting_ends_with_the_record(sidecar: Sidecar) -> None:
    stream = sidecar.stream
    sidecar.say(HEADER + hello())
    assert isinstance(stream.wait_for(Hello, LONG), Hello)
    sidecar.say(phase(b"boot"))
    first = stream.wait_for(Phase, LONG)
    assert first is not None
    point = stream.position()
    assert stream.wait_for(Phase, 0.01, since=point) is None
    sidecar.say(phase(b"GET /"))
    second = stream.wait_for((Phase, Exiting), LONG, since=point)
    assert isinstance(second, Phase)
    assert (first.name, second.name) == ("boot", "GET /")


def test_waiting_ends_with_the_stream(sidecar: Sidecar) -> None:
    sidecar.say(HEADER + hello())
    sidecar.end()
    assert sidecar.stream.wait_for(Phase, LONG) is None
    assert sidecar.stream.ended
    assert not sidecar.stream.finish(LONG)


def test_only_new_paths_break_the_quiet(sidecar: Sidecar) -> None:
    stream = sidecar.stream
    sidecar.say(HEADER + hello() + phase(b"boot") + call(1, b"open") + program(1, b"/app"))
    assert stream.wait_for(Phase, LONG) is not None
    before = stream.quiet_for()
    sidecar.say(phase(b"other"))
    assert stream.wait_for(Phase, LONG, since=2) is not None
    assert stream.quiet_for() >= before
    told = time.monotonic()
    sidecar.say(lookup(b"/etc/passwd"))
    while not any(isinstance(record, Lookup) for record in stream.take(LONG)):
        pass
    assert stream.quiet_for() <= time.monotonic() - told


def test_a_stream_that_is_no_trace(sidecar: Sidecar) -> None:
    """The error is raised where somebody waits, not lost in the reading thread."""
    sidecar.say(b"exec /.slim/sensor: exec format error\n")
    with pytest.raises(TraceFileError, match="not a trace"):
        sidecar.stream.wait_for(Hello, LONG)


def test_a_full_disk_is_told_as_such() -> None:
    sidecar = Sidecar(Path("/dev/full"))
    sidecar.say(HEADER + hello())
    with pytest.raises(OSError, match="No space left"):
        sidecar.stream.wait_for(Phase, LONG)
    sidecar.end()


def test_a_trailer_that_counts_other_records(sidecar: Sidecar) -> None:
    whole = complete(hello(), phase(b"boot"), phase(b"lost"))
    sidecar.say(whole.replace(phase(b"lost"), b""))
    with pytest.raises((TraceIncompleteError, TraceFileError)):
        sidecar.stream.finish(LONG)
