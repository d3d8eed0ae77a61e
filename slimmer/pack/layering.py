"""The kept paths → layer plans: system below dependencies below application.

A layer is self-contained: it holds the parents of its entries with the original's metadata,
because an engine unpacks each layer into a folder of its own and invents, with its own owner
and mode, any parent that is missing there. All names of one inode lie in one layer, as a hard
link cannot point into another.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Final

from slimmer.errors import PackingError
from slimmer.pack.placement import LAYER_ORDER, Placement
from slimmer.values import Entry, EntryType, LayerPlan

_OF_THE_HOST: Final = ("security.selinux", "security.ima", "security.evm")
"""Extended attributes that the machine gives to files, whatever image they come from."""

_OF_THE_HOST_PREFIXES: Final = ("trusted.overlay.", "user.overlay.")


@dataclass(frozen=True, kw_only=True)
class LayerPlanning:
    """What goes into which layer, and what cannot go into any."""

    layers: tuple[LayerPlan, ...]
    """Lowest first; layers without entries are left out."""
    notes: tuple[str, ...] = ()
    """Sentences for the report, one for each thing that a layer cannot hold."""


def plan_layers(
    entry: Callable[[str], Entry | None],
    kept: Iterable[str],
    owner: Callable[[str], object | None],
    *,
    dependency_folders: Set[str],
    working_directory: str = "",
) -> LayerPlanning:
    """Lay the kept paths out in up to three layers.

    `entry` looks a path up in the rootfs index; `owner` tells the distribution package of a
    path, None where there is none; `dependency_folders` are names of directories in which
    languages install packages; `working_directory` is the image's WORKDIR. Raises PackingError
    for a kept path, or a parent of one, that the index does not have.
    """
    entries = _look_up(entry, kept)
    storable, notes = storable_entries(entries)
    placement = Placement(
        entry=entry,
        owner=owner,
        paths=storable,
        dependency_folders=dependency_folders,
        working_directory=working_directory,
    )
    members: list[set[str]] = [set() for _ in LAYER_ORDER]
    for path in storable:
        members[LAYER_ORDER.index(placement.layer(path))].add(path)
    for names in _hard_links(storable.values()).values():
        lowest, *above = (paths for paths in members if not paths.isdisjoint(names))
        lowest.update(names)
        for paths in above:
            paths.difference_update(names)
    _lower_directories(members, storable)
    layers = (
        plan_layer(name, entry, paths, entries=storable)
        for name, paths in zip(LAYER_ORDER, members, strict=True)
        if paths
    )
    return LayerPlanning(layers=tuple(layers), notes=notes)


def plan_layer(
    name: str,
    entry: Callable[[str], Entry | None],
    paths: Iterable[str],
    *,
    entries: Mapping[str, Entry] | None = None,
) -> LayerPlan:
    """One layer with these paths and their parents.

    `entries` stands in for the index where it has the path: for files that the original does
    not have, such as tools from another image. Entries that a tar cannot hold are left out.
    """
    known = entries or {}
    chosen: dict[str, Entry] = {}
    for path in paths:
        for member in (path, *_parents(path)):
            if member in chosen:
                # Its own parents are there already.
                break
            chosen[member] = known.get(member) or _required(entry, member)
    storable, _ = storable_entries(chosen)
    return LayerPlan(name=name, entries=tuple(storable[path] for path in _sorted(storable)))


def hard_link_sources(entries: Iterable[Entry]) -> dict[str, str]:
    """For each further name of an inode: the name that comes first by path, which holds the
    content. Names without company are not in the result."""
    sources: dict[str, str] = {}
    for names in _hard_links(entries).values():
        first, *others = _sorted(names)
        sources.update(dict.fromkeys(others, first))
    return sources


def _hard_links(entries: Iterable[Entry]) -> dict[int, list[str]]:
    """inode → its names among the entries, where there are at least two: of files, and of links,
    FIFOs and devices as well."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.link_count > 1 and entry.inode and entry.type is not EntryType.DIRECTORY:
            names[entry.inode].append(entry.path)
    return {inode: paths for inode, paths in names.items() if len(paths) > 1}


