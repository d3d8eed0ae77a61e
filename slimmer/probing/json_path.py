"""Places in a JSON document: `$.items[0].name`, `$['first name']`, `$.items[-1]`, `$` for all.

That much of RFC 9535 as names exactly one place; a name may also stand without `$.` before it.
"""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"\.?(?P<name>[A-Za-z_][\w-]*)|\[(?P<index>-?\d+)\]|\[(['\"])(?P<key>.*?)\3\]")


class NoSuchPlaceError(Exception):
    """The document has nothing there."""


def steps_of(path: str) -> tuple[str | int, ...]:
    """The keys and indexes of a path. Raises ValueError for what is none."""
    position = 1 if path.startswith("$") else 0
    steps: list[str | int] = []
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise ValueError(f"`{path}` is not a path like $.items[0].name")
        if match["index"] is not None:
            steps.append(int(match["index"]))
        else:
            steps.append(match["name"] if match["name"] is not None else match["key"])
        position = match.end()
    if not path:
        raise ValueError("an empty path names no place")
    return tuple(steps)


def find(document: Any, path: str) -> Any:
    """What is at the place. Raises NoSuchPlaceError."""
    value = document
    for step in steps_of(path):
        try:
            value = value[step]
        except (LookupError, TypeError):
            raise NoSuchPlaceError(f"the JSON has nothing at {path}") from None
    return value
