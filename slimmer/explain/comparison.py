"""What was dropped and what is kept, by package and by directory. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from slimmer.errors import UnknownPathError
from slimmer.explain.account import Account
from slimmer.explain.selection import check_package, is_pattern, nothing_matches, of_package
from slimmer.explain.why import near_paths
from slimmer.files import PathGlobs, is_below, parent_of
from slimmer.report import Fate
from slimmer.values import EntryType

_Name = tuple[str, str]
"""Of a package or a directory, and the type of a package of a language."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """What is kept and what was dropped of a group of files. Directories do not count, a hard
    link's bytes count once."""

    name: str
    type: str = ""
    """Of a package of a language: `npm`, `pypi`, …"""
    dropped_files: int = 0
    dropped_size: int = 0
    kept_files: int = 0
    kept_size: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """An original and a finished image."""

    total: Share
    packages: tuple[Share, ...]
    """Those of which something was dropped, the most bytes first; the name is empty for files of no
    package."""
    directories: tuple[Share, ...]
    """Each dropped file counts for the highest directory of which nothing is kept, else for the
    one that it lies in; each kept file counts for the one that it lies in."""
    dropped: tuple[Fate, ...]
    """All dropped paths, directories included, by path."""
    made: tuple[Fate, ...]
    """What slimmer has made for the image: files that are not the original's."""
    of_base: tuple[Fate, ...] = ()
    """Files that are the base's, by path: only there, or otherwise than in the original."""


def compare(account: Account, *, package: str | None = None, directory: str = "/") -> Comparison:
    """Sum up what was dropped. `package` (empty: files of none) and `directory` narrow it down,
    each a name or a pattern.

    Raises UsageError for a package that the original does not have, UnknownPathError for a
    directory.
    """
    check_package(package, account)
    is_wanted = of_package(account, package)
    is_there = _below(account, directory)
    fates = [
        fate
        for fate in account.fates.values()
        if (package is None or (is_wanted(fate) and fate.type is not EntryType.DIRECTORY))
        and is_there(fate.path)
    ]
    files = [
        fate
        for fate in fates
        if fate.type is not EntryType.DIRECTORY and not fate.made and not _is_foreign(fate)
    ]
    with_something = {"/"} | {fate.path for fate in account.fates.values() if account.has(fate)}
    return Comparison(
        total=_sum(("", ""), account, files),
        packages=_by(account, (((fate.package, fate.package_type), fate) for fate in files)),
        directories=_by(account, ((_group(account, fate, with_something), fate) for fate in files)),
        dropped=tuple(
            sorted(
                (fate for fate in fates if not account.has(fate) and not _is_foreign(fate)),
                key=lambda fate: fate.path,
            )
        ),
        made=_files(fate for fate in fates if fate.made),
        of_base=_files(fate for fate in fates if fate.of_base),
    )


def _files(fates: Iterable[Fate]) -> tuple[Fate, ...]:
    """Those that are no directories, by path."""
    files = (fate for fate in fates if fate.type is not EntryType.DIRECTORY)
    return tuple(sorted(files, key=lambda fate: fate.path))


def _is_foreign(fate: Fate) -> bool:
    """What the original never had: a tool of the debug image, or what only the base has."""
    return fate.of_base or (fate.in_debug and not fate.in_original)


def _group(account: Account, fate: Fate, with_something: set[str]) -> _Name:
    directory = parent_of(fate.path)
    if account.has(fate):
        return directory, ""
    highest = directory
    while directory not in with_something:
        highest, directory = directory, parent_of(directory)
    return highest, ""


def _by(account: Account, named: Iterable[tuple[_Name, Fate]]) -> tuple[Share, ...]:
    groups: dict[_Name, list[Fate]] = {}
    for name, fate in named:
        groups.setdefault(name, []).append(fate)
    shares = (_sum(name, account, fates) for name, fates in groups.items())
    return tuple(
        sorted(
            (share for share in shares if share.dropped_files),
            key=lambda share: (-share.dropped_size, -share.dropped_files, share.name, share.type),
        )
    )


def _sum(name: _Name, account: Account, fates: Iterable[Fate]) -> Share:
    kept, dropped = [0, 0], [0, 0]
    for fate in fates:
        sums = kept if account.has(fate) else dropped
        sums[0] += 1
        sums[1] += fate.size
    return Share(
        name=name[0],
        type=name[1],
        dropped_files=dropped[0],
        dropped_size=dropped[1],
        kept_files=kept[0],
        kept_size=kept[1],
    )


def _below(account: Account, directory: str) -> Callable[[str], bool]:
    """Whether a path lies in the directory, or in one that the pattern matches."""
    if not is_pattern(directory):
        top = _real_directory(account, directory)
        return lambda path: is_below(path, top)
    globs = PathGlobs([directory])
    if not any(map(globs.covers, account.fates)):
        raise nothing_matches(directory, account)
    return globs.covers


def _real_directory(account: Account, directory: str) -> str:
    entry = account.index.resolve("/" + directory.strip("/")).entry
    if entry is None or entry.type is not EntryType.DIRECTORY:
        near = [
            path
            for path in near_paths(account, directory)
            if account.fates[path].type is EntryType.DIRECTORY
        ]
        raise UnknownPathError(
            f"{directory} is not a directory of {account.image} or of its original",
            hint=f"did you mean {', '.join(near)}?" if near else "",
        )
    return entry.path
