"""The folder of a live trace: what it says of processes that are there, gone, or elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from slimmer.engine import owner
from slimmer.errors import TraceFileError, UsageError
from slimmer.probing.kinds import ExecProbe, HttpProbe
from slimmer.trace.live import (
    Address,
    End,
    LiveTrace,
    Place,
    Standing,
    abandoned_places,
    all_places,
    find_place,
    new_place,
)

LIVE = LiveTrace(
    name="shop",
    owner="machine/1/2.0",
    session="1-abc",
    image="shop:1",
    image_id="sha256:" + "0" * 64,
    container="shop",
    started="2024-01-01T00:00:00+00:00",
    addresses=(Address(port=80, host="127.0.0.1", host_port=8080),),
    port=80,
    ready_seconds=1.5,
    stop_timeout=10.0,
    is_service=True,
    probes=(
        HttpProbe(name="GET /", statuses=frozenset({200, 404})),
        ExecProbe(name="exec x", command=("x", "y")),
    ),
    notes=("one",),
)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def owned_by(place: Place, process: str, machine: str) -> None:
    (place.folder / "owner").write_text(f"{process}\n{machine}")


def test_what_is_written_is_read() -> None:
    place = new_place("shop")
    assert place.read() is None
    for live in (LIVE, replace(LIVE, end=End(exit_status=3, error="lost", logs="last\nlines"))):
        place.write(live)
        assert place.read() == live


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"end": null, "addresses": 1}'])
def test_what_nobody_has_written_so(text: str) -> None:
    place = new_place("shop")
    (place.folder / "trace.json").write_text(text)
    with pytest.raises(TraceFileError):
        place.read()


def test_how_it_stands() -> None:
    place = new_place("shop")
    assert place.standing() is Standing.STARTING
    place.write(LIVE)
    assert place.standing() is Standing.RUNNING
    boot, namespace, number, started = owner().split("/")
    owned_by(place, f"{boot}/{int(namespace) + 1}/{number}/{started}", os.uname().nodename)
    assert place.standing() is Standing.RUNNING, "it is in another PID namespace"
    owned_by(place, f"{boot}/{namespace}/{number}/{int(started) - 1000}", os.uname().nodename)
    assert place.standing() is Standing.KILLED
    assert [each.name for each in abandoned_places()] == ["shop"]
    place.write(replace(LIVE, end=End(exit_status=None)))
    assert place.standing() is Standing.ENDED
    assert abandoned_places() == []
    assert [each.name for each in all_places()] == ["shop"]


def test_a_machine_that_was_started_anew_and_another_one() -> None:
    place = new_place("shop")
    place.write(LIVE)
    owned_by(place, "another-boot/7/1/2", os.uname().nodename)
    assert place.standing() is Standing.KILLED
    owned_by(place, "another-boot/7/1/2", "another-machine")
    assert place.standing() is Standing.RUNNING


def test_a_name_belongs_to_one() -> None:
    place = new_place("shop")
    with pytest.raises(UsageError, match="already") as error:
        new_place("shop")
    assert "ends it" in error.value.hint
    owned_by(place, "another-boot/7/1/2", os.uname().nodename)
    with pytest.raises(UsageError) as error:
        new_place("shop")
    assert "slim clean" in error.value.hint
    assert find_place("shop").name == "shop"
    place.remove()
    with pytest.raises(UsageError, match="there is no trace named shop"):
        find_place("shop")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-a", "a b", "ü", "x" * 200])
def test_names_that_the_engine_would_not_take(name: str) -> None:
    with pytest.raises(UsageError):
        new_place(name)
    with pytest.raises(UsageError):
        find_place(name)


def test_a_folder_that_cannot_be_made(state: Path) -> None:
    (state / "slimmer").write_text("a file")
    with pytest.raises(UsageError, match="cannot be written to"):
        new_place("shop")
    assert all_places() == []
