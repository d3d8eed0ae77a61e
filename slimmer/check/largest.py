"""Why something is as large as it is: its largest parts, and those that were never used. Pure.

A part is a package; for what belongs to no package it is a directory, or a file that makes up much
of one. No part is in another, so that their bytes add up.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from slimmer.check.document import SizeExplanation, StrategySize, Thing
from slimmer.files import parent_of

LARGEST: Final = 10
_LONGEST_LIST: Final = 100
_MOST: Final = 0.5
"""A directory of which one member has this share is told by its members."""
_MUCH: Final = 0.2
"""A file with this share of its directory is told by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileShare:
    """A file, link or device."""

    path: str
    size: int
    """Bytes; a hard link's once."""
    package: tuple[str, str] | None = None
    """Type, and name with version; None where it belongs to none."""
    used: bool | None = None
    """Whether a traced run has opened it; None where that is not known."""


@dataclass(slots=True)
class _Sum:
    size: int = 0
    files: int = 0
    used: int | None = None

    def add(self, share: FileShare) -> None:
        self.size += share.size
        self.files += 1
        if share.used is not None:
            self.used = (self.used or 0) + (share.size if share.used else 0)

    def thing(self, kind: str, name: str, type: str = "") -> Thing:
        return Thing(
            kind=kind, name=name, type=type, size=self.size, files=self.files, used_size=self.used
        )


@dataclass(slots=True)
class _Directory:
    path: str
    all: _Sum = field(default_factory=_Sum)
    """With all below it."""
    own: list[FileShare] = field(default_factory=list)
    directories: list[_Directory] = field(default_factory=list)


def explain_size(
    shares: Iterable[FileShare], *, usage: str = "", strategies: tuple[StrategySize, ...] = ()
) -> SizeExplanation:
    """The largest parts of these files. `usage` names the file that says what was used."""
    whole, packages = _Sum(), defaultdict[tuple[str, str], _Sum](_Sum)
    directories = {"/": _Directory("/")}
    for share in shares:
        whole.add(share)
        if share.package is not None:
            packages[share.package].add(share)
        else:
            _put(directories, share)
    things = [sums.thing("package", name, type) for (type, name), sums in packages.items()]
    things += _parts(directories["/"])
    things.sort(key=lambda thing: (-thing.size, thing.name))
    things = [thing for thing in things if thing.size]
    unused = [thing for thing in things if thing.used_size == 0]
    return SizeExplanation(
        size=whole.size,
        usage=usage,
        used_size=whole.used,
        things=tuple(things[:LARGEST]),
        unused=tuple(unused[:_LONGEST_LIST]),
        strategies=strategies,
    )


def _put(directories: dict[str, _Directory], share: FileShare) -> None:
    path = parent_of(share.path)
    _directory(directories, path).own.append(share)
    while True:
        directories[path].all.add(share)
        if path == "/":
            return
        path = parent_of(path)


def _directory(known: dict[str, _Directory], path: str) -> _Directory:
    if path not in known:
        known[path] = _Directory(path)
        _directory(known, parent_of(path)).directories.append(known[path])
    return known[path]


def _parts(root: _Directory) -> Iterator[Thing]:
    """The largest is divided as long as that tells more."""
    waiting = [(-root.all.size, root.path, root)]
    for _ in range(_LONGEST_LIST):
        if not waiting:
            return
        directory = heapq.heappop(waiting)[-1]
        if not _tells_more_in_parts(directory):
            yield directory.all.thing("directory", directory.path)
            continue
        for inner in directory.directories:
            heapq.heappush(waiting, (-inner.all.size, inner.path, inner))
        yield from _files(directory)


def _tells_more_in_parts(directory: _Directory) -> bool:
    if directory.path.count("/") == 1 and directory.directories:
        return True  # of `/usr` everybody knows that it is large
    members = [inner.all.size for inner in directory.directories]
    members += [share.size for share in directory.own]
    return max(members, default=0) >= _MOST * directory.all.size


def _files(directory: _Directory) -> Iterator[Thing]:
    """Large ones by their names, the rest together."""
    rest = _Sum()
    for share in directory.own:
        if share.size >= _MUCH * directory.all.size:
            alone = _Sum()
            alone.add(share)
            yield alone.thing("file", share.path)
        else:
            rest.add(share)
    if rest.files:
        yield rest.thing("directory", directory.path)


def by_strategy(sizes: Mapping[str, int]) -> tuple[StrategySize, ...]:
    """Estimates, the smallest first."""
    return tuple(
        StrategySize(strategy=strategy, size=size, is_estimate=True)
        for strategy, size in sorted(sizes.items(), key=lambda each: each[1])
    )
