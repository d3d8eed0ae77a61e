"""What an answer must have, and what is taken from it: the same for every kind of step."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from slimmer.probing.json_path import NoSuchPlaceError, find
from slimmer.probing.secrets import HIDDEN, is_secret, shown_header
from slimmer.values import Capture, JsonExpectation

EXCERPT_LIMIT = 2000
"""Characters of an answer that are shown."""
_SHOWN = 80

Headers = Sequence[tuple[str, str]]


class MissingValueError(Exception):
    """An answer has nothing where a value was to be taken from."""


def json_complaint(expectations: Iterable[JsonExpectation], text: str) -> str:
    """What is wrong with the JSON of an answer; empty where nothing is."""
    expectations = tuple(expectations)
    if not expectations:
        return ""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return "the body is not JSON"
    for each in expectations:
        try:
            found = find(document, each.path)
        except NoSuchPlaceError as error:
            return str(error)
        if each.is_pattern and not re.search(each.value, as_text(found)):
            return f"{each.path} is {_short(found)}, which does not match /{each.value}/"
        if not each.is_pattern and found != json.loads(each.value):
            return f"{each.path} is {_short(found)}, not {each.value}"
    return ""


def header_complaint(expected: Iterable[tuple[str, str]], headers: Headers) -> str:
    """What is wrong with the headers of an answer; empty where nothing is."""
    for name, pattern in expected:
        value = header(headers, name)
        if value is None:
            return f"no header {name}"
        if not re.search(pattern, value):
            shown = shown_header(name, value)[:_SHOWN]
            wanted = HIDDEN if is_secret(name) else f"/{pattern}/"
            return f"the header {name} is `{shown}`, which does not match {wanted}"
    return ""


def header(headers: Headers, name: str) -> str | None:
    """All values of a header, joined as one; None where it is not there."""
    values = [value for key, value in headers if key.lower() == name.lower()]
    return ", ".join(values) if values else None


def captured(
    captures: Iterable[Capture], text: str, headers: Headers = ()
) -> tuple[tuple[str, str], ...]:
    """(name, value) of each capture. Raises MissingValueError."""
    return tuple((each.name, _value(each, text, headers)) for each in captures)


def as_text(value: Any) -> str:
    """A text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(capture: Capture, text: str, headers: Headers) -> str:
    missing = f"nothing to take ${{{capture.name}}} from"
    if capture.source == "header":
        found = header(headers, capture.expression)
        if found is None:
            raise MissingValueError(f"{missing}: no header {capture.expression}")
        return found
    if capture.source == "json":
        try:
            return as_text(find(json.loads(text), capture.expression))
        except (ValueError, RecursionError):
            raise MissingValueError(f"{missing}: the answer is not JSON") from None
        except NoSuchPlaceError as error:
            raise MissingValueError(f"{missing}: {error}") from None
    match = re.search(capture.expression, text)
    if match is None:
        raise MissingValueError(f"{missing}: no match for /{capture.expression}/")
    return match[1] or "" if match.re.groups else match[0]


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
