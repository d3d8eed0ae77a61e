"""What a package's name or a pattern stands for, of the paths of an image and of its original."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Final

from slimmer.errors import UnknownPathError, UsageError
from slimmer.explain.account import Account
from slimmer.files import PathGlobs, ancestors
from slimmer.report import Fate, package_of_type
from slimmer.values import EntryType

_PATTERN: Final = re.compile(r"[*?]|\[.+\]")


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Several files of which one question asks."""

    asked: str
    kind: str
    """What it was taken for: `pattern`, `package` for one of the distribution, `npm package`, …"""
    kept: tuple[Fate, ...]
    """The largest first; no directories."""
    dropped: tuple[Fate, ...]


def select(account: Account, asked: str) -> tuple[Selection, ...]:
    """The files of the packages of this name, the distribution's first and one selection for each
    kind of package; or those that a pattern matches (as of --exclude: `*` stops at a slash, `**`
    does not, without a slash it is a name anywhere). None where there is none."""
    files = [fate for fate in account.fates.values() if fate.type is not EntryType.DIRECTORY]
    if is_pattern(asked):
        covers = PathGlobs([asked]).covers
        groups = {"pattern": [fate for fate in files if covers(fate.path)]}
    else:
        groups = {
            package_of_type(""): [
                fate for fate in files if asked == fate.package and not fate.package_type and asked
            ]
        }
        for type, is_of_one in _of_languages(account, named(asked)).items():
            groups[package_of_type(type)] = [fate for fate in files if is_of_one(fate)]
    return tuple(_selection(account, asked, kind, found) for kind, found in groups.items() if found)


def _selection(account: Account, asked: str, kind: str, found: list[Fate]) -> Selection:
    found.sort(key=lambda fate: (-fate.size, fate.path))
    return Selection(
        asked=asked,
        kind=kind,
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


def of_package(account: Account, wanted: str | None) -> Callable[[Fate], bool]:
    """Whether a file is of the package of this name or pattern, of whatever kind: one of a language
    may consist of files that a package of the distribution has."""
    is_wanted = named(wanted)
    if wanted is None:
        return lambda _: True
    languages = _of_languages(account, is_wanted).values()
    return lambda fate: is_wanted(fate.package) or any(each(fate) for each in languages)


def check_package(wanted: str | None, *accounts: Account) -> None:
    """Raise UsageError for a package that none of the originals has."""
    if wanted is None or any(
        any(map(of_package(account, wanted), account.fates.values())) for account in accounts
    ):
        return
    known = {fate.package for account in accounts for fate in account.fates.values()}
    near = get_close_matches(wanted, known, n=3)
    raise UsageError(
        f"the {'originals have' if len(accounts) > 1 else 'original has'} no package {wanted}",
        hint=f"did you mean {', '.join(near)}?" if near else "",
    )


def nothing_matches(directory: str, *accounts: Account) -> UnknownPathError:
    """For a directory or a pattern without a path in these images and in their originals."""
    images = " and ".join(account.image for account in accounts)
    return UnknownPathError(
        f"{directory} matches nothing of {images}, and nothing of what "
        f"{'they were' if len(accounts) > 1 else 'it was'} made from",
        hint="`*` stops at a slash, `**` does not; quote it, so that no shell reads it"
        if is_pattern(directory)
        else "",
    )


def _of_languages(
    account: Account, is_wanted: Callable[[str], bool]
) -> dict[str, Callable[[Fate], bool]]:
    """Type → whether a file is of a package of that type whose name is wanted."""
    places: dict[str, set[str]] = {}
    for package in account.language_packages:
        if any(map(is_wanted, _names(package.name))):
            places.setdefault(package.type, set()).update(package.paths)
    return {type: functools.partial(_lies_in, paths) for type, paths in places.items()}


def _names(name: str) -> set[str]:
    """`Typing_Extensions` is what its author calls it, and `typing-extensions` what people type."""
    return {name, name.lower(), re.sub(r"[-_.]+", "-", name).lower()}


def _lies_in(places: Set[str], fate: Fate) -> bool:
    return fate.path in places or not places.isdisjoint(ancestors(fate.path))
