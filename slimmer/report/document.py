"""The report as JSON: one line per list element, so that `grep` and `diff` are of use on it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from slimmer.report.report import Report


def to_json(report: Report) -> str:
    """The whole report as JSON text (ASCII), ending in a newline.

    Bytes of a path that are not UTF-8 appear as lone surrogates (`\\udc80` to `\\udcff`), as
    Python's `surrogateescape` writes them: `os.fsencode` gives the bytes back.
    """
    members = to_object(report).items()
    return "{\n" + ",\n".join(_member(key, value) for key, value in members) + "\n}\n"


def to_object(report: Report) -> dict[str, Any]:
    """The report as values that JSON knows, in the order of its fields."""
    plain: dict[str, Any] = _plain(report)
    return plain


def schema() -> dict[str, Any]:
    """The JSON schema of the document (draft 2020-12)."""
    text = resources.files("slimmer.report").joinpath("report.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _member(key: str, value: Any) -> str:
    if isinstance(value, list) and value:
        lines = ",\n".join(f"    {_dump(element)}" for element in value)
        return f"  {_dump(key)}: [\n{lines}\n  ]"
    return f"  {_dump(key)}: {_dump(value)}"


def _dump(value: Any) -> str:
    return json.dumps(value, allow_nan=False)


def _plain(value: Any) -> Any:
    """Dataclasses as objects, tuples as lists; texts that are empty by default are left out."""
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, tuple):
        return [_plain(element) for element in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(element) for key, element in value.items()}
    return {
        field.name: _plain(content)
        for field in dataclasses.fields(value)
        if (content := getattr(value, field.name)) or field.default != ""
    }
