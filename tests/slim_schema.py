"""What is made of the table of options for editors and readers: the JSON schema of slim.yaml, and
the table in docs/slim-yaml.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from slimmer.check import ROWS, key_of
from slimmer.options import GROUPS, LINT_SETTINGS, PARTS, Kind, Option, Scope, default_of, rows_for
from slimmer.options.kinds import (
    Choice,
    CommandLine,
    DebugTools,
    Number,
    Several,
    Switch,
    Variables,
)
from slimmer.options.probes import Plans, Steps
from tests.plan_schema import plan_schema

PAGE: Final = Path(__file__).parents[1] / "docs" / "slim-yaml.md"
BEGIN: Final = "<!-- written by `make schemas` -->\n"
END: Final = "<!-- until here -->\n"
_TEXT: Final = {"type": "string"}
_OWN: Final[Mapping[type[Kind], Mapping[str, Any]]] = {
    Switch: {"type": "boolean"},
    CommandLine: {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
    Variables: {"$ref": "#/$defs/texts"},
    Steps: {"type": "array", "items": {"$ref": "#/$defs/step"}},
    Plans: {
        "anyOf": [
            {"$ref": "#/$defs/plan"},
            {"type": "array", "items": {"$ref": "#/$defs/plan"}},
        ]
    },
    DebugTools: {
        "anyOf": [
            {"type": "boolean"},
            {
                "type": "object",
                "required": ["from"],
                "additionalProperties": False,
                "properties": {"from": _TEXT},
            },
        ]
    },
}
_PLAN_NAMED: Final = {
    "anyOf": [
        _TEXT,
        {
            "type": "object",
            "required": ["plan"],
            "additionalProperties": False,
            "properties": {"plan": _TEXT, "values": {"$ref": "#/$defs/texts"}},
        },
    ]
}
_NOTHING: Final = {"type": "null"}


def slim_schema() -> dict[str, Any]:
    """The schema of slim.yaml as a JSON value (draft 2020-12)."""
    steps = plan_schema()["$defs"]
    top = _properties(rows_for(set(Scope) - {Scope.ONLY_IN_ROLES}))
    own = {option.key.partition(".")[0] for option in rows_for([Scope.ONE_ROLE])}
    role = _object(_properties(rows_for(set(Scope) - {Scope.BUILD})))
    roles = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"},
        "additionalProperties": {"anyOf": [role, _NOTHING]},
    }
    exclusive = {
        tuple(sorted((option.field, option.instead_of)))
        for option in rows_for(Scope)
        if option.instead_of
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "slim.yaml: the options of `slim build`",
        "description": "docs/slim-yaml.md says what each key means.",
        **_object(
            {
                **top,
                "roles": roles,
                "check": {"anyOf": [_gates(), _NOTHING]},
                "lint": {"anyOf": [_lint(), _NOTHING]},
            }
        ),
        "allOf": [{"not": {"required": list(names)}} for names in sorted(exclusive)],
        "dependentSchemas": {"roles": {"properties": dict.fromkeys(sorted(own), False)}},
        "$defs": {**steps, "plan": _PLAN_NAMED},
    }


def _gates() -> dict[str, Any]:
    """The section of `slim check`."""
    return _object(
        {
            key_of(row): {"description": row.help, "anyOf": [_value(row.kind), _NOTHING]}
            for row in ROWS
        }
    )


def _lint() -> dict[str, Any]:
    """The section of `slim lint`."""
    return _object(
        {
            row.key: {"description": row.help, "anyOf": [_value(row.kind), _NOTHING]}
            for row in LINT_SETTINGS
        }
    )


def page_with_table() -> str:
    """docs/slim-yaml.md, its table of options written anew."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + "".join(_table()) + END + rest.partition(END)[2]


def _properties(options: Iterable[Option]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for option in options:
        where, _, name = option.key.rpartition(".")
        holder = properties
        if where:
            holder = properties.setdefault(where, _object({}))["properties"]
        holder[name] = {"description": option.help, "anyOf": [_value(option.kind), _NOTHING]}
    for where, part in PARTS.items():
        if where not in properties:
            continue
        section = properties[where]
        if part.expected:
            section["required"] = [part.needs]
        short = [{"type": "string"} if word is str else {"const": word} for word in part.short]
        properties[where] = {"anyOf": [section, *short, _NOTHING]}
    return properties


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _value(kind: Kind) -> Mapping[str, Any]:
    if type(kind) in _OWN:
        return _OWN[type(kind)]
    match kind:
        case Number():
            bounds = {
                "minimum": kind.least,
                "exclusiveMinimum": kind.above,
                "maximum": kind.most,
            }
            # JSON has no infinity.
            given = {word: bound for word, bound in bounds.items() if abs(bound) < float("inf")}
            return {"type": "integer" if kind.whole else "number", **given}
        case Several():
            one = {"enum": list(kind.words)} if kind.words else _text(kind)
            return {"anyOf": [one, {"type": "array", "items": one}]}
        case Choice():
            return {"enum": [*kind.words, *([False] if kind.off else [])]}
    return _text(kind)


def _text(kind: Kind) -> Mapping[str, Any]:
    pattern = {"pattern": f"^({kind.pattern})$"} if kind.pattern else {}
    return {"type": ["string", "number"] if kind.numbers else "string", **pattern}


def _table() -> Iterator[str]:
    """One table for each group; of a bar in a cell Markdown must not think that it ends there."""
    for heading, options in GROUPS.items():
        yield f"\n**{heading}**\n\n| flag | key | default | |\n|---|---|---|---|\n"
        for option in options:
            value = "" if isinstance(option.kind, Switch) else f" {option.kind.metavar}"
            flag = f"`{', '.join(option.flags)}{value}`" if option.flags else ""
            cells = (flag, f"`{option.key}`" if option.key else "", default_of(option), option.help)
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
    yield "\n"
