"""The file of a saved trace: the same bytes for the same content, all of it back, and nothing
taken that is not whole."""

from __future__ import annotations

import dataclasses
import io
import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimmer.errors import TraceFileError
from slimmer.trace.saved import Passed, from_bytes, merge, read_saved_trace, to_bytes
from slimmer.trace.saved.escapes import escaped, unescaped
from slimmer.trace.saved.writing import checksum
from slimmer.values import Repair, Source
from tests.unit.trace.saved.examples import DIGEST, names, one_run, saved, seen, unhurried, use

WHOLE = to_bytes(saved())
HOSTILE = ("/a b", "/tab\there", "/line\nbreak", "/back\\slash", "/b\udcff\udc80", "/‮gpj", "/é")


def sealed(body: bytes) -> bytes:
    """A file whose checksum is right, whatever it says."""
    return body + f"end\t{checksum(body)}\n".encode()


def refused(data: bytes) -> TraceFileError:
    with pytest.raises(TraceFileError) as caught:
        from_bytes(data, "app.trace")
    assert "app.trace" in caught.value.message
    assert caught.value.hint
    return caught.value


@unhurried
@given(one_run, one_run)
def test_all_comes_back(one: object, other: object) -> None:
    for trace in (one, merge([one, other, one])):  # type: ignore[list-item]
        data = to_bytes(trace)  # type: ignore[arg-type]
        assert from_bytes(data, "x") == trace
        assert to_bytes(from_bytes(data, "x")) == data


@unhurried
@given(st.text() | names)
def test_a_field_holds_any_text_on_one_line(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    field = escaped(data)
    assert unescaped(field) == data
    assert not set("\t\n\r") & set(field)
    field.encode()


def test_hostile_names_are_readable_and_come_back() -> None:
    trace = saved({path: seen() for path in sorted(HOSTILE)})
    text = to_bytes(trace).decode()
    assert "/tab\\x09here\tfile" in text
    assert "/b\\xff\\x80\tfile" in text
    assert "/\\xe2\\x80\\xaegpj\tfile" in text
    assert "/é\tfile" in text
    assert set(from_bytes(to_bytes(trace), "x").paths) == set(HOSTILE)


def test_repairs_come_back() -> None:
    repairs = (
        Repair(path="/b\t", program="", phase="GET /"),
        Repair(path="/etc/conf.d/x", program="/a b", phase="boot", listing="/etc", whole=True),
    )
    trace = saved(repairs=repairs)
    assert from_bytes(to_bytes(trace), "x") == trace


def test_what_passed_comes_back() -> None:
    trace = saved(passed=(Passed(image=DIGEST, test="sha256:" + "a" * 64),))
    assert from_bytes(to_bytes(trace), "x") == trace


def test_every_prefix_is_refused() -> None:
    for length in range(len(WHOLE)):
        refused(WHOLE[:length])


def test_every_changed_byte_is_found() -> None:
    for position in range(len(WHOLE)):
        changed = bytes([WHOLE[position] ^ 1])
        refused(WHOLE[:position] + changed + WHOLE[position + 1 :])


def tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("layer.tar"))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (json.dumps({"kept": []}).encode(), "is not a saved trace"),
        (tar(), "is not a saved trace"),
        (b"\xff\xfe" + WHOLE, "is not a saved trace"),
        (b"SLIMTRC\0\1\0\0\0", "the sensor's own record"),
        (WHOLE.replace(b"trace 1", b"trace 3", 1), "has format 3, this version of slimmer reads 2"),
        (WHOLE[:-30], "is cut off"),
        (WHOLE.replace(b"port\t8000", b"port\t8001"), "damaged or changed"),
    ],
    ids=["empty", "json", "tar", "another encoding", "raw", "newer", "cut off", "edited"],
)
def test_what_is_no_trace_is_told_apart(data: bytes, words: str) -> None:
    assert words in refused(data).message


def test_a_raw_trace_is_sent_to_the_command_that_reads_it() -> None:
    assert "slim debug trace" in refused(b"SLIMTRC\0").hint


def test_a_conflict_is_told_as_one() -> None:
    """As git leaves it: the lines that both sides changed, the checksum always among them."""
    lines = WHOLE.splitlines(keepends=True)
    conflict = [b"<<<<<<< HEAD\n", lines[-1], b"=======\n", lines[-1], b">>>>>>> theirs\n"]
    error = refused(b"".join([*lines[:-1], *conflict]))
    assert "conflict of a merge" in error.message
    assert "slim trace merge" in error.hint


def test_line_ends_that_a_checkout_changed_do_no_harm() -> None:
    assert from_bytes(WHOLE.replace(b"\n", b"\r\n"), "x") == saved()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"runs\t1\n", b"runs\t0\n"),
        (b"runs\t1\n", b""),
        (b"runs\t1\n", b"runs\t1\nruns\t1\n"),
        (b"runs\t1\n", b"unknown\t1\nruns\t1\n"),
        (b"port\t8000\n", b"port\t80000\n"),
        (b"port\t8000\n", b"port\t-1\n"),
        (b"ready-within\t2\n", b"ready-within\t3\n"),
        (b"source\tnotify\n", b"source\tptrace\n"),
        (b"runs\t1\n", b"runs\t1\npassed\tsha256:00\tsha256:00\n"),
        (b"phase\tboot\n", b""),
        (b"phase\tboot\n", b"phase\tboot\nphase\tboot\n"),
        (b"\tboot\topen", b"\tboot\tmmap"),
        (b"\tfile\t5\t", b"\tfile\tfive\t"),
        (b"/app\t", b"app\t"),
        (b"/app\tdirectory\n", b"/app\tdirectory\tseen 1\n"),
        (b"/app\tdirectory\n", b"/app\tdirectory\n/app\tdirectory\n"),
        (b"/app/main\t", b"/aa\t"),
        (b"\tboot\topen\t/bin/app\tnotify\n", b""),
        (b"/bin/app", b"/bin/\\app"),
        (b"/bin/app", b"/bin/\xff"),
        (b'{"http":{', b'{"http":['),
        (b'"path":"/health"', b'"path":5'),
        (b'"path":"/health"', b'"road":"/health"'),
        (b'"body_pattern":"o.k"', b'"body_pattern":"("'),
        (b'"name":"log in"', b'"name":"exec id"'),
        (b"probe\t{", b"probe\t" + b"[" * 100_000),
    ],
)
def test_nonsense_with_a_right_checksum_is_refused_too(old: bytes, new: bytes) -> None:
    body = WHOLE[: WHOLE.rindex(b"end\t")]
    assert old in body
    refused(sealed(body.replace(old, new)))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for place, words in ((tmp_path / "none", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(TraceFileError, match=words):
            read_saved_trace(place)


def test_a_further_run_that_saw_the_same_changes_two_lines() -> None:
    once = to_bytes(merge([saved()] * 2)).splitlines()
    twice = to_bytes(merge([saved()] * 3)).splitlines()
    changed = [line for line, other in zip(once, twice, strict=True) if line != other]
    assert [line.split(b"\t")[0] for line in changed] == [b"runs", b"end"]


def test_the_trace_of_a_file_is_the_one_that_was_saved() -> None:
    both = [dataclasses.replace(use(), source=source.value) for source in Source]
    trace = saved({"/a": seen(*both), "/b": seen(use("shutdown"), use())}).trace()
    assert [(s.path, s.phase, s.source) for s in trace.sightings] == [
        ("/a", "boot", Source.FANOTIFY),
        ("/a", "boot", Source.NOTIFY),
        ("/b", "boot", Source.NOTIFY),
        ("/b", "shutdown", Source.NOTIFY),
    ]
