"""The tree of paths as each layer left it, compared with the one below, to look around in.

Each path's past is recorded while layers are laid upon each other; a layer's tree is made of it
when somebody asks for it.
"""

from __future__ import annotations

import enum
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from slimmer.files import parent_of
from slimmer.image.archive import ImageContent
from slimmer.values import Entry, EntryType
from slimmer.xray.document import Xray
from slimmer.xray.examine import Examination, Used, examine_paths
from slimmer.xray.stack import Change, Hidden, Stack


class Difference(enum.Enum):
    """What became of a path; the values are the signs that mark it."""

    UNCHANGED = " "
    ADDED = "+"
    CHANGED = "~"
    REMOVED = "-"


@dataclass(slots=True, kw_only=True)
class Node:
    """A path in a layer's tree."""

    path: str
    entry: Entry
    """For a removed path that of the layers below."""
    layer: int
    """Where the entry comes from."""
    parent: Node | None = field(repr=False)
    own: Difference
    """Of the path itself."""
    difference: Difference
    """For a directory that is the same, whether anything below it is another."""
    size: int
    """Bytes; for a directory of all below it, without what is removed from it. A file with several
    names counts once."""
    used_size: int = 0
    """Bytes of those files that a traced run has used."""
    is_used: bool = False
    """Whether a traced run has used it, or anything below it: empty files and links may be. What a
    layer above replaces is never used."""
    hidden_size: int = 0
    """Bytes that this layer and those below it have at or below the path, and no container can
    read: this or a later layer hides them."""
    files: int = 0
    """Files, links and devices below a directory."""
    hidden: tuple[Hidden, ...] = ()
    """The hidden bytes of the path itself, by layer."""
    children: list[Node] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """`/` for the root."""
        return self.path.rpartition("/")[2] or "/"

    @property
    def is_directory(self) -> bool:
        return self.entry.type is EntryType.DIRECTORY


Tree = list[Node]
"""The root first, and each directory before what is in it."""


@dataclass(slots=True)
class _Past(Stack):
    """Layers that keep what they were, path by path."""

    events: dict[str, list[tuple[int, Entry | None]]] = field(default_factory=dict)
    """Path → layers that did anything to it, lowest first, and what it was then."""

    def _hold(self, entry: Entry, number: int) -> None:
        Stack._hold(self, entry, number)
        self._note(entry.path, number, entry)

    def _drop(self, entry: Entry, number: int, change: Change) -> None:
        Stack._drop(self, entry, number, change)
        self._note(entry.path, number, None)

    def _note(self, path: str, number: int, entry: Entry | None) -> None:
        events = self.events.setdefault(path, [])
        if events and events[-1][0] == number:
            events.pop()
        events.append((number, entry))


@contextmanager
def _uncollected() -> Iterator[None]:
    """While many values are made that stay, looking for those that do not takes as long as making
    them: 40,000 paths are a tree after 0.1 s instead of 0.2."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Strata:
    """All layers of an image, to look around in."""

    def __init__(self, examination: Examination, past: _Past) -> None:
        self.xray: Xray = examination.xray
        self.knows_use = examination.used is not None
        """Whether a trace or a report has told what was used."""
        self._used = examination.used or frozenset()
        self._packages = examination.packages
        paths = sorted(past.events)
        places = {path: place for place, path in enumerate(paths)}
        self._rows = [(path, places[parent_of(path)], tuple(past.events[path])) for path in paths]
        self._hidden = _by_path(past)

    def package_of(self, path: str) -> str:
        """The package that the path belongs to in the finished image; empty where it has none."""
        return self._packages.name_of(path)

    @_uncollected()
    def tree(self, layer: int, *, is_aggregated: bool = False) -> Tree:
        """All paths after layer `layer` (0 is the lowest), and those that it removed: compared with
        the layer below, or, aggregated, with the lowest one."""
        base = 0 if is_aggregated else layer - 1
        counted: set[int] = set()
        nodes: list[Node | None] = []
        hidden: list[int] = []
        for path, above, events in self._rows:
            own: tuple[Hidden, ...] = ()
            if path in self._hidden:
                own = tuple(each for each in self._hidden[path] if each.layer <= layer)
            hidden.append(sum(each.size for each in own) if own else 0)
            parent = nodes[above] if nodes else None
            node = self._node(path, events, layer, base, parent, counted)
            if node is not None:
                node.hidden = own
                if parent is not None:
                    parent.children.append(node)
                elif nodes:
                    node = None  # nothing leads to it
            nodes.append(node)
        for place in range(len(nodes) - 1, 0, -1):
            hidden[self._rows[place][1]] += hidden[place]
        tree = []
        for node, bytes_ in zip(nodes, hidden, strict=True):
            if node is not None:
                node.hidden_size = bytes_
                tree.append(node)
        _sum_up(tree)
        return tree

    def _node(
        self,
        path: str,
        events: tuple[tuple[int, Entry | None], ...],
        layer: int,
        base: int,
        parent: Node | None,
        counted: set[int],
    ) -> Node | None:
        before = now = None
        number = since = 0
        for at, entry in events:
            if at > layer:
                break
            now, number = entry, at
            if at <= base:
                before, since = entry, at
        shown = now or before
        if shown is None:
            return None
        if now is None:
            own, number = Difference.REMOVED, since
        elif before is None:
            own = Difference.ADDED
        else:
            own = Difference.CHANGED if _differ(before, now) else Difference.UNCHANGED
        size = shown.size
        if shown.link_count > 1:
            size = 0 if shown.inode in counted else size
            counted.add(shown.inode)
        is_used = path in self._used and events[-1][1] is shown
        return Node(
            path=path,
            entry=shown,
            layer=number,
            parent=parent,
            own=own,
            difference=own,
            size=size,
            used_size=size if is_used else 0,
            is_used=is_used,
        )


def strata_of(
    image: ImageContent, reference: str, *, source: str = "", used: Used | None = None
) -> Strata:
    """As `examine`, with the past of each path."""
    past = _Past()
    return Strata(examine_paths(image, reference, source=source, used=used, stack=past), past)


def _by_path(past: Stack) -> Mapping[str, list[Hidden]]:
    found: dict[str, list[Hidden]] = {}
    for each in past.hidden:
        found.setdefault(each.path, []).append(each)
    return found


def _differ(before: Entry, now: Entry) -> bool:
    """A file counts as changed where a layer has it again; every layer names directories on the
    way, which says nothing."""
    if before.type is now.type is EntryType.DIRECTORY:
        return (before.mode, before.uid, before.gid) != (now.mode, now.uid, now.gid)
    return before is not now


def _sum_up(tree: Tree) -> None:
    for node in reversed(tree):
        above = node.parent
        if above is None:
            continue
        if node.difference is not Difference.UNCHANGED and above.difference is Difference.UNCHANGED:
            above.difference = Difference.CHANGED
        if node.own is not Difference.REMOVED or above.own is Difference.REMOVED:
            above.size += node.size
            above.used_size += node.used_size
            above.is_used |= node.is_used
            above.files += node.files if node.is_directory else 1
