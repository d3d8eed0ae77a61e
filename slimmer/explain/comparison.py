"""What left and what stayed, by package and by directory. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from slimmer.errors import UnknownPathError, UsageError
from slimmer.explain.account import Account
from slimmer.explain.why import near_paths
from slimmer.files import is_below, parent_of
from slimmer.report import Fate
from slimmer.values import EntryType


@dataclass(frozen=True, kw_only=True)
class Share:
    """What left and what stayed of files that are named together. Directories do not count, a
    hard link's bytes count once."""

    name: str
    left_files: int = 0
    left_size: int = 0
    stayed_files: int = 0
    stayed_size: int = 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """An original and a finished image."""

    total: Share
    packages: tuple[Share, ...]
    """Those of which something left, the most bytes first; the name is empty for files of no
    package."""
    directories: tuple[Share, ...]
    """Each file that left counts for the highest directory of which nothing stayed, else for the
    one that it lies in; what stayed is what lies in it."""
    left: tuple[Fate, ...]
    """All paths that left, directories included, by path."""
    made: tuple[Fate, ...]
    """What slimmer has made for the image: files that are not the original's."""


def compare(account: Account, *, package: str | None = None, directory: str = "/") -> Comparison:
    """Sum up what left. `package` (empty: files of none) and `directory` narrow it down.

    Raises UsageError for a package that the original does not have, UnknownPathError for a
    directory.
    """
    if package is not None:
        _check_package(account, package)
    top = _real_directory(account, directory)
    fates = [
        fate
        for fate in account.fates.values()
        if (package is None or (fate.package == package and fate.type is not EntryType.DIRECTORY))
        and is_below(fate.path, top)
    ]
    files = [
        fate
        for fate in fates
        if fate.type is not EntryType.DIRECTORY and not fate.made and not _is_foreign(fate)
    ]
    with_something = {"/"} | {fate.path for fate in account.fates.values() if account.has(fate)}
    return Comparison(
        total=_sum("", account, files),
        packages=_by(account, ((fate.package, fate) for fate in files)),
        directories=_by(account, ((_group(account, fate, with_something), fate) for fate in files)),
        left=tuple(
            sorted(
                (fate for fate in fates if not account.has(fate) and not _is_foreign(fate)),
                key=lambda fate: fate.path,
            )
        ),
        made=tuple(_made(fates)),
    )


def _made(fates: Iterable[Fate]) -> list[Fate]:
    """Files that are slimmer's, by path."""
    return sorted(
        (fate for fate in fates if fate.made and fate.type is not EntryType.DIRECTORY),
        key=lambda fate: fate.path,
    )


def _is_foreign(fate: Fate) -> bool:
    """A tool of the debug image that the original never had."""
    return fate.in_debug and not fate.in_original


def _group(account: Account, fate: Fate, with_something: set[str]) -> str:
    directory = parent_of(fate.path)
    if account.has(fate):
        return directory
    highest = directory
    while directory not in with_something:
        highest, directory = directory, parent_of(directory)
    return highest


def _by(account: Account, named: Iterable[tuple[str, Fate]]) -> tuple[Share, ...]:
    groups: dict[str, list[Fate]] = {}
    for name, fate in named:
        groups.setdefault(name, []).append(fate)
    shares = (_sum(name, account, fates) for name, fates in groups.items())
    return tuple(
        sorted(
            (share for share in shares if share.left_files),
            key=lambda share: (-share.left_size, -share.left_files, share.name),
        )
    )


def _sum(name: str, account: Account, fates: Iterable[Fate]) -> Share:
    left, stayed = [0, 0], [0, 0]
    for fate in fates:
        sums = stayed if account.has(fate) else left
        sums[0] += 1
        sums[1] += fate.size
    return Share(
        name=name,
        left_files=left[0],
        left_size=left[1],
        stayed_files=stayed[0],
        stayed_size=stayed[1],
    )


def _check_package(account: Account, package: str) -> None:
    known = {fate.package for fate in account.fates.values()}
    if package not in known:
        near = get_close_matches(package, known, n=3)
        raise UsageError(
            f"the original has no package {package}",
            hint=f"did you mean {', '.join(near)}?" if near else "",
        )


def _real_directory(account: Account, directory: str) -> str:
    entry = account.index.resolve("/" + directory.strip("/")).entry
    if entry is None or entry.type is not EntryType.DIRECTORY:
        near = [
            path
            for path in near_paths(account, directory)
            if account.fates[path].type is EntryType.DIRECTORY
        ]
        raise UnknownPathError(
            f"{directory} is no directory of {account.image} or of its original",
            hint=f"did you mean {', '.join(near)}?" if near else "",
        )
    return entry.path
