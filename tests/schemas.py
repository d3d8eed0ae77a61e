"""The JSON schemas of the documents that others read, made from their classes, that of plans, and
that of slim.yaml, made from the table of options.

`make schemas` writes them to docs/schemas, the table itself to docs/slim-yaml.md, and the pages of
site_pages.py. Types say
what may stand where, docstrings what it means.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import json
import math
import textwrap
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from slimmer.advise import Advices
from slimmer.check import CheckDocument
from slimmer.codec import Keywords
from slimmer.evidence import BillDiff, ScanDiff
from slimmer.fleet import FleetReport
from slimmer.lint import LintReport
from slimmer.report import DroppedDocument, Report
from slimmer.watch import WatchDocument
from slimmer.xray import Xray
from tests.fleet_schema import fleet_schema
from tests.plan_schema import plan_schema
from tests.site_pages import COMPARED, REFERENCE, compared, reference
from tests.slim_schema import PAGE, page_with_table, slim_schema

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"
CLASSES: Mapping[str, type[Any]] = {
    "report": Report,
    "dropped": DroppedDocument,
    "watch": WatchDocument,
    "xray": Xray,
    "check": CheckDocument,
    "lint": LintReport,
    "advise": Advices,
    "scan-diff": ScanDiff,
    "bill-diff": BillDiff,
    "fleet-report": FleetReport,
}
NAMES = (*CLASSES, "plan", "slim", "fleet")
COMMAND = "make schemas"
_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean"}


def schema(kind: type[Any]) -> dict[str, Any]:
    """The schema (draft 2020-12) of what a `Codec` without `terse` writes for a class."""
    definitions: dict[str, Any] = {}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.__name__,
        **_object(kind, definitions),
    }
    return {**document, "$defs": dict(sorted(definitions.items()))}


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.schema.json"


def text_of(name: str) -> str:
    made = {"plan": plan_schema, "slim": slim_schema, "fleet": fleet_schema}
    document = made[name]() if name in made else schema(CLASSES[name])
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _object(kind: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    hints, told = typing.get_type_hints(kind, include_extras=True), _docstrings(kind)
    properties = {}
    for field in dataclasses.fields(kind):
        described = {"description": told[field.name]} if field.name in told else {}
        properties[field.name] = {**_schema(hints[field.name], definitions), **described}
    return {
        "description": _one_line(kind.__doc__ or ""),
        "type": "object",
        "properties": properties,
        # Texts that are empty by default are left out, and what has any default was added later.
        "required": [
            field.name
            for field in dataclasses.fields(kind)
            if field.default is field.default_factory is dataclasses.MISSING
        ],
        "additionalProperties": False,
    }


def _schema(declared: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, inner = typing.get_origin(declared), typing.get_args(declared)
    if origin is Annotated:
        narrow = next(each for each in inner[1:] if isinstance(each, Keywords))
        plain = _schema(inner[0], definitions)
        if narrow.minimum == -math.inf:
            plain.pop("minimum")
        return {**plain, **_keywords(narrow)}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_schema(each, definitions) for each in inner]}
    if declared is type(None):
        return {"type": "null"}
    if origin is tuple and inner[-1] is Ellipsis:
        return {"type": "array", "items": _schema(inner[0], definitions)}
    if origin is tuple:
        first = [_schema(each, definitions) for each in inner[:-1]]
        (every, _), *_ = map(typing.get_args, typing.get_args(inner[-1]))
        rest = _schema(every, definitions)
        return {"type": "array", "prefixItems": first, "minItems": len(first), "items": rest}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(inner[1], definitions)}
    if dataclasses.is_dataclass(declared):
        kind = typing.cast("type[Any]", declared)
        name = kind.__name__
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{name}"}
    if issubclass(declared, enum.Enum):
        return {"enum": [each.value for each in declared]}
    narrowed = {"minimum": 0} if declared in (int, float) else {}
    return {"type": _SCALARS[declared], **narrowed}


def _keywords(narrow: Keywords) -> dict[str, Any]:
    said = {
        "minimum": None if narrow.minimum == -math.inf else narrow.minimum or None,
        "maximum": None if narrow.maximum == math.inf else narrow.maximum,
        "enum": list(narrow.words) or None,
        "pattern": f"^{narrow.pattern}$" if narrow.pattern else None,
        "minItems": narrow.items or None,
    }
    return {keyword: value for keyword, value in said.items() if value is not None}


def _docstrings(kind: type[Any]) -> dict[str, str]:
    """The text under each field, those of the classes above included."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if not dataclasses.is_dataclass(each):
            continue
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(each))).body
        assert isinstance(tree, ast.ClassDef)
        for field, text in zip(tree.body, tree.body[1:], strict=False):
            match field, text:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(told))),
                ):
                    found[name] = _one_line(told)
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in NAMES:
        file_of(name).write_text(text_of(name), "utf-8")
    PAGE.write_text(page_with_table(), "utf-8")
    REFERENCE.write_text(reference(), "utf-8")
    COMPARED.write_text(compared(), "utf-8")
