"""What was kept and what was dropped, summed up by package and by directory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass

from slimmer.report.report import DroppedSummary, Group
from slimmer.values import Entry, EntryType

_LONGEST_LIST = 300
"""Groups in a report; more are summed up in a last one."""

REST = "…"
"""The name of that last one."""


@dataclass
class _Sums:
    kept_files: int = 0
    kept_size: int = 0
    dropped_files: int = 0
    dropped_size: int = 0

    def add(self, size: int, *, kept: bool) -> None:
        if kept:
            self.kept_files += 1
            self.kept_size += size
        else:
            self.dropped_files += 1
            self.dropped_size += size

    def group(self, name: str) -> Group:
        return Group(
            name=name,
            kept_files=self.kept_files,
            kept_size=self.kept_size,
            dropped_files=self.dropped_files,
            dropped_size=self.dropped_size,
        )


def content_sizes(entries: Iterable[Entry], kept: Container[str]) -> dict[str, int]:
    """path → bytes, for everything that is no directory; an inode counts once.

    It counts for a kept name where it has one: an inode is dropped only when all its names are.
    """
    sizes: dict[str, int] = {}
    holder: dict[int, str] = {}
    for entry in entries:
        if entry.type is EntryType.DIRECTORY:
            continue
        sizes[entry.path] = entry.size
        if entry.link_count < 2 or not entry.inode or entry.type is not EntryType.FILE:
            continue
        other = holder.setdefault(entry.inode, entry.path)
        if other == entry.path:
            continue
        if other not in kept and entry.path in kept:
            holder[entry.inode], other = entry.path, other
            sizes[other] = 0
        else:
            sizes[entry.path] = 0
    return sizes


def by_package(
    sizes: dict[str, int], kept: Container[str], package: Callable[[str], str]
) -> tuple[Group, ...]:
    """Sums for each package, most bytes dropped first. `package` gives a path's, or ``."""
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    for path, size in sizes.items():
        sums[package(path)].add(size, kept=path in kept)
    return _largest(sums)


def dropped_summary(sizes: dict[str, int], kept: Collection[str]) -> DroppedSummary:
    """What is not kept, by directory. `kept` holds the parents of kept paths as well."""
    sums: defaultdict[str, _Sums] = defaultdict(_Sums)
    gone: dict[str, str] = {}
    for path, size in sizes.items():
        if path in kept:
            continue
        directory = path.rpartition("/")[0] or "/"
        if directory not in gone:
            gone[directory] = _highest_without_kept(directory, kept)
        sums[gone[directory]].add(size, kept=False)
    return DroppedSummary(
        files=sum(each.dropped_files for each in sums.values()),
        size=sum(each.dropped_size for each in sums.values()),
        directories=_largest(sums),
    )


def _highest_without_kept(directory: str, kept: Container[str]) -> str:
    """The highest directory on the way of which nothing is left, or the directory itself."""
    highest = directory
    while directory != "/" and directory not in kept:
        highest = directory
        directory = directory.rpartition("/")[0] or "/"
    return highest


def _largest(sums: dict[str, _Sums]) -> tuple[Group, ...]:
    ordered = sorted(
        (each.group(name) for name, each in sums.items()),
        key=lambda group: (-group.dropped_size, -group.dropped_files, group.name),
    )
    listed, others = ordered[:_LONGEST_LIST], ordered[_LONGEST_LIST:]
    if others:
        listed.append(
            Group(
                name=REST,
                kept_files=sum(group.kept_files for group in others),
                kept_size=sum(group.kept_size for group in others),
                dropped_files=sum(group.dropped_files for group in others),
                dropped_size=sum(group.dropped_size for group in others),
            )
        )
    return tuple(listed)
