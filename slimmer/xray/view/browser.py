"""Which lines of a layer's tree are to be seen: open directories, kinds of changes, a filter, and
an order. Lines are made for what is open, whatever the size of the tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from slimmer.xray.strata import Difference, Node, Tree


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is asked for."""

    differences: frozenset[Difference] = frozenset(Difference)
    """Files of these are shown, with the directories on the way to them."""
    pattern: str = ""
    """A regular expression that is looked for in paths, in capitals or not; where it is none, the
    text itself. Empty: everything."""
    only_unused: bool = False
    """Whether files that a traced run has used are left out."""
    by_size: bool = True
    """The largest first; else by name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line."""

    node: Node
    depth: int
    """Directories above it that have a line; the root has none."""
    is_open: bool
    """Whether the next lines are what is in it."""


class Browser:
    """A tree as it is looked at. Directories are known by their paths: what is open stays open when
    the tree becomes another layer's."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._look = Look()
        self._open: set[str] = set()
        self._closed: set[str] = set()
        """While a filter is set, all that has matches is open but these."""
        self._shown: set[str] | None = None
        self._rows: list[Row] | None = None

    @property
    def look(self) -> Look:
        return self._look

    @look.setter
    def look(self, look: Look) -> None:
        if look.pattern != self._look.pattern:
            self._closed = set()
        self._look = look
        self._forget()

    @property
    def tree(self) -> Tree:
        return self._tree

    @tree.setter
    def tree(self, tree: Tree) -> None:
        self._tree = tree
        self._forget()

    def rows(self) -> list[Row]:
        """All lines."""
        if self._rows is None:
            self._rows = self._lines()
        return self._rows

    def matches(self) -> int:
        """How many paths but directories have a line when all is open."""
        shown = self._paths_shown()
        return sum(
            not node.is_directory and (shown is None or node.path in shown) for node in self._tree
        )

    def toggle(self, node: Node) -> None:
        """Open a directory, or close it."""
        if self.is_open(node):
            self.close(node)
        else:
            self.open(node)

    def open(self, node: Node) -> None:
        if node.children:
            self._open.add(node.path)
            self._closed.discard(node.path)
            self._rows = None

    def close(self, node: Node) -> None:
        self._open.discard(node.path)
        self._closed.add(node.path)
        self._rows = None

    def is_open(self, node: Node) -> bool:
        if node.parent is None:
            return True
        opened = node.path not in self._closed if self._look.pattern else node.path in self._open
        return opened and bool(node.children)

    def toggle_all(self) -> None:
        """Close all directories, or, where none is open, open all."""
        is_any_open = any(row.is_open and row.depth for row in self.rows())
        folders = {node.path for node in self._tree if node.children}
        self._open = set() if is_any_open else folders
        self._closed = folders if is_any_open else set()
        self._rows = None

    def open_below(self, node: Node) -> None:
        """Open a directory and all that is in it."""
        waiting = [node]
        while waiting:
            each = waiting.pop()
            self.open(each)
            waiting += each.children

    def _forget(self) -> None:
        self._shown = self._rows = None

    def _lines(self) -> list[Row]:
        shown = self._paths_shown()
        rows: list[Row] = []
        waiting = [(self._tree[0], 0)]
        while waiting:
            node, depth = waiting.pop()
            is_open = self.is_open(node)
            rows.append(Row(node=node, depth=depth, is_open=is_open))
            if is_open:
                inner = [each for each in node.children if shown is None or each.path in shown]
                inner.sort(key=self._order(), reverse=True)  # the last one is the next line
                waiting += [(each, depth + 1) for each in inner]
        return rows

    def _order(self) -> Callable[[Node], tuple[int, str]]:
        if self._look.by_size:
            return lambda node: (-node.size, node.path)
        return lambda node: (0, node.path)

    def _paths_shown(self) -> set[str] | None:
        """Paths that have a line when all is open; None: all of them."""
        look = self._look
        if look.differences == frozenset(Difference) and not look.pattern and not look.only_unused:
            return None
        if self._shown is None:
            matches = _matcher(look.pattern)
            shown: set[str] = set()
            for node in reversed(self._tree):
                if node.path in shown or (
                    node.own in look.differences
                    and not (look.only_unused and (node.is_used or node.is_directory))
                    and matches(node.path)
                ):
                    shown.add(node.path)
                    if node.parent is not None:
                        shown.add(node.parent.path)
            self._shown = shown
        return self._shown


def _matcher(pattern: str) -> Callable[[str], object]:
    if not pattern:
        return lambda path: True
    try:
        return re.compile(pattern, re.IGNORECASE).search
    except (re.error, OverflowError):
        return re.compile(re.escape(pattern), re.IGNORECASE).search
