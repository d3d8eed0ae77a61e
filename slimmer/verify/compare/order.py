"""Answers that differ in their order alone.

Sets of programs with randomised hashes come in one of few orders, so the original may well give
the same one three times; and a directory's entries come in another order in every image. Losing
files hardly ever puts things in another order, except where a locale sorted them: so what is the
same but for its order is no difference, and where lines or lists are concerned it is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_BRACKETS = re.compile(r"[\[\](){}]")


def same_lines(difference: Sequence[str]) -> bool:
    """Whether the `-` lines of a difference are its `+` lines in another order."""
    gone, new = _sides(difference)
    return bool(gone) and sorted(gone) == sorted(new)


def same_items(difference: Sequence[str]) -> bool:
    """Whether each `-` line of a difference has its `+` line with the same items, separated by
    commas or semicolons, in another order: `POST, OPTIONS`."""
    gone, new = _sides(difference)
    return (
        bool(gone)
        and len(gone) == len(new)
        and all(
            sorted(one) == sorted(other) and _items(one) == _items(other)
            for one, other in zip(gone, new, strict=True)
        )
    )


def unordered(value: Any) -> Any:
    """A JSON value without the order of its lists and of the items in its texts."""
    if isinstance(value, dict):
        return {key: unordered(member) for key, member in value.items()}
    if isinstance(value, list):
        return sorted((unordered(item) for item in value), key=repr)
    return _items(value) if isinstance(value, str) else repr(value)


def _sides(difference: Sequence[str]) -> tuple[list[str], list[str]]:
    return (
        [line[1:] for line in difference if line.startswith("-")],
        [line[1:] for line in difference if line.startswith("+")],
    )


def _items(text: str) -> list[str]:
    return sorted(item.strip() for item in re.split("[,;]", _BRACKETS.sub(",", text)))
