"""What one slim image has and another has not: two builds, strategies, or sets of probes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from slimmer.explain.account import Account
from slimmer.explain.selection import check_package, nothing_matches, of_package
from slimmer.files import PathGlobs, ancestors, is_below, parent_of
from slimmer.report import Fate
from slimmer.values import EntryType

_Name = tuple[str, str]
"""Of a package or a directory, and the type of a package of a language."""
_ALL: Final = ("", "")


@dataclass(frozen=True, kw_only=True)
class ChangeShare:
    """Part of the changes. Directories do not count as files."""

    name: str
    type: str = ""
    """Of a package of a language: `npm`, `pypi`, …"""
    gone_files: int = 0
    gone_size: int = 0
    new_files: int = 0
    new_size: int = 0


@dataclass(frozen=True, kw_only=True)
class Changes:
    """From a first image to a second one."""

    total: ChangeShare
    gone: tuple[Fate, ...]
    """Files that the first has alone, by path."""
    new: tuple[Fate, ...]
    """Files that the second has alone, by path."""
    resized: tuple[tuple[Fate, Fate], ...]
    """Files of both that have another size."""
    same_files: int
    """Files of both of one size."""
    packages: tuple[ChangeShare, ...]
    """The most bytes first; the name is empty for files of no package."""
    directories: tuple[ChangeShare, ...]
    """Each file counts for the highest directory that the other image has not, else for the one
    that it lies in."""


def changes(
    first: Account, second: Account, *, package: str | None = None, directory: str = "/"
) -> Changes:
    """Compare what is in the two images, by path and size. `package` (a name or a pattern; empty:
    files of none) and `directory` (a path or a pattern) narrow it down.

    Raises UsageError for a package and UnknownPathError for a directory that neither has.
    """
    check_package(package, first, second)
    is_there = _below(directory)
    if not any(map(is_there, (*first.fates, *second.fates))):
        raise nothing_matches(directory, first, second)
    before, after = (_files(each, package, is_there) for each in (first, second))
    gone = tuple(before[path] for path in sorted(before.keys() - after.keys()))
    new = tuple(after[path] for path in sorted(after.keys() - before.keys()))
    both = sorted(before.keys() & after.keys())
    resized = tuple(
        (before[path], after[path]) for path in both if before[path].size != after[path].size
    )
    there = [_directories(each) for each in (first, second)]

    def place(fate: Fate, other: set[str]) -> _Name:
        directory = highest = parent_of(fate.path)
        while directory not in other and directory != "/":
            highest, directory = directory, parent_of(directory)
        return highest, ""

    def shares(name: Callable[[Fate, set[str]], _Name]) -> tuple[ChangeShare, ...]:
        lost = ((name(fate, there[1]), fate) for fate in gone)
        won = ((name(fate, there[0]), fate) for fate in new)
        return _shares(lost, won)

    (total,) = _shares(((_ALL, fate) for fate in gone), ((_ALL, fate) for fate in new)) or (
        ChangeShare(name=""),
    )
    return Changes(
        total=total,
        gone=gone,
        new=new,
        resized=resized,
        same_files=len(both) - len(resized),
        packages=shares(lambda fate, _: (fate.package, fate.package_type)),
        directories=shares(place),
    )


def _below(directory: str) -> Callable[[str], bool]:
    top = f"/{directory.strip('/')}"
    globs = PathGlobs([directory])
    return lambda path: is_below(path, top) or globs.covers(path)


def _files(
    account: Account, package: str | None, is_there: Callable[[str], bool]
) -> Mapping[str, Fate]:
    is_wanted = of_package(account, package)
    return {
        path: fate
        for path, fate in account.fates.items()
        if fate.type is not EntryType.DIRECTORY
        and account.has(fate)
        and is_wanted(fate)
        and is_there(path)
    }


def _directories(account: Account) -> set[str]:
    """Those in which the image has something."""
    return {
        above
        for path, fate in account.fates.items()
        if account.has(fate)
        for above in ancestors(path)
    }


def _shares(
    gone: Iterable[tuple[_Name, Fate]], new: Iterable[tuple[_Name, Fate]]
) -> tuple[ChangeShare, ...]:
    sums: dict[_Name, list[int]] = {}
    for position, named_fates in ((0, gone), (2, new)):
        for name, fate in named_fates:
            counted = sums.setdefault(name, [0, 0, 0, 0])
            counted[position] += 1
            counted[position + 1] += fate.size
    found = [
        ChangeShare(
            name=name,
            type=type,
            gone_files=each[0],
            gone_size=each[1],
            new_files=each[2],
            new_size=each[3],
        )
        for (name, type), each in sums.items()
    ]
    found.sort(key=lambda each: (-each.gone_size - each.new_size, each.name, each.type))
    return tuple(found)
