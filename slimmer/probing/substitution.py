"""`${name}` in the texts of a plan's steps.

`${name}` stands for a value that an earlier step has captured, `${env.NAME}` for a variable of the
target's environment, `${env.NAME:-other}` for that or, where it is unset or empty, for the other
text. `$${` is a plain `${`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from slimmer.values import Probe

S = TypeVar("S", bound=Probe)

ENVIRONMENT = "env."
"""Begins the names of the target's variables."""
_REFERENCE = re.compile(
    r"\$(?P<plain>\$?)\{(?P<name>[A-Za-z_][\w.-]*?)(?P<default>:-(?P<other>[^}]*))?\}"
)


class UnknownValueError(Exception):
    """A step names a value that nobody gave."""


def references(text: str) -> Iterator[str]:
    """The names of all values that a text needs: those with a default do not count."""
    for match in _REFERENCE.finditer(text):
        if not match["plain"] and not match["default"]:
            yield match["name"]


def expanded(text: str, values: Mapping[str, str]) -> str:
    """The text with these values in place of their names, and everything else left as it is."""

    def value(match: re.Match[str]) -> str:
        if match["plain"] or match["name"] not in values:
            return match[0]
        return values[match["name"]] or match["other"] or ""

    return _REFERENCE.sub(value, text)


def resolved(step: S, values: Mapping[str, str]) -> S:
    """The step with all names replaced. Raises UnknownValueError."""
    result: S = _fields(step, values)
    return result


def _fields(value: Any, values: Mapping[str, str]) -> Any:
    kept = value.own_words if isinstance(value, Probe) else ()
    changes = {
        field.name: new
        for field in dataclasses.fields(value)
        if field.name not in kept
        if (new := _walk(old := getattr(value, field.name), values, field.name)) != old
    }
    return dataclasses.replace(value, **changes) if changes else value


def _walk(value: Any, values: Mapping[str, str], field: str) -> Any:
    if isinstance(value, str):
        return _text(value, values, is_pattern=field.endswith("pattern"))
    if isinstance(value, bytes):
        text = value.decode("utf-8", "surrogateescape")
        return _text(text, values, is_pattern=False).encode("utf-8", "surrogateescape")
    if isinstance(value, tuple):
        return tuple(_walk(item, values, field) for item in value)
    if dataclasses.is_dataclass(value):
        return _fields(value, values)
    return value


def _text(text: str, values: Mapping[str, str], *, is_pattern: bool) -> str:
    """In a pattern a value stands for itself, whatever it means in a regular expression."""

    def value(match: re.Match[str]) -> str:
        if match["plain"]:
            return match[0][1:]
        found = values.get(match["name"]) or match["other"] or values.get(match["name"])
        if found is None and not match["default"]:
            raise UnknownValueError(f"nothing is known of ${{{match['name']}}}")
        return re.escape(found or "") if is_pattern else found or ""

    return _REFERENCE.sub(value, text) if "${" in text else text
