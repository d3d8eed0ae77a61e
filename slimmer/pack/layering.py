"""The kept paths → layer plans: system below dependencies below application.

A layer is self-contained: it holds the parents of its entries, because an engine unpacks each
layer into a folder of its own and invents, with its own owner and mode, any parent that is missing
there. All names of one inode lie in one layer, as a hard link cannot point into another.
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from slimmer.errors import PackingError
from slimmer.pack.directories import lay_out, parents, seconds
from slimmer.pack.placement import LAYER_ORDER, SYSTEM, Placement, last_installation
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
    system_finished: float = -math.inf
    """When the last thing was written that the system layer holds for its own sake, in seconds
    since the epoch."""


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
    languages install packages, `NAME/CHILD` where they are told by what is in them;
    `working_directory` is the image's WORKDIR. Raises PackingError for a kept path, or a parent of
    one, that the index does not have.
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
    installed = last_installation(entry)
    rank = _ranks(storable, placement, installed)
    for names in _hard_links(storable.values()).values():
        lowest = min(rank[name] for name in names)
        rank.update(dict.fromkeys(names, lowest))

    finished = _finished(rank, storable, placement, installed)
    homes = _homes(rank, storable)
    used = sorted(set(homes.values()))

    def described(path: str) -> Entry | None:
        """The directories on the way need not be kept for their own sake."""
        return storable.get(path) or _storable(_required(entry, path))

    layers = lay_out(
        {path: used.index(home) for path, home in homes.items()},
        described,
        [finished[home] for home in used],
    )
    return LayerPlanning(
        layers=tuple(
            LayerPlan(name=LAYER_ORDER[home], entries=tuple(entries))
            for home, entries in zip(used, layers, strict=True)
        ),
        notes=notes,
        system_finished=finished[0],
    )


def layers_of(
    entry: Callable[[str], Entry | None],
    paths: Collection[str],
    beside: Iterable[str],
    owner: Callable[[str], object | None],
    *,
    dependency_folders: Set[str],
    working_directory: str = "",
) -> dict[str, str]:
    """Path → name of the layer in which it is, or would be, packed with all that is `beside` it.
    The other arguments are as for `plan_layers`; what the index does not have is placed by its
    name."""
    together = {*paths, *beside}
    placement = Placement(
        entry=entry,
        owner=owner,
        paths=together,
        dependency_folders=dependency_folders,
        working_directory=working_directory,
    )
    homes = {path: placement.layer(path) for path in paths}
    if SYSTEM not in homes.values():
        return homes  # only what is at home there can have been changed later
    entries = {path: found for path in together if (found := entry(path)) is not None}
    ranks = _ranks(entries, placement, last_installation(entry))
    return {path: LAYER_ORDER[ranks[path]] if path in ranks else homes[path] for path in paths}


def _ranks(entries: Mapping[str, Entry], placement: Placement, installed: float) -> dict[str, int]:
    """Path → number of its layer, what was changed after the packages' installation included."""
    rank = {path: LAYER_ORDER.index(placement.layer(path)) for path in entries}
    finished = _finished(rank, entries, placement, installed)
    for path in placement.changed_later(entries.values(), installed):
        rank[path] = _finished_at(seconds(entries[path]), finished)
    return rank


def _finished(
    rank: Mapping[str, int], entries: Mapping[str, Entry], placement: Placement, installed: float
) -> list[float]:
    """When the last thing was written that each layer holds for its own sake (seconds since the
    epoch). Directories count only where nobody but a package manager makes them."""
    finished = [installed, -math.inf, -math.inf]
    for path, layer in rank.items():
        entry = entries[path]
        if entry.type is not EntryType.DIRECTORY or placement.is_installed(path):
            finished[layer] = max(finished[layer], seconds(entry))
    return finished


def _finished_at(moment: int, finished: Sequence[float]) -> int:
    """The lowest layer above the system that was finished then or later; the top one else."""
    later = (layer for layer in range(1, len(finished)) if moment <= finished[layer])
    return next(later, len(finished) - 1)


def _homes(rank: Mapping[str, int], entries: Mapping[str, Entry]) -> dict[str, int]:
    """Path → layer, of all that is no directory, and of directories with nothing below. These
    alone make no layer: they go to a neighbour, below theirs where there is one."""
    above = {parent for path in rank for parent in parents(path)}
    homes = {
        path: layer for path, layer in rank.items() if entries[path].type is not EntryType.DIRECTORY
    }
    used = sorted(set(homes.values())) or [min(rank.values(), default=0)]
    for path, layer in rank.items():
        if path not in homes and path not in above:
            homes[path] = max((each for each in used if each <= layer), default=used[0])
    return homes


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
        for member in (path, *parents(path)):
            if member in chosen:
                # Its own parents are there already.
                break
            chosen[member] = known.get(member) or _required(entry, member)
    storable, _ = storable_entries(chosen)
    return LayerPlan(name=name, entries=tuple(storable[path] for path in _sorted(storable)))


def laid_over(lower: Mapping[str, Entry], upper: Iterable[Entry]) -> dict[str, Entry]:
    """What is seen where a layer with the entries `upper` lies over an image."""
    seen = dict(lower)
    over = list(upper)
    walls = {
        each.path
        for each in over
        if each.type is not EntryType.DIRECTORY
        and each.path in seen
        and seen[each.path].type is EntryType.DIRECTORY
    }
    if walls:
        seen = {path: entry for path, entry in seen.items() if walls.isdisjoint(parents(path))}
    seen.update((each.path, each) for each in over)
    return seen


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


def _storable(entry: Entry) -> Entry | None:
    """The entry as a layer can hold it; None where none can."""
    return storable_entries({entry.path: entry})[0].get(entry.path)


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
