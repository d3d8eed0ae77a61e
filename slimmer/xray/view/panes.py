"""The two panes: layers, and the tree of the chosen one."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import ClassVar, Final

from rich.text import Text
from textual.binding import Binding, BindingType

from slimmer.values import EntryType
from slimmer.words import printable, size
from slimmer.xray.document import Layer, Xray
from slimmer.xray.strata import Difference, Node, Strata, Tree
from slimmer.xray.view.browser import Browser, Look, Row
from slimmer.xray.view.lines import Lines, cells

COLORS: Final = {
    Difference.UNCHANGED: "",
    Difference.ADDED: "green",
    Difference.CHANGED: "yellow",
    Difference.REMOVED: "red",
}
_SIZE: Final = 7
"""Columns of `1.23 MB`."""
_ROOM_FOR_CHANGES: Final = 52
_ROOM_FOR_HIDDEN: Final = 44
_TYPES: Final = {
    EntryType.DIRECTORY: stat.S_IFDIR,
    EntryType.FILE: stat.S_IFREG,
    EntryType.SYMLINK: stat.S_IFLNK,
    EntryType.CHARACTER_DEVICE: stat.S_IFCHR,
    EntryType.BLOCK_DEVICE: stat.S_IFBLK,
    EntryType.FIFO: stat.S_IFIFO,
}


class Layers(Lines):
    """One line for each layer, the lowest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+a", "app.aggregate(True)", "All changes up to it", show=False),
        Binding("ctrl+l", "app.aggregate(False)", "Its own changes", show=False),
        Binding("enter", "app.describe_layer", "About it", show=False),
    ]

    def __init__(self, xray: Xray) -> None:
        super().__init__(id="layers")
        self._xray = xray

    def heading(self, width: int) -> Text:
        columns = [("#", len(str(self.count() - 1)), ""), ("size", _SIZE, "")]
        if self._xray.usage:
            columns.append(("used", _SIZE, ""))
        words = "files, instruction" if width >= _ROOM_FOR_CHANGES else "instruction"
        return cells(*columns, rest=Text(words), width=width)

    def count(self) -> int:
        return len(self._xray.layers)

    def line(self, number: int, width: int) -> Text:
        layer = self._xray.layers[number]
        columns = [(str(layer.number), len(str(self.count() - 1)), "dim")]
        columns.append((size(layer.size), _SIZE, ""))
        if self._xray.usage:
            used = layer.used_size
            columns.append((size(used) if used else "-", _SIZE, "green" if used else "dim"))
        rest = Text()
        if width >= _ROOM_FOR_CHANGES:
            for sign, files, style in changes_of(layer):
                rest.append(f"{sign}{files:,} ", style)
        rest.append(words_of(layer))
        return cells(*columns, rest=rest, width=width)


def words_of(layer: Layer) -> str:
    """Its instruction on one line."""
    words = " ".join((layer.instruction or layer.created_by).split())
    return printable(words) or "(no instruction in the history)"


def changes_of(layer: Layer) -> list[tuple[str, int, str]]:
    """(sign, files, colour) of each kind of which there are any."""
    numbers = (
        (Difference.ADDED, layer.added),
        (Difference.CHANGED, layer.changed),
        (Difference.REMOVED, layer.removed),
    )
    return [(kind.value, number, COLORS[kind]) for kind, number in numbers if number]


