"""Which of the images that are there may have been meant by a name that is not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

_SHOWN: Final = 5
_ALIKE: Final = 0.75
"""How much of two names must be the same: one letter more, less or else in four."""
_TELLING: Final = 3
"""Letters that a name must have for being looked for within others."""


def similar_names(wanted: str, names: Iterable[str]) -> list[str]:
    """Up to five of the `names` (`my-app:latest`), the likest first: those of another tag or
    registry, those that are nearly spelled so, those of which it is a part."""
    scored = {name: _likeness(wanted, name) for name in names}
    found = sorted((-score, name) for name, score in scored.items() if score >= _ALIKE)
    return [name for _, name in found[:_SHOWN]]


def _likeness(wanted: str, name: str) -> float:
    """From 0 to 1."""
    ours, theirs = _parts(wanted), _parts(name)
    if ours[1] == theirs[1]:
        return 1.0
    ratio = max(
        SequenceMatcher(None, ours[number], theirs[number], autojunk=False).ratio()
        for number in (0, 1)
    )
    is_part = len(ours[1]) >= _TELLING and ours[1] in theirs[1]
    return max(ratio, _ALIKE if is_part else 0.0)


def _parts(name: str) -> tuple[str, str]:
    """(the whole name, its last part), both without the tag."""
    whole = name.partition("@")[0]
    head, slash, last = whole.rpartition("/")
    last = last.partition(":")[0].lower()
    return f"{head}{slash}{last}".lower(), last