def _sorted(paths: Collection[str]) -> list[str]:
    """As bytes compare. Characters compare alike but where some stand for bytes that are none."""
    is_text = all(path.isascii() for path in paths)
    return sorted(paths, key=None if is_text else os.fsencode)


def _look_up(entry: Callable[[str], Entry | None], kept: Iterable[str]) -> dict[str, Entry]:
    return {path: _required(entry, path) for path in kept}


def _required(entry: Callable[[str], Entry | None], path: str) -> Entry:
    found = entry(path)
    if found is None:
        raise PackingError(
            f"{path} is to be packed, but the original has no such path",
            hint="this is a bug in slimmer: the keep-set named a path outside the index",
        )
    return found


def _lower_directories(members: list[set[str]], entries: Mapping[str, Entry]) -> None:
    """Leave each directory to the lowest layer that holds something below it.

    Upper layers repeat it only as a parent of what they hold.
    """
    needed: list[set[str]] = []
    for paths in members:
        parents: set[str] = set()
        for path in paths:
            if entries[path].type is EntryType.DIRECTORY:
                continue
            for parent in _parents(path):
                if parent in parents:
                    break
                parents.add(parent)
        needed.append(parents)
    for rank, paths in enumerate(members):
        held_elsewhere = {
            path
            for path in paths
            if entries[path].type is EntryType.DIRECTORY
            and path not in needed[rank]
            and any(path in needed[other] for other in range(len(members)) if other != rank)
        }
        paths -= held_elsewhere
    _merge_bare_layers(members, entries)


def _merge_bare_layers(members: list[set[str]], entries: Mapping[str, Entry]) -> None:
    """Move layers of nothing but directories to a neighbour, below it where there is one."""
    for rank, paths in enumerate(members):
        if any(entries[path].type is not EntryType.DIRECTORY for path in paths):
            continue
        for neighbour in (*range(rank - 1, -1, -1), *range(rank + 1, len(members))):
            if members[neighbour]:
                members[neighbour] |= paths
                paths.clear()
                break


def _parents(path: str) -> Iterator[str]:
    """The directories above a path, the nearest first; none for the root."""
    while path != "/":
        path = path.rpartition("/")[0] or "/"
        yield path


def storable_entries(entries: dict[str, Entry]) -> tuple[dict[str, Entry], tuple[str, ...]]:
    """The entries, changed to what a layer can hold, and a note for each loss."""
    notes: list[str] = []
    gone: list[str] = []
    for path, entry in entries.items():
        note = _why_not(path, entry)
        if note:
            notes.append(note)
            gone.append(path)
        elif entry.xattrs:
            entries[path] = _with_portable_attributes(entry, notes)
    for path in gone:
        del entries[path]
    return entries, tuple(notes)


def _why_not(path: str, entry: Entry) -> str:
    """Why no layer can hold the entry; empty where one can."""
    if entry.type is EntryType.SOCKET:
        return f"{path} is a socket, which no image can hold; it was dropped."
    if path.rpartition("/")[2].startswith(".wh."):
        return f"{path} was dropped: in a layer its name means a deleted file."
    if entry.type is EntryType.CHARACTER_DEVICE and entry.device == (0, 0):
        return f"{path} was dropped: in a layer device 0:0 means a deleted file."
    return ""


def is_of_the_host(attribute: str) -> bool:
    """Whether the machine gives this extended attribute to files, whatever image they are of."""
    return attribute in _OF_THE_HOST or attribute.startswith(_OF_THE_HOST_PREFIXES)


def _with_portable_attributes(entry: Entry, notes: list[str]) -> Entry:
    kept = []
    for name, value in entry.xattrs:
        if is_of_the_host(name):
            continue
        if "=" in name:
            notes.append(
                f"the extended attribute {name} of {entry.path} was dropped: "
                "tar has no way to write a name with `=` in it."
            )
            continue
        kept.append((name, value))
    return replace(entry, xattrs=tuple(kept))
