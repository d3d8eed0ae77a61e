"""Layers laid one upon the other: what each adds, changes, removes and hides, and what is left.

A file's bytes are hidden when no name of it is left: a layer above has replaced or removed the
last one. They stay in the image, and go over the network with every pull.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from slimmer.files import parent_of
from slimmer.image.archive import LayerContent
from slimmer.values import Entry, EntryType

_DIRECTORY, _FILE, _SYMLINK = EntryType.DIRECTORY, EntryType.FILE, EntryType.SYMLINK
_MOST_LINKS: Final = 40


@dataclass(frozen=True, slots=True)
class Hidden:
    """A file whose bytes nobody can reach."""

    path: str
    """Its last name."""
    size: int
    layer: int
    """The one that holds it; 0 is the lowest."""
    by: int
    """The one that hides it."""
    is_removed: bool
    """Whether it was removed, and not replaced."""
    is_same: bool = False
    """Whether it was replaced by the same content: an owner or a mode was changed."""


@dataclass(slots=True)
class Change:
    """What one layer does to those below: numbers of files and links, and bytes of files."""

    added: int = 0
    added_size: int = 0
    changed: int = 0
    changed_size: int = 0
    removed: int = 0
    removed_size: int = 0
    """Bytes that the removed files have in lower layers."""
    same_size: int = 0
    """Bytes that a lower layer has under the same path already."""


@dataclass(slots=True)
class Stack:
    """The root file system, as far as layers were added."""

    entries: dict[str, Entry] = field(default_factory=dict)
    layer_of: dict[str, int] = field(default_factory=dict)
    """Path → the layer that it comes from."""
    hidden: list[Hidden] = field(default_factory=list)
    _names: dict[int, int] = field(default_factory=dict)
    """Inode → how many names of it are left, for files with several."""
    _roots: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._hold(_directory("/"), 0)

    def add(self, layer: LayerContent, number: int, contents: Mapping[int, bytes]) -> Change:
        """Lay one more upon them. `contents`: of the files of all layers."""
        change = Change()
        self._roots = {}
        counted: set[int] = set()
        ways: set[str] = set()
        self._remove(layer, number, change)
        for path, entry in layer.entries.items():
            if path == "/":
                continue
            directory = path.rpartition("/")[0] or "/"
            root = self._roots.get(directory)
            if root is None:
                root = self._real_directory(directory, _MOST_LINKS)
            if root != directory:
                path = self._real(path)
                entry = replace(entry, path=path)
            if root not in ways:
                self._make_way(path, number)
                ways.add(root)
            old = self.entries.get(path)
            if entry.type is _DIRECTORY:
                if old is not None and old.type is not _DIRECTORY:
                    self._hide(old, number, is_removed=False)
                self._hold(entry, number)
                continue
            size = entry.size
            if entry.link_count > 1:
                size = 0 if entry.inode in counted else size
                counted.add(entry.inode)
            if old is None:
                change.added += 1
                change.added_size += size
            else:
                change.changed += 1
                change.changed_size += size
                same = self._is_same(old, entry, contents)
                change.same_size += size if same else 0
                self._hide(old, number, is_removed=False, is_same=same)
            self._hold(entry, number)
        return change

    def _hold(self, entry: Entry, number: int) -> None:
        self.entries[entry.path] = entry
        self.layer_of[entry.path] = number
        if entry.link_count > 1:
            self._names[entry.inode] = self._names.get(entry.inode, 0) + 1

    def _remove(self, layer: LayerContent, number: int, change: Change) -> None:
        """What goes before anything is added: whiteouts speak of lower layers only."""
        gone: set[str] = set()
        for path in layer.removed:
            path = self._real(path)
            entry = self.entries.get(path)
            if entry is None:
                continue
            if entry.type is _DIRECTORY:
                gone.add(path)
            self._drop(entry, number, change)
        emptied = {self._real(path) for path in layer.emptied}
        replaced = {
            path
            for path, entry in layer.entries.items()
            if entry.type is not _DIRECTORY
            and (old := self.entries.get(path)) is not None
            and old.type is _DIRECTORY
        }
        gone |= emptied | replaced
        if not gone:
            return
        known = {"/": "/" in gone}
        for path in list(self.entries):
            if path != "/" and _is_below_one(parent_of(path), gone, known):
                self._drop(self.entries[path], number, change)
        for path in replaced:
            self.entries.pop(path, None)

    def _drop(self, entry: Entry, number: int, change: Change) -> None:
        del self.entries[entry.path]
        if entry.type is not _DIRECTORY:
            change.removed += 1
            change.removed_size += entry.size
            self._hide(entry, number, is_removed=True)

    def _hide(self, old: Entry, by: int, *, is_removed: bool, is_same: bool = False) -> None:
        if old.type is not _FILE:
            return
        if old.link_count > 1:
            self._names[old.inode] -= 1
            if self._names[old.inode]:
                return
        if old.size:
            layer = self.layer_of[old.path]
            self.hidden.append(Hidden(old.path, old.size, layer, by, is_removed, is_same))

    def _is_same(self, old: Entry, new: Entry, contents: Mapping[int, bytes]) -> bool:
        return (
            old.type is new.type is _FILE
            and old.size == new.size
            and contents.get(old.inode) == contents.get(new.inode)
        )

    def _real(self, path: str) -> str:
        """The path with links in its directory followed."""
        directory = parent_of(path)
        root = self._roots.get(directory)
        if root is None:
            root = self._real_directory(directory, _MOST_LINKS)
        if root == directory:
            return path
        name = path.rpartition("/")[2]
        return f"/{name}" if root == "/" else f"{root}/{name}"

    def _real_directory(self, directory: str, links: int) -> str:
        """Known for the whole of a layer: what it adds itself comes after its directories."""
        way = []
        while directory != "/" and directory not in self._roots:
            way.append(directory)
            directory = parent_of(directory)
        real = self._roots.get(directory, "/")
        for step in reversed(way):
            real = self._roots[step] = self._real_step(real, step.rpartition("/")[2], links)
        return real

    def _real_step(self, above: str, name: str, links: int) -> str:
        path = posixpath.normpath(posixpath.join(above, name))
        entry = self.entries.get(path)
        if entry is None or entry.type is not _SYMLINK or not links:
            return path
        target = posixpath.normpath(posixpath.join(above, entry.link_target))
        return self._real_directory(target.replace("//", "/"), links - 1)

    def _make_way(self, path: str, number: int) -> None:
        """Directories that no layer names; what is in the way of one goes."""
        missing = []
        above = parent_of(path)
        while (there := self.entries.get(above)) is None or there.type is not _DIRECTORY:
            missing.append(above)
            if there is not None:
                self._hide(there, number, is_removed=False)
            above = parent_of(above)
        for directory in reversed(missing):
            self._hold(_directory(directory), number)


def _is_below_one(directory: str, roots: set[str], known: dict[str, bool]) -> bool:
    asked = []
    while directory not in known:
        if directory in roots:
            known[directory] = True
            break
        asked.append(directory)
        directory = parent_of(directory)
    answer = known[directory]
    for below in asked:
        known[below] = answer
    return answer


def _directory(path: str) -> Entry:
    return Entry(
        path=path, type=_DIRECTORY, mode=0o755, uid=0, gid=0, size=0, mtime_ns=0, link_target=""
    )
