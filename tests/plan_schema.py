"""The JSON schema of plans, for editors, made from the keys of the kinds of probes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from slimmer.options.plan import RESERVED
from slimmer.options.steps import WRITTEN
from slimmer.probing.kinds import Items, Key, Keys, Kind, Shape

_NAME: Final = r"^[A-Za-z_][\w-]*$"
_TEXT: Final = {"type": "string"}
_SHAPES: Final[Mapping[Shape, Mapping[str, Any] | bool]] = {
    Shape.TEXT: _TEXT,
    Shape.BYTES: _TEXT,
    Shape.HEX: {"type": "string", "pattern": r"^([0-9A-Fa-f]{2}\s*)*$"},
    Shape.WHOLE_NUMBER: {"type": "integer"},
    Shape.SWITCH: {"type": "boolean"},
    Shape.PORT: {"$ref": "#/$defs/port"},
    Shape.COMMAND: {"$ref": "#/$defs/command"},
    Shape.USER: {"type": ["string", "integer"]},
    Shape.PATTERN: _TEXT,
    Shape.TEXTS: {"$ref": "#/$defs/texts"},
    Shape.HEADERS: {"$ref": "#/$defs/texts"},
    Shape.PATTERNS: {"$ref": "#/$defs/texts"},
    Shape.STATUSES: {
        "anyOf": [
            {"$ref": "#/$defs/status"},
            {"type": "array", "items": {"$ref": "#/$defs/status"}},
        ]
    },
    Shape.PLACES: {"type": "object"},
    Shape.ANYTHING: True,
}
_SECONDS: Final = {"$ref": "#/$defs/seconds"}
_DEFINITIONS: Final = {
    "text": {"type": ["string", "number"]},
    "texts": {"type": "object", "additionalProperties": {"$ref": "#/$defs/text"}},
    "seconds": {"type": "number", "exclusiveMinimum": 0},
    "port": {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 65535},
            {"type": "string", "pattern": r"^\$\{[^}]+\}$"},
        ]
    },
    "command": {
        "anyOf": [
            {"type": "string", "minLength": 1},
            {"type": "array", "minItems": 1, "items": _TEXT},
        ]
    },
    "status": {"type": "integer", "minimum": 100, "maximum": 599},
}


def plan_schema() -> dict[str, Any]:
    """The schema as a JSON value (draft 2020-12)."""
    phase = _object(
        {
            "phase": {"type": "string", "minLength": 1, "not": {"enum": list(RESERVED)}},
            "steps": _list({"anyOf": [{"$ref": "#/$defs/step"}, {"$ref": "#/$defs/parallel"}]}),
        },
        required=("phase", "steps"),
    )
    plan = _object(
        {
            "plan": {"type": "string", "pattern": r"^[A-Za-z0-9][\w .-]*$"},
            "summary": _TEXT,
            "values": {
                "type": "object",
                "propertyNames": {"pattern": _NAME},
                "additionalProperties": {"$ref": "#/$defs/text"},
            },
            "phases": _list(phase),
        },
        required=("phases",),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan of slimmer: named phases of ordered and parallel steps",
        "description": "docs/plans.md says what each key means.",
        **plan,
        "$defs": {
            **_DEFINITIONS,
            "parallel": _object(
                {"parallel": _list({"$ref": "#/$defs/step"})}, required=("parallel",)
            ),
            "step": {
                **_object({name: _either_form(kind) for name, kind in WRITTEN.items()}),
                "minProperties": 1,
                "maxProperties": 1,
            },
            **{name: _kind(kind) for name, kind in WRITTEN.items()},
        },
    }


def _either_form(kind: Kind[Any]) -> dict[str, Any]:
    keys = {"$ref": f"#/$defs/{kind.name}"}
    return {"anyOf": [{"type": "string", "minLength": 1}, keys]} if kind.shorthand else keys


def _kind(kind: Kind[Any]) -> dict[str, Any]:
    assert kind.keys is not None
    common: dict[str, Any] = {"name": _TEXT}
    if kind.repeats and not kind.is_act:
        common["repeat"] = {"type": "integer", "minimum": 1}
    if not kind.is_act:
        common |= {
            "within": _SECONDS,
            "timeout": _SECONDS,
            "optional": {"type": "boolean"},
            "compare": {"type": "boolean"},
            "capture": _capture(kind.sources),
        }
    return _mapping(kind.keys, common)


def _capture(sources: Iterable[str]) -> dict[str, Any]:
    source = _object(dict.fromkeys(sources, _TEXT))
    return {
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": {
            "anyOf": [_TEXT, {**source, "minProperties": 1, "maxProperties": 1}]
        },
    }


def _mapping(
    keys: Keys, common: Mapping[str, Any] | None = None, one_of: Iterable[str] = ()
) -> dict[str, Any]:
    schema = _object(
        {**(common or {}), **{key.name: _value(key) for key in keys.keys}},
        required=[key.name for key in keys.keys if key.missing],
    )
    if keys.exclusive:
        schema["allOf"] = [{"not": {"required": [one, other]}} for one, other, _ in keys.exclusive]
    if choices := [{"required": [name]} for name in one_of]:
        schema["oneOf"] = choices
    return schema


def _value(key: Key) -> dict[str, Any] | bool:
    if isinstance(key.shape, Items):
        items = _mapping(key.shape.keys, one_of=key.shape.one_of)
        return {"type": "array", "items": items}
    shape = _SHAPES[key.shape]
    return shape if isinstance(shape, bool) else {**shape, **(key.limits or {})}


def _object(properties: Mapping[str, Any], *, required: Iterable[str] = ()) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    if names := list(required):
        schema["required"] = names
    return {**schema, "additionalProperties": False, "properties": dict(properties)}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": items}
