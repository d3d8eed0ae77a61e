"""Records to sightings."""

from __future__ import annotations

import struct
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import TraceFileError, TraceIncompleteError
from slimmer.files import RootfsIndex
from slimmer.trace.wire import trace as wire
from slimmer.trace.wire.trace import absolute_path, read_trace
from slimmer.values import Access, Entry, EntryType, Sighting, Source
from tests.unit.trace.wire.stream import (
    RECORDED,
    call,
    complete,
    hello,
    lookup,
    opened,
    phase,
    program,
    record,
)


def written(folder: Path, stream: bytes) -> Path:
    file = folder / "trace"
    file.write_bytes(stream)
    return file


def test_the_recorded_run() -> None:
    trace = read_trace(RECORDED)
    assert trace.sources == frozenset(Source)
    assert trace.phases == ("boot", "after")
    assert trace.exit_status == 3
    assert trace.records > len(trace.sightings)
    assert (
        Sighting(
            path="/usr/share/../../etc/hostname",
            access=Access.OPEN,
            phase="boot",
            program="/usr/bin/cat",
            source=Source.NOTIFY,
        )
        in trace.sightings
    )
    assert {item.phase for item in trace.sightings if item.path == "/second/phase"} == {"after"}
    assert "/tmp" in {item.path for item in trace.sightings}


def test_what_memory_holds_of_a_target_that_looks_up_ever_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of what never was are lost, and said to be; what the original has is there, with the
    links on the way and whatever text it was named by."""
    monkeypatch.setattr(wire, "MOST_SIGHTINGS", 5)
    directory = partial(entry, type=EntryType.DIRECTORY, mode=0o755)
    index = RootfsIndex(
        [
            *(directory(path) for path in ("/", "/bin", "/srv", "/srv/cache", "/lib")),
            entry("/lib/now", type=EntryType.SYMLINK, link_target="real.so"),
            *(entry(path) for path in ("/bin/app", "/lib/real.so", "/srv/data")),
        ]
    )
    stream = complete(
        hello(), phase(b"boot"), call(1, b"open"), program(1, b"/bin/app"), program(2, b"/made"),
        *(lookup(b"/srv/cache/%d/gone" % number) for number in range(5)),
        *(lookup(b"/srv/cache/%d/more" % number) for number in range(1000)),
        *(lookup(b"/srv" + b"/../srv" * number + b"/data", access=1) for number in range(1, 30)),
        lookup(b"/lib/now", access=1, by=2),
        opened(b"/made/by/it"),
    )  # fmt: skip
    trace = read_trace(written(tmp_path, stream), index)
    assert trace.unnamed == 1001
    assert "1,001 lookups" in trace.notes[0]
    seen = {(each.path, each.access, each.program) for each in trace.sightings}
    assert seen == {
        *((f"/srv/cache/{number}/gone", Access.LOOKUP, "/bin/app") for number in range(5)),
        ("/srv/cache", Access.LOOKUP, "/bin/app"),
        ("/srv/data", Access.OPEN, "/bin/app"),
        ("/lib/now", Access.OPEN, ""),
        ("/lib/real.so", Access.OPEN, ""),
        ("/", Access.LOOKUP, "/bin/app"),
    }
    monkeypatch.undo()
    whole = read_trace(written(tmp_path, stream), index)
    assert (len(whole.sightings), whole.unnamed, whole.notes) == (1036, 0, ())


def entry(path: str, **fields: Any) -> Entry:
    given = {"type": EntryType.FILE, "mode": 0o644, **fields}
    return Entry(path=path, uid=0, gid=0, size=0, mtime_ns=0, **given)


def test_repeats_are_folded_and_phases_are_not(tmp_path: Path) -> None:
    stream = complete(
        hello(), phase(b"boot"), call(1, b"stat"), program(1, b"/p"), program(2, b"/q"),
        lookup(b"/a"), lookup(b"//a/."), lookup(b"/a", by=2), lookup(b"a", b"/"),
        lookup(b"/a", access=1), opened(b"/a"),
        phase(b"GET /"), lookup(b"/a"),
    )  # fmt: skip
    trace = read_trace(written(tmp_path, stream))
    assert [
        (item.phase, item.program, item.access.value, item.source.value)
        for item in trace.sightings
        if item.path == "/a"
    ] == [
        ("boot", "/p", "lookup", "notify"),
        ("boot", "/q", "lookup", "notify"),
        ("boot", "/p", "open", "notify"),
        ("boot", "/p", "open", "fanotify"),
        ("GET /", "/p", "lookup", "notify"),
    ]
    assert len(trace.sightings) == 5


def test_what_has_no_path_is_no_sighting(tmp_path: Path) -> None:
    stream = complete(
        hello(), phase(b"boot"), call(1, b"stat"), program(1, b"/p"),
        lookup(b"", flags=2), lookup(b"below-a-pipe", flags=8),
    )  # fmt: skip
    assert read_trace(written(tmp_path, stream)).sightings == ()


def test_an_exit_counts_as_the_commands_own_until_it_is_stopped(tmp_path: Path) -> None:
    exiting = record(8, struct.pack("<I", 0))
    own = complete(hello(), phase(b"boot"), exiting)
    stopped = complete(hello(), phase(b"boot"), phase(b"shutdown"), exiting)
    assert read_trace(written(tmp_path, own)).exit_status == 0
    assert read_trace(written(tmp_path, stopped)).exit_status is None


@pytest.mark.parametrize(
    ("directory", "path", "expected"),
    [
        ("", "/etc//./passwd/", "/etc/passwd"),
        ("/srv", "app.py", "/srv/app.py"),
        ("/srv", "../x/../y", "/srv/../x/../y"),
        ("/jail", "/etc/passwd", "/jail/etc/passwd"),
        ("/srv/program", "", "/srv/program"),
        ("", "/", "/"),
        ("", ".", "/"),
        ("", "/a\udcff\nb", "/a\udcff\nb"),
    ],
)
def test_absolute_paths_keep_what_only_the_index_can_resolve(
    directory: str, path: str, expected: str
) -> None:
    assert absolute_path(directory, path) == expected


def test_files_that_are_cut_off_or_missing(tmp_path: Path) -> None:
    whole = RECORDED.read_bytes()
    with pytest.raises(TraceFileError, match="cut off"):
        read_trace(written(tmp_path, whole[:1000]))
    with pytest.raises(TraceFileError, match="cut off"):
        read_trace(written(tmp_path, b""))
    with pytest.raises(TraceIncompleteError, match="trailer"):
        read_trace(written(tmp_path, complete(hello())[: -(16 + 8 + 16 * 8 + 24)]))
    with pytest.raises(TraceFileError, match="No such file"):
        read_trace(tmp_path / "nowhere")
