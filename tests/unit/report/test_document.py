"""report.json: held to its schema, readable line by line, and true to hostile names."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from slimmer.report import Report, compose_report, to_json
from tests.schemas import schema
from tests.unit.report.recorded_run import HOSTILE, REPAIRED, finished, recorded_run

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "report.md"


def document(**changes: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(to_json(compose_report(recorded_run(**changes))))
    return read


def test_the_schema_is_one_that_knows_no_other_members() -> None:
    jsonschema.Draft202012Validator.check_schema(schema(Report))
    described = schema(Report)

    for name, definition in described["$defs"].items():
        assert definition["additionalProperties"] is False, name


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"debug": finished("my-app:1-slim-debug", ())},
        {"slim": None, "exit_code": 13, "problem": "the slim image fails its smoke test"},
        {"artifacts": {"output": "my-app.tar"}},
        {"repair": REPAIRED},
    ],
    ids=["slim", "with debug", "failed", "with output", "repaired"],
)
def test_a_report_fits_the_schema(changes: dict[str, Any]) -> None:
    jsonschema.validate(document(**changes), schema(Report))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("unknown",), 1),
        (("schema_version",), 2),
        (("original", "size"), -1),
        (("slim", "layers", 0, "digest"), "md5:1"),
        (("tests", 0, "image"), "other"),
        (("kept", 0, "reasons"), []),
        (("kept", 0, "type"), "whiteout"),
    ],
    ids=repr,
)
def test_the_schema_refuses_what_a_report_is_not(path: tuple[Any, ...], value: Any) -> None:
    changed = document()
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed, schema(Report))


def test_names_come_back_byte_by_byte() -> None:
    text = to_json(compose_report(recorded_run()))

    assert text.isascii()
    paths = {os.fsencode(each["path"]) for each in json.loads(text)["kept"]}
    assert {os.fsencode(path) for path in HOSTILE} <= paths


def test_each_kept_path_is_on_a_line_of_its_own() -> None:
    lines = to_json(compose_report(recorded_run())).splitlines()

    (line,) = [line for line in lines if '"path": "/usr/bin/tool"' in line]
    assert json.loads(line.rstrip(","))["package"] == "coreutils"


def test_the_same_run_gives_the_same_text() -> None:
    assert to_json(compose_report(recorded_run())) == to_json(compose_report(recorded_run()))


def test_the_documentation_names_every_member() -> None:
    text = DOCUMENTATION.read_text("utf-8")

    for name in schema(Report)["properties"]:
        assert f"`{name}`" in text, name
