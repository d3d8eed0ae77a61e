"""The JSON schema of fleet.yaml, whose images have the keys of slim.yaml."""

from __future__ import annotations

import copy
from typing import Any, Final

from tests.slim_schema import slim_schema

_TEXT: Final = {"type": "string", "minLength": 1}
_TEXTS: Final = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_SECTION: Final = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {"file": _TEXT, "services": _TEXTS},
}


def fleet_schema() -> dict[str, Any]:
    """As a JSON value (draft 2020-12)."""
    build = slim_schema()
    definitions = build.pop("$defs")
    for name in ("$schema", "title", "description"):
        del build[name]
    defaults = copy.deepcopy(build)
    for name in ("image", "tag"):
        del defaults["properties"][name]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "fleet.yaml: the images of `slim fleet`",
        "description": "docs/fleet.md says what each key means.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "defaults": {"description": "What slim.yaml may say, for each image", **defaults},
            "images": {
                "description": "Names, globs of the engine's names, or a build with its options",
                **_list({"anyOf": [_TEXT, {"$ref": "#/$defs/build"}]}),
            },
            "registry": {
                "description": "Names in a registry, or globs of them; or such with options",
                **_list({"anyOf": [_TEXT, {"$ref": "#/$defs/build"}]}),
            },
            "files": {"description": "slim.yaml files, or globs of them", **_list(_TEXT)},
            "compose": {
                "description": "Compose files: each service with an image is slimmed as a service",
                **_list({"anyOf": [_TEXT, _SECTION]}),
            },
            "limits": _limits(),
            "share": {
                "description": "auto, off, or an image to stand on",
                "anyOf": [_TEXT, {"const": False}],  # in YAML `off` is false
            },
        },
        "anyOf": [
            {"required": [name], "properties": {name: {"minItems": 1}}}
            for name in ("images", "registry", "files", "compose")
        ],
        "$defs": {
            **definitions,
            "build": {
                **build,
                "anyOf": [{"required": ["image"]}, {"required": ["compose"]}],
            },
        },
    }


def _list(item: dict[str, Any]) -> dict[str, Any]:
    """One, or several."""
    return {"anyOf": [item, {"type": "array", "items": item}]}


def _limits() -> dict[str, Any]:
    return {
        "description": "What one build may cost",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "seconds": {
                "description": "Until one try is ended [1800]",
                "type": "number",
                "exclusiveMinimum": 0,
            },
            "retries": {
                "description": "Further tries after failures of engines, disks and workers [2]",
                "type": "integer",
                "minimum": 0,
            },
            "pause": {
                "description": "Seconds before the first of them; each next waits twice as long",
                "type": "number",
                "minimum": 0,
            },
        },
    }
