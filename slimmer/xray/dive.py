"""The figures of dive, as dive computes them, so that gates which were set for it mean the same.

They differ from what is hidden in five ways, which docs/xray.md explains: the copy that is kept
counts as wasted; so does each further copy of a path, whether its bytes can be reached or not; a
removed directory counts at its own path, for all that it held, and only in the efficiency;
what an opaque whiteout hides counts as kept; a layer that removes what is not there is left out
from that point on.
https://github.com/wagoodman/dive: dive/filetree/efficiency.go
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from slimmer.files import parent_of
from slimmer.image.archive import LayerContent
from slimmer.values import EntryType


@dataclass(frozen=True, kw_only=True)
class WastedPath:
    """A path that several layers have."""

    path: str
    count: int
    """In how many layers it was found, those that remove it among them."""
    size: int
    """Bytes of all of them together."""


@dataclass(frozen=True, kw_only=True)
class DiveFigures:
    """What `dive --json` and dive's rules for CI go by."""

    efficiency: float
    """Of the bytes of all paths in all layers, the share that is left when each path counts once,
    with its smallest size. 1 is best."""
    wasted_size: int
    """Bytes of all paths that at least two layers have, all copies."""
    size: int
    """Bytes of all layers."""
    user_size: int
    """Bytes of all layers but the lowest."""
    wasted_user_percent: float | None
    """The wasted bytes as a share of `user_size`, 1 being all of it; it may be above. Null where
    there is but one layer, of which dive makes an infinite number."""
    paths: tuple[WastedPath, ...]
    """The largest first."""


_LONGEST_LIST: Final = 100
_MISSING: Final = -1
"""The size of what a layer removes and no layer below has. dive adds it to the sum of the smallest
sizes, and looks no further in that layer."""


def dive_figures(layers: Sequence[LayerContent]) -> DiveFigures:
    """The figures of an image."""
    total: dict[str, int] = {}
    least: dict[str, int] = {}
    counts: dict[str, int] = {}  # of those that were found more than once
    stacked: dict[str, tuple[int, bool]] = {}
    last = max((number for number, layer in enumerate(layers) if layer.removed), default=-1)
    for number, layer in enumerate(layers):
        parents = _parents(layer)
        if not number and layer.removed:  # dive takes the lowest layer to lie upon itself
            _lay_upon(stacked, layer, parents)
        leaves = _leaves(layer, parents, stacked)
        if not layer.removed:  # then no path is there twice
            fresh = dict(leaves)
            leaves = iter([(path, fresh.pop(path)) for path in total.keys() & fresh.keys()])
            total |= fresh
            least |= fresh
        for path, size in leaves:
            if size == _MISSING:
                least.setdefault(path, _MISSING)
                break
            if path in total:
                total[path] += size
                counts[path] = counts.get(path, 1) + 1
                if size < least[path]:
                    least[path] = size
            else:
                total[path] = least[path] = size
        if number < last:  # nothing is removed above
            _lay_upon(stacked, layer, parents)
    found = sum(total.values())
    several = sorted(counts, key=lambda path: (-total[path], path))
    wasted = sum(total[path] for path in several)
    size = sum(layer.size for layer in layers)
    user_size = size - layers[0].size if layers else 0
    return DiveFigures(
        efficiency=sum(least.values()) / found if found else 1.0,
        wasted_size=wasted,
        size=size,
        user_size=user_size,
        wasted_user_percent=wasted / user_size if user_size else None,
        paths=tuple(
            WastedPath(path=path, count=counts[path], size=total[path])
            for path in several[:_LONGEST_LIST]
        ),
    )


def _leaves(
    layer: LayerContent, parents: set[str], below: dict[str, tuple[int, bool]]
) -> Iterator[tuple[str, int]]:
    """(path, bytes) of what has nothing below it in the layer's own tree; a removed path is a leaf
    of its own. `below` is what the lower layers come to."""
    leaves = [(path, size) for path, size in _sizes(layer) if path not in parents and path != "/"]
    # `.wh..wh..opq` is no node of dive's, but the directories on its way are.
    leaves += [(path, 0) for path in layer.emptied if path not in parents and path != "/"]
    leaves = list(dict(leaves).items())
    if not layer.removed:
        return iter(leaves)
    sizes = _removed_sizes(layer, below)
    if all(path in below for path in layer.removed):
        return iter([*leaves, *sizes.items()])
    # dive gives a layer up where it removes what was never there, in the order of names.
    ordered = [(path.split("/"), path, size) for path, size in leaves]
    for path in layer.removed:
        *above, name = path.split("/")
        size = sizes[path] if path in below else _MISSING
        ordered.append(([*above, f".wh.{name}"], path, size))
    return ((path, size) for _, path, size in sorted(ordered))


def _parents(layer: LayerContent) -> set[str]:
    parents: set[str] = set()
    for paths in (layer.entries, layer.removed, layer.emptied):
        for path in paths:
            above = path.rpartition("/")[0] or "/"
            while above not in parents:
                parents.add(above)
                above = parent_of(above)
    return parents


def _sizes(layer: LayerContent) -> Iterator[tuple[str, int]]:
    """A hard link is written without content; the first name of a file has it."""
    seen: set[int] = set()
    for path, entry in layer.entries.items():
        if entry.link_count > 1:
            if entry.inode in seen:
                yield path, 0
                continue
            seen.add(entry.inode)
        yield path, entry.size


def _removed_sizes(layer: LayerContent, below: dict[str, tuple[int, bool]]) -> dict[str, int]:
    """Removed path → the bytes below it, for directories; a removed file counts as 0."""
    sizes = dict.fromkeys(layer.removed, 0)
    folders = {path for path in layer.removed if below.get(path, (0, False))[1]}
    if folders:
        tops: dict[str, tuple[str, ...]] = {"/": ()}
        for path, (size, _) in below.items():
            if size:
                for top in _above(parent_of(path), folders, tops):
                    sizes[top] += size
    return sizes


def _above(directory: str, folders: set[str], known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Those of the folders that the directory is, or lies in."""
    asked = []
    while directory not in known:
        asked.append(directory)
        directory = parent_of(directory)
    found = known[directory]
    for each in reversed(asked):
        found = known[each] = (*found, each) if each in folders else found
    return found


def _lay_upon(stacked: dict[str, tuple[int, bool]], layer: LayerContent, parents: set[str]) -> None:
    """As dive does it: what a file has replaced keeps its children."""
    gone = {path for path in layer.removed if path in stacked}
    if gone:
        known: dict[str, tuple[str, ...]] = {"/": ()}
        for path in list(stacked):
            if _above(path, gone, known):
                del stacked[path]
    # What a layer does not name itself is no directory to dive, even if one below it is.
    for path in (*parents, *layer.emptied):
        stacked[path] = (0, False)
    for path, size in _sizes(layer):
        stacked[path] = (size, layer.entries[path].type is EntryType.DIRECTORY)
