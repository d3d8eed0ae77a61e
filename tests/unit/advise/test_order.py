"""What `slim advise --previous` says of two builds of one Dockerfile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from slimmer.advise import Advices
from slimmer.cli.main import run
from tests.schemas import schema
from tests.unit.cli.test_xray import saved_trace
from tests.unit.xray.archives import docker_archive, layer

STEPS = ("ADD rootfs /", "COPY . /app", "RUN npm ci", "RUN make")
DOCKERFILE = "FROM debian\n\nCOPY . /app\nRUN npm ci\nRUN make\n"
FIRST: tuple[Mapping[str, bytes], ...] = (
    {"bin/sh": b"s"},
    {"app/main.js": b"1"},
    {"app/node_modules/used.js": b"u" * 700_000},
    {"app/made": b"m" * 300_000},
)


def image(file: Path, *changed: int, steps: tuple[str, ...] = STEPS) -> Path:
    """The archive, with other bytes in the layers that are named."""
    layers = [
        layer({**files, "app/other": b"o"} if number in changed else files)
        for number, files in enumerate(FIRST)
    ]
    file.write_bytes(docker_archive(layers, list(steps)))
    return file


def order(
    capsys: pytest.CaptureFixture[str], now: Path, before: Path, *more: str
) -> dict[str, Any]:
    trace = saved_trace(now, now.with_name("app.trace"), "/bin/sh")
    arguments = ("--trace", str(trace), "--previous", str(before), "--json", *more)
    assert run(["advise", str(now), *arguments]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema(Advices))
    found: dict[str, Any] = document["order"]
    return found


def test_a_copy_that_makes_what_lies_above_it_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    now, before = image(tmp_path / "2.tar", 1, 2, 3), image(tmp_path / "1.tar")
    found = order(capsys, now, before, "--dockerfile", str(tmp_path))
    assert found["previous"] == str(before)
    assert (found["changed"]["layer"], found["changed"]["line"]) == (1, 3)
    assert [(each["line"], each["size"]) for each in found["remade"]] == [
        (4, 700_001),
        (5, 300_001),
    ]
    assert found["todo"] == [
        "Copy it behind line 4, line 5: 1.00 MB were made anew because of it. Before them copy "
        "only what they read, as package.json or requirements.txt"
    ]


@pytest.mark.parametrize(
    ("changed", "steps", "layer_changed", "words"),
    [
        ((), STEPS, None, ""),
        ((3,), STEPS, 3, "It was run again although nothing below it has changed"),
        ((2, 3), (*STEPS[:2], "RUN npm ci --omit=dev", STEPS[3]), 2, ""),
        ((1,), STEPS, 1, "Copy it behind `RUN npm ci`, `RUN make`: 1.00 MB"),
    ],
    ids=["none", "a RUN alone", "another RUN", "a COPY, seen by its history"],
)
def test_what_else_may_have_changed(
    changed: tuple[int, ...],
    steps: tuple[str, ...],
    layer_changed: int | None,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    now, before = image(tmp_path / "2.tar", *changed, steps=steps), image(tmp_path / "1.tar")
    found = order(capsys, now, before)
    assert (found.get("changed") or {}).get("layer") == layer_changed
    assert " ".join(found["todo"]).startswith(words)
    assert bool(found["todo"]) == bool(words)


def test_a_base_that_has_changed_is_told_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    now, before = image(tmp_path / "2.tar", 0, 1, 2, 3), image(tmp_path / "1.tar")
    found = order(capsys, now, before, "--dockerfile", str(tmp_path))
    assert found["todo"] == ["The base has changed: all that stands on it is made anew"]


def test_people_see_what_changed_and_what_was_made_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now, before = image(tmp_path / "2.tar", 1, 2, 3), image(tmp_path / "1.tar")
    trace = saved_trace(now, tmp_path / "app.trace", "/bin/sh")
    assert run(["advise", str(now), "--trace", str(trace), "--previous", str(before)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any("changed" in line and "COPY . /app" in line for line in lines)
    assert sum(line.split()[:2] == ["made", "anew"] and "RUN" in line for line in lines) == 2
