"""The rootfs index: every path of the original, and the kernel's way of walking over them.

The index was made by a walk that follows no links, so the parents of an indexed path are
directories, one and all. Whatever else is asked for goes through `resolve`.
"""

from __future__ import annotations

import errno
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

from slimmer.files.paths import ancestors, parent_of
from slimmer.values import Entry, EntryType

# Linux gives up after this many links in one lookup (MAXSYMLINKS in include/linux/namei.h).
LINK_LIMIT = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolution:
    """What one lookup meets, component by component, as path_resolution(7) describes it."""

    path: str
    """What was looked up."""
    way: tuple[Entry, ...]
    """Directories searched and links followed, each once, in the order of the walk, from the
    root on. A link that `path` itself names is here too, since it was followed."""
    named: Entry | None
    """What the last component of `path` names before it is followed; None where missing."""
    entry: Entry | None
    """What remains when all links are followed; None where the walk failed."""
    deepest: Entry
    """`entry`, or else the last entry that the walk reached."""
    error: int
    """0, or the errno that the kernel would give: ENOENT, ENOTDIR or ELOOP."""


class RootfsIndex:
    """All entries of a root file system, by path. Never changed after it is built."""

    def __init__(self, entries: Iterable[Entry], *, unreadable: Mapping[str, int] | None = None):
        """Raises ValueError where the root, or the directory of an entry, is not among `entries`:
        an index with holes would answer lookups wrongly.

        `unreadable` maps each path that could not be listed to its errno.
        """
        self._entries = {entry.path: entry for entry in entries}
        self._paths = sorted(self._entries)
        self._ways: dict[str, tuple[Entry, ...]] = {}
        self._folders: dict[str, Resolution] = {}
        self.unreadable: Mapping[str, int] = dict(unreadable or {})
        root = self._entries.get("/")
        if root is None:
            raise ValueError("the index has no root directory")
        self.root = root
        for directory, _ in groupby(self._paths, parent_of):
            holder = self._entries.get(directory)
            if holder is None or holder.type is not EntryType.DIRECTORY:
                raise ValueError(f"the index has entries in {directory}, which is not a directory")

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """All entries, sorted by path."""
        return map(self._entries.__getitem__, self._paths)

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Path → entry."""
        return MappingProxyType(self._entries)

    def get(self, path: str) -> Entry | None:
        """The entry of exactly this path; no link is followed."""
        return self._entries.get(path)

    def is_file(self, path: str) -> bool:
        """Whether a regular file lies at exactly this path."""
        entry = self._entries.get(path)
        return entry is not None and entry.type is EntryType.FILE

    def size_of(self, paths: Iterable[str]) -> int:
        """Bytes of what lies at exactly these paths, as far as anything does."""
        return sum(entry.size for entry in map(self._entries.get, paths) if entry is not None)

    def children(self, path: str) -> tuple[Entry, ...]:
        """The entries in the directory of exactly this path, sorted by name."""
        found: list[Entry] = []
        if path not in self._entries:
            return ()
        prefix = "/" if path == "/" else path + "/"
        place = bisect_right(self._paths, prefix)
        while place < len(self._paths):
            below = self._paths[place]
            if not below.startswith(prefix):
                break
            if (end := below.find("/", len(prefix))) < 0:
                found.append(self._entries[below])
                place += 1
            else:  # deeper, as is all up to the character behind "/"
                place = bisect_left(self._paths, below[:end] + "0", place)
        return tuple(found)

    def subtree(self, path: str) -> Iterator[Entry]:
        """The entry of exactly this path and all below it, sorted by path; or nothing."""
        top = self._entries.get(path)
        if top is None:
            return
        if path == "/":
            yield from self
            return
        yield top
        # "0" is the character behind "/": between the two bounds lies exactly what is below.
        first = bisect_left(self._paths, path + "/")
        last = bisect_left(self._paths, path + "0", first)
        for below in self._paths[first:last]:
            yield self._entries[below]

    def resolve(self, path: str) -> Resolution:
        """Look `path` up as the kernel would from this root; `..` and links anywhere are allowed.

        A path that does not start with `/` is taken from the root.
        """
        entry = self._entries.get(path)
        if entry is not None and entry.type is not EntryType.SYMLINK:
            way = () if path == "/" else self._way_to(parent_of(path))
            return Resolution(path=path, way=way, named=entry, entry=entry, deepest=entry, error=0)
        short = None
        if entry is None:
            short = self._walk_to_nothing(path) or self._walk_from_folder(path)
        return short or self._walk(path)

    def real_path(self, path: str) -> str:
        """The path without links that `path` leads to; empty where it leads nowhere."""
        entry = self.resolve(path).entry
        return "" if entry is None else entry.path

    def _way_to(self, directory: str) -> tuple[Entry, ...]:
        """The directories from the root to `directory`, which is indexed, inclusive."""
        way = self._ways.get(directory)
        if way is None:
            way = ()
            for above in (*ancestors(directory), directory):
                way = self._ways.setdefault(above, (*way, self._entries[above]))
        return way

    def _walk_to_nothing(self, path: str) -> Resolution | None:
        """The walk for a path whose first missing component lies in an indexed directory, as most
        lookups in vain do; an interpreter makes ten thousands of them. None for any other."""
        above, _, missing = path.rpartition("/")
        while above and above not in self._entries:
            above, _, missing = above.rpartition("/")
        here = self._entries[above] if above else self.root
        if here.type is not EntryType.DIRECTORY or missing in ("", ".", "..") or above == "/":
            return None
        return Resolution(
            path=path,
            way=self._way_to(here.path),
            named=None,
            entry=None,
            deepest=here,
            error=errno.ENOENT,
        )

    def _walk_from_folder(self, path: str) -> Resolution | None:
        """The walk for a path whose directory is reached by a link, as all below a merged `/lib`
        are, from where the walk to that directory ended. None where the last step is none by a
        name, or leads to a link."""
        folder, _, name = path.rpartition("/")
        if not folder or name in ("", ".", ".."):
            return None
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self.resolve(folder)
        here = known.entry
        if here is None:  # the walk ends where that to the directory did
            return replace(known, path=path, named=None)
        if here.type is not EntryType.DIRECTORY:
            return replace(known, path=path, named=None, entry=None, error=errno.ENOTDIR)
        below = self._entries.get(f"/{name}" if here.path == "/" else f"{here.path}/{name}")
        if below is not None and below.type is EntryType.SYMLINK:
            return None
        return Resolution(
            path=path,
            way=known.way if any(step is here for step in known.way) else (*known.way, here),
            named=below,
            entry=below,
            deepest=here if below is None else below,
            error=errno.ENOENT if below is None else 0,
        )

    def _walk(self, path: str) -> Resolution:
        way: dict[str, Entry] = {}
        here = self.root
        named: Entry | None = None
        own_components_left = True
        links = 0
        error = 0
        ahead = path.split("/")
        ahead.reverse()
        while ahead:
            name = ahead.pop()
            if here.type is not EntryType.DIRECTORY:
                error = errno.ENOTDIR
                break
            if name in ("", "."):
                continue
            way[here.path] = here
            if name == "..":
                here = self._entries[parent_of(here.path)]
                continue
            below = self._entries.get(f"/{name}" if here.path == "/" else f"{here.path}/{name}")
            if below is None:
                error = errno.ENOENT
                break
            if own_components_left and not ahead:
                named = below
                own_components_left = False
            if below.type is not EntryType.SYMLINK:
                here = below
                continue
            way[below.path] = below
            links += 1
            if links > LINK_LIMIT:
                error = errno.ELOOP
                break
            if below.link_target.startswith("/"):
                here = self.root
            ahead.extend(reversed(below.link_target.split("/")))
        found = None if error else here
        return Resolution(
            path=path,
            way=tuple(way.values()),
            named=named or found,
            entry=found,
            deepest=here,
            error=error,
        )
