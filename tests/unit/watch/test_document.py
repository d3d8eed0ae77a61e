"""The file of `slim watch`: what is written is read, and nothing else is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import WatchFileError
from slimmer.watch import LostEntries, MissedPath, Watched, read_missed_paths, write_watched

WATCHED = Watched(
    slimmer_version="1",
    image="app:slim",
    image_id="sha256:1",
    original_id="sha256:2",
    seconds=1.5,
    exit_status=None,
    missed=(
        MissedPath(path="/a", programs=("/bin/app", ""), package="app", first_seconds=0.1),
        MissedPath(path="/b-\udcff\n", programs=("/bin/app",), package="", first_seconds=0.2),
    ),
    listings=(LostEntries(directory="/", programs=("/bin/ls",), names=("a",)),),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "watch.json"


def test_paths_survive_the_round_trip(file: Path) -> None:
    write_watched(WATCHED, file)
    assert read_missed_paths(file) == ("/a", "/b-\udcff\n")
    assert json.loads(file.read_bytes())["listings"][0]["names"] == ["a"]


def test_every_truncation_is_refused(file: Path) -> None:
    write_watched(WATCHED, file)
    data = file.read_bytes().rstrip()
    for length in range(len(data)):
        file.write_bytes(data[:length])
        with pytest.raises(WatchFileError):
            read_missed_paths(file)


def changed(**changes: Any) -> dict[str, Any]:
    return {"format": "slimmer watch", "schema_version": 1, "missed": [], **changes}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "not written by slim watch"),
        ({"kept": [], "schema_version": 1}, "not written by slim watch"),
        (changed(schema_version=2), "reads up to 1"),
        (changed(schema_version="1"), "schema_version: expected a whole number"),
        (changed(missed={}), "missed: expected a list"),
        (changed(missed=["/a"]), r"missed\[0\]: expected an object"),
        (changed(missed=[{"path": "a"}]), r"missed\[0\]\.path: "),
        (changed(missed=[{"path": "/a\0"}]), r"missed\[0\]\.path: "),
    ],
)
def test_other_documents_are_refused(file: Path, document: Any, message: str) -> None:
    file.write_text(json.dumps(document))
    with pytest.raises(WatchFileError) as raised:
        read_missed_paths(file)
    assert re.search(message, f"{raised.value.message}: {raised.value.details}")


@pytest.mark.parametrize("data", [b"", b"SLIMTRC\0\1\0", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with pytest.raises(WatchFileError, match="is not JSON"):
        read_missed_paths(file)


def test_a_directory_and_nothing_at_all_are_refused(file: Path) -> None:
    for place in (file, file.parent):
        with pytest.raises(WatchFileError, match="cannot be read"):
            read_missed_paths(place)
