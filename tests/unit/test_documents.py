"""Documents that slimmer 0.1.0 wrote are read, and whatever else a file holds is the error that
the documentation names for it."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slimmer.errors import ReportFileError, TraceFileError, WatchFileError
from slimmer.probing.kinds import HttpProbe
from slimmer.report import read_report
from slimmer.trace.live.document import from_json, to_json
from slimmer.trace.saved import from_bytes, to_bytes
from slimmer.trace.saved.probe_text import probe_text, read_probe
from slimmer.trace.saved.writing import checksum
from slimmer.watch import read_missed_paths

E = TypeVar("E", bound=Exception)
BEFORE = Path(__file__).parent / "documents_of_before"
LIVE = ("live-running.json", "live-ended.json")


@pytest.mark.parametrize("name", ["nginx.trace", "static.trace"])
def test_traces_of_before_are_read_and_written_the_same(name: str) -> None:
    data = (BEFORE / name).read_bytes()
    assert to_bytes(from_bytes(data, name)) == data


@pytest.mark.parametrize("text", (BEFORE / "probes.txt").read_text("ascii").splitlines())
def test_probes_of_before_are_read_and_written_the_same(text: str) -> None:
    assert probe_text(read_probe(text)) == text


@pytest.mark.parametrize("name", LIVE)
def test_live_traces_of_before_are_read(name: str) -> None:
    live = from_json((BEFORE / name).read_bytes())
    assert live.probes == (HttpProbe(name="GET /health", path="/health"),)
    assert [address.port for address in live.addresses] == [8080]
    assert (live.end is not None) is (name == "live-ended.json")
    assert from_json(to_json(live)) == live


def test_reports_of_before_are_read() -> None:
    saved = read_report(BEFORE / "static")
    assert (saved.strategy, saved.is_whole) == ("minimal", True)
    assert saved.phases[0] == "boot"
    assert saved.fates["/server"].kept
    assert any(fate.in_debug and not fate.in_original for fate in saved.fates.values())


def test_watch_files_of_before_are_read() -> None:
    assert read_missed_paths(BEFORE / "watch.json") == ("/a", "/b-\udcff\n")


WRONG = st.one_of(
    st.sampled_from([None, True, -1, 0, 1.5, 1e300, 10**400, "", "x", "/\0", "\ud800", "\udcff"]),
    st.sampled_from([[], {}, [[]], [{}], {"": None}, ["\ud800"], [0, "d", 99, 99]]),
    st.just(json.loads("[" * 400 + "]" * 400)),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of each value inside of this one."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in members:
        yield value, key
        if isinstance(each, dict | list):
            yield from places(each)


@st.composite
def wrong_json(draw: st.DrawFn, name: str) -> bytes:
    """A document that is cut off, has other bytes, or another value or key somewhere."""
    data = bytearray((BEFORE / name).read_bytes())
    match draw(st.sampled_from(["cut", "bytes", "value", "value", "key"])):
        case "cut":
            del data[draw(st.integers(0, len(data) - 1)) :]
        case "bytes":
            for place in draw(st.lists(st.integers(0, len(data) - 1), min_size=1, max_size=4)):
                data[place] = draw(st.integers(0, 255))
        case change:
            document = copy.deepcopy(json.loads(data))
            container, key = draw(st.sampled_from(list(places(document))))
            if change == "value":
                container[key] = draw(WRONG)
            else:
                del container[key]
            return json.dumps(document).encode()
    return bytes(data)


def failure(kind: type[E], action: Callable[[], object]) -> E | None:
    """The error of this kind that an action raises. Any other one ends the test."""
    try:
        action()
    except kind as error:
        return error
    return None


def few(count: int = 300) -> settings:
    healthy = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=count, suppress_health_check=healthy)


@few()
@given(data=wrong_json("watch.json"))
def test_wrong_watch_files(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "watch.json"
    file.write_bytes(data)
    error = failure(WatchFileError, lambda: [os.fsencode(each) for each in read_missed_paths(file)])
    assert error is None or str(file) in error.message


@pytest.mark.parametrize("name", ["report.json", "dropped.json"])
@few()
@given(data=st.data())
def test_wrong_reports(tmp_path: Path, name: str, data: st.DataObject) -> None:
    for each in ("report.json", "dropped.json"):
        (tmp_path / each).write_bytes((BEFORE / "static" / each).read_bytes())
    (tmp_path / name).write_bytes(data.draw(wrong_json(f"static/{name}")))
    error = failure(ReportFileError, lambda: read_report(tmp_path))
    assert error is None or str(tmp_path) in error.message


@few()
@given(data=st.sampled_from(LIVE).flatmap(wrong_json))
def test_wrong_live_traces(data: bytes) -> None:
    error = failure(TraceFileError, lambda: from_json(to_json(from_json(data))))
    assert error is None or error.details


@few(600)
@given(data=st.data())
def test_wrong_traces(data: st.DataObject) -> None:
    """Behind a checksum that is right: only so are the lines looked at."""
    lines = (BEFORE / "nginx.trace").read_bytes().splitlines(keepends=True)[:-1]
    number = data.draw(st.integers(1, len(lines) - 1))
    fields = lines[number].rstrip(b"\n").split(b"\t")
    place = data.draw(st.integers(0, len(fields) - 1))
    wrong = [b"", b"0", b"9" * 30, b"\\", b"\\xff", b"\xff", b"{}", b'{"http":{"name":1}}']
    fields[place] = data.draw(st.sampled_from([*wrong, fields[place][:-1], fields[place] + b"\t"]))
    lines[number] = b"\t".join(fields) + b"\n"
    body = b"".join(data.draw(st.sampled_from([lines, lines[:number], lines[:1] + lines[number:]])))
    changed = body + f"end\t{checksum(body)}\n".encode()

    def read() -> None:
        trace = from_bytes(changed, "a.trace")
        assert from_bytes(to_bytes(trace), "again") == trace

    error = failure(TraceFileError, read)
    assert error is None or error.message.startswith("a.trace")


@few()
@given(data=st.data())
def test_wrong_probes(data: st.DataObject) -> None:
    texts = (BEFORE / "probes.txt").read_text("ascii").splitlines()
    document = json.loads(data.draw(st.sampled_from(texts)))
    container, key = data.draw(st.sampled_from(list(places(document))))
    container[key] = data.draw(WRONG)
    text = json.dumps(document)
    error = failure(ValueError, lambda: read_probe(text))
    if error is None:
        probe = read_probe(text)
        assert read_probe(probe_text(probe)) == probe
    else:
        assert str(error).startswith("not a probe")