class Files(Lines):
    """The tree of a layer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "open_or_close", "Open/close", key_display="space"),
        Binding("right,l", "enter", "Open", show=False),
        Binding("left,h", "leave", "Close", show=False),
        Binding("ctrl+@,ctrl+space", "app.toggle_all", "Open/close all", show=False),
        Binding("ctrl+a", "app.toggle_difference('ADDED')", "Added", show=False),
        Binding("ctrl+r", "app.toggle_difference('REMOVED')", "Removed", show=False),
        Binding("ctrl+m", "app.toggle_difference('CHANGED')", "Modified", show=False),
        Binding("ctrl+u", "app.toggle_difference('UNCHANGED')", "Unmodified", show=False),
        Binding("ctrl+b", "app.toggle_attributes", "Attributes", show=False),
        Binding("ctrl+o", "app.toggle_order", "Order", show=False),
    ]

    def __init__(self, strata: Strata, tree: Tree) -> None:
        super().__init__(id="files")
        self._strata = strata
        self._browser = Browser(tree)
        self.has_attributes = False

    @property
    def node(self) -> Node:
        """The one under the cursor."""
        return self._browser.rows()[self.validate_cursor(self.cursor)].node

    @property
    def look(self) -> Look:
        return self._browser.look

    def matches(self) -> int:
        """Files that the filter, and what else is asked for, leave."""
        return self._browser.matches()

    def change_look(self, **what: object) -> None:
        """Fields of `Look`."""
        node = self.node
        self._browser.look = replace(self._browser.look, **what)  # type: ignore[arg-type]
        self._stay_at(node)

    def change_tree(self, tree: Tree) -> None:
        node = self.node
        self._browser.tree = tree
        self._stay_at(node)

    def toggle_all(self) -> None:
        node = self.node
        self._browser.toggle_all()
        self._stay_at(node)

    def open_below(self) -> None:
        """All in the directory under the cursor."""
        self._browser.open_below(self.node)
        self.show_again()

    def toggle_attributes(self) -> None:
        self.has_attributes = not self.has_attributes
        self.refresh()

    def heading(self, width: int) -> Text:
        columns = [("", 1, "")]
        if self.has_attributes:
            columns += [("mode", -10, ""), ("owner", 9, "")]
        columns.append(("size", _SIZE, ""))
        if self._strata.knows_use:
            columns.append(("used", _SIZE, ""))
        if self._shows_hidden(width):
            columns.append(("hidden", _SIZE, ""))
        return cells(*columns, rest=Text("path"), width=width)

    def _shows_hidden(self, width: int) -> bool:
        return bool(self._strata.xray.hidden.size) and width >= _ROOM_FOR_HIDDEN

    def count(self) -> int:
        return len(self._browser.rows())

    def line(self, number: int, width: int) -> Text:
        row = self._browser.rows()[number]
        node, entry = row.node, row.node.entry
        color = COLORS[node.difference]
        columns = [(node.difference.value, 1, color)]
        if self.has_attributes:
            mode = stat.filemode(_TYPES[entry.type] | entry.mode)
            columns += [(mode, 10, "dim"), (f"{entry.uid}:{entry.gid}", 9, "dim")]
        columns.append((size(node.size), _SIZE, color or ("dim" if node.size < 100_000 else "")))
        if self._strata.knows_use:
            columns.append(self._used(node))
        if self._shows_hidden(width):
            hidden = node.hidden_size
            columns.append((size(hidden) if hidden else "-", _SIZE, "yellow" if hidden else "dim"))
        return cells(*columns, rest=self._label(row, color), width=width)

    def _used(self, node: Node) -> tuple[str, int, str]:
        if node.used_size:
            return (size(node.used_size), _SIZE, "green")
        return ("used", _SIZE, "green") if node.is_used else ("-", _SIZE, "dim")

    def _label(self, row: Row, color: str) -> Text:
        node = row.node
        mark = ("▾ " if row.is_open else "▸ ") if node.children else "  "
        text = Text.assemble("  " * row.depth, (mark, "dim"), (printable(node.name), color))
        if node.entry.type is EntryType.SYMLINK:
            text.append(f" → {printable(node.entry.link_target)}", "dim")
        elif node.is_directory and node.parent is not None:
            text.append("/", color)
        return text

    def action_open_or_close(self) -> None:
        self._browser.toggle(self.node)
        self.show_again()

    def action_enter(self) -> None:
        """Open a directory; where it is open, go on to what is in it."""
        if self._browser.is_open(self.node):
            self.cursor += 1
        else:
            self._browser.open(self.node)
            self.show_again()

    def action_leave(self) -> None:
        """Close a directory; where it is closed, go to the one that it is in."""
        node = self.node
        if self._browser.is_open(node) and node.parent is not None:
            self._browser.close(node)
            self.show_again()
        elif node.parent is not None:
            self._stay_at(node.parent)

    def _stay_at(self, node: Node) -> None:
        """With the same path, or the nearest directory above it that has a line."""
        places = {row.node.path: place for place, row in enumerate(self._browser.rows())}
        path = node.path
        while path not in places:
            path = path.rpartition("/")[0] or "/"
        place = places[path]
        self.show_again()
        self.cursor = place
        self.post_message(self.Moved(self))
