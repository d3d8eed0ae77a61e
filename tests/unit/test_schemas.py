"""docs/schemas says what is written."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from slimmer.watch import WatchDocument, to_json
from tests.schemas import CLASSES, COMMAND, NAMES, file_of, schema, text_of
from tests.unit.watch.test_document import WATCHED

BEFORE = Path(__file__).parent / "documents_of_before"


@pytest.mark.parametrize("name", NAMES)
def test_the_schemas_are_those_of_the_classes(name: str) -> None:
    assert file_of(name).read_text("utf-8") == text_of(name), f"`{COMMAND}` writes it anew"
    jsonschema.Draft202012Validator.check_schema(json.loads(text_of(name)))


def test_the_reports_schema_describes_every_member() -> None:
    described = schema(CLASSES["report"])
    for name, member in described["properties"].items():
        target = described["$defs"].get(str(member.get("$ref", "")).rpartition("/")[2], {})
        assert {"description", "anyOf", "properties"} & {*member, *target}, name


def test_a_watch_file_fits_its_schema() -> None:
    jsonschema.validate(json.loads(to_json(WATCHED)), schema(WatchDocument))


@pytest.mark.parametrize(
    ("name", "file"),
    [("report", "static/report.json"), ("dropped", "static/dropped.json"), ("watch", "watch.json")],
)
def test_documents_of_before_fit_as_well(name: str, file: str) -> None:
    document = json.loads((BEFORE / file).read_bytes())
    form = schema(CLASSES[name])
    if document["schema_version"] < form["properties"]["schema_version"].get("maximum", 1):
        return  # a form of its own, which is still read, see test_documents.py
    jsonschema.validate(document, form)
