"""What a package's name or a pattern stands for, of the paths of an image and of its original."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from slimmer.explain.account import Account
from slimmer.files import PathGlobs
from slimmer.report import Fate
from slimmer.values import EntryType

_PATTERN: Final = re.compile(r"[*?]|\[.+\]")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Several files of which one question asks."""

    asked: str
    is_package: bool
    """Whether a distribution package was named; else a pattern."""
    kept: tuple[Fate, ...]
    """The largest first; no directories."""
    dropped: tuple[Fate, ...]


def select(account: Account, asked: str) -> Selection | None:
    """The files of the package of this name, or those that a pattern matches (as of --exclude: `*`
    stops at a slash, `**` does not, without a slash it is a name anywhere); None where there is
    none."""
    covers = PathGlobs([asked]).covers if is_pattern(asked) else None
    found = [
        fate
        for fate in account.fates.values()
        if fate.type is not EntryType.DIRECTORY
        and (covers(fate.path) if covers else fate.package == asked and asked)
    ]
    if not found:
        return None
    found.sort(key=lambda fate: (-fate.size, fate.path))
    return Selection(
        asked=asked,
        is_package=covers is None,
        kept=tuple(fate for fate in found if account.has(fate)),
        dropped=tuple(fate for fate in found if not account.has(fate)),
    )


def is_pattern(text: str) -> bool:
    """Whether the text may stand for several paths or packages."""
    return _PATTERN.search(text) is not None


def named(wanted: str | None) -> Callable[[str], bool]:
    """Whether a package is the one of this name, or one of those that a pattern matches; None: any
    is, and an empty text is for files of no package."""
    if wanted is None:
        return lambda _: True
    return lambda package: package == wanted or (bool(wanted) and fnmatchcase(package, wanted))
