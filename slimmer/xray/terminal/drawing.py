"""`slim xray` for people: sums first, then layers with the instructions that made them, then where
the bytes are, and what is wrong. Narrow terminals lose bars before numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol, TextIO

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from slimmer.drawing import block_for, draw
from slimmer.progress import encodable
from slimmer.words import count, printable, size
from slimmer.xray.document import Layer, Share, Xray
from slimmer.xray.terminal.findings import finding_sections

_BAR: Final = 20
_WIDE: Final = 76
"""Columns from which on there are bars."""
_NOTHING_ELSE: Final = 0.98
"""The share of a directory that another one has in it to stand for it."""
_DIM: Final = 100_000
"""Bytes; what is smaller is not worth a colour."""


class _Row(Protocol):
    @property
    def size(self) -> int: ...

    @property
    def used_size(self) -> int | None: ...


def write_xray(xray: Xray, stream: TextIO, limit: int, sections: frozenset[str]) -> None:
    """What `terminal_xray` does."""
    block = block_for(stream)
    if sections - {"dockerfile"}:
        draw(stream, lambda width: _drawing(xray, block, width, limit, sections))
    if "dockerfile" in sections:
        # Lines of any length: one that were broken would be no Dockerfile any more.
        lines = "".join(f"{printable(line)}\n" for line in xray.dockerfile)
        stream.write(encodable(lines, stream))


def _drawing(
    xray: Xray, block: str, width: int, limit: int, sections: frozenset[str]
) -> RenderableType:
    bars = _Bars(block, _BAR if width >= _WIDE else 0, xray.usage is not None)
    parts: list[RenderableType] = []
    if len(sections) > 1:
        parts += ["", *_head(xray)]
    for title, table in _tables(xray, bars, width, limit):
        if title in sections:
            parts += ["", Text(title, style="bold"), table]
    for title, found in finding_sections(xray, limit):
        if title in sections or (title not in ("hidden", "duplicates") and "findings" in sections):
            parts += ["", Text(title, style="bold"), found]
    for note in xray.notes:
        parts += ["", Text(f"note: {printable(note)}", style="yellow")]
    return Padding(Group(*parts, ""), (0, 1, 0, 1))


def _tables(xray: Xray, bars: _Bars, width: int, limit: int) -> Iterator[tuple[str, Table]]:
    yield "layers", _layers(xray, bars, width, limit)
    yield "directories", _directories(xray, bars, limit)
    if xray.packages:
        yield "packages", _packages(xray, bars, limit)
    yield "types", _types(xray.types, bars, limit)


def _head(xray: Xray) -> Iterator[Text]:
    image = xray.image
    about = [image.platform, image.system, image.name if image.name != image.reference else ""]
    yield Text.assemble(
        (printable(image.reference), "bold"),
        ("  " + printable(" · ".join(filter(None, about))), "dim"),
    )
    line = Text.assemble(
        (size(image.size), "bold"),
        f" in {count(len(xray.layers), 'layer')}, {count(image.files, 'file')}",
    )
    if xray.hidden.size:
        style = "yellow" if xray.hidden.size >= _DIM else ""
        line.append(f" · {size(xray.hidden.size)} hidden", style=style)
    if xray.usage:
        share = xray.usage.size / max(1, image.visible_size)
        line.append(" · ")
        line.append(f"{size(xray.usage.size)} used ({share:.0%})", style="green")
    yield line
    figures = xray.dive
    percent = figures.wasted_user_percent
    words = f"dive: efficiency {figures.efficiency:.1%}, {size(figures.wasted_size)} wasted"
    if percent is not None:
        words += f", {percent:.1%} of the layers above the first"
    yield Text(words, style="dim")


class _Bars:
    """Columns that every table begins with: bytes, used bytes, and a bar that shows both."""

    def __init__(self, block: str, width: int, has_usage: bool) -> None:
        self._block = block
        self._width = width
        self._has_usage = has_usage

    def table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", no_wrap=True)
        if self._has_usage:
            table.add_column(justify="right", no_wrap=True)
        if self._width:
            table.add_column(no_wrap=True, width=self._width)
        return table

    def heading(self) -> list[Text]:
        names = ["size", *(["used"] if self._has_usage else []), *([""] if self._width else [])]
        return [Text(name, style="dim") for name in names]

    def cells(self, row: _Row, largest: int) -> list[Text]:
        used = row.used_size
        cells = [Text(size(row.size), style="" if row.size >= _DIM else "dim")]
        if self._has_usage:
            cells.append(Text(size(used) if used else "-", style="green" if used else "dim"))
        if self._width:
            cells.append(self._bar(row.size, used, largest))
        return cells

    def _bar(self, whole: int, used: int | None, largest: int) -> Text:
        length = round(whole / max(1, largest) * self._width)
        if used is None:
            return Text(self._block * length, style="blue")
        green = min(length, -(-used * length // max(1, whole)))
        return Text.assemble(
            (self._block * green, "green"), (self._block * (length - green), "bright_black")
        )


def _layers(xray: Xray, bars: _Bars, width: int, limit: int) -> Table:
    table = bars.table()
    details = width >= _WIDE
    if details:
        table.add_column(justify="right", no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
    table.add_column()
    extra = [Text("hidden", style="dim"), Text("files", style="dim")] if details else []
    table.add_row(*bars.heading(), *extra, Text("#  instruction", style="dim"))
    largest = max((layer.size for layer in xray.layers), default=0)
    most = sorted(xray.layers, key=lambda layer: -layer.size)[: max(limit, 20)]
    left = {layer.number for layer in most}
    for layer in xray.layers:
        if layer.number not in left:
            continue
        cells = bars.cells(layer, largest)
        if details:
            style = "yellow" if layer.hidden_size >= _DIM else "dim"
            cells.append(Text(size(layer.hidden_size) if layer.hidden_size else "-", style=style))
            cells.append(_changes(layer))
        words = (
            " ".join((layer.instruction or layer.created_by).split())
            or "(no instruction in the history)"
        )
        text = Text.assemble((f"{layer.number}  ", "dim"), printable(words))
        table.add_row(*cells, _clipped(text))
    if len(xray.layers) > len(most):
        rest = [layer for layer in xray.layers if layer.number not in left]
        _more(table, len(rest), sum(layer.size for layer in rest))
    return table


def _changes(layer: Layer) -> Text:
    signs = (("+", layer.added, "green"), ("~", layer.changed, "yellow"))
    text = Text()
    for sign, number, style in (*signs, ("-", layer.removed, "red")):
        if number:
            text.append(f"{' ' if text else ''}{sign}{number:,}", style=style)
    return text


def _directories(xray: Xray, bars: _Bars, limit: int) -> Table:
    """As a tree: the largest ones, and those on the way to them. A directory that has nothing but
    one other stands on that one's line."""
    table = bars.table()
    table.add_column()
    table.add_row(*bars.heading(), Text(""))
    below: dict[str, list[Share]] = {}
    for share in xray.directories:
        below.setdefault(_parent(share.name), []).append(share)
    own = {
        share.name: share.size - sum(inner.size for inner in below.get(share.name, ()))
        for share in xray.directories
    }
    chosen: set[str] = set()
    for name in sorted(own, key=lambda name: -own[name])[:limit]:
        while name and name not in chosen:
            chosen.add(name)
            name = _parent(name)
    depths: dict[str, int] = {"": 0}
    pending = ""
    for share in xray.directories:
        if share.name not in chosen:
            continue
        inner = [each for each in below.get(share.name, ()) if each.name in chosen]
        name = pending + (share.name.rpartition("/")[2] or "/")
        depth = depths[_parent(share.name)]
        if len(inner) == 1 and inner[0].size >= _NOTHING_ELSE * share.size and share.name != "/":
            depths[share.name], pending = depth, f"{name}/"
            continue
        depths[share.name], pending = depth + 1, ""
        text = Text.assemble("  " * depth, printable(name))
        table.add_row(*bars.cells(share, xray.image.visible_size), _clipped(text))
    return table


def _parent(path: str) -> str:
    """Empty for the root."""
    return "" if path == "/" else path.rpartition("/")[0] or "/"


def _clipped(text: Text) -> Text:
    """On one line, whatever there is room for; the columns of numbers are not."""
    text.no_wrap, text.overflow = True, "ellipsis"
    return text


def _packages(xray: Xray, bars: _Bars, limit: int) -> Table:
    table = bars.table()
    table.add_column(no_wrap=True)
    table.add_column()
    table.add_row(*bars.heading(), Text(""), Text(""))
    largest = max(xray.packages[0].size, xray.unpackaged.size)
    for package in xray.packages[:limit]:
        text = Text.assemble(printable(package.name), (f" {printable(package.version)}", "dim"))
        table.add_row(
            *bars.cells(package, largest), Text(package.type, style="dim"), _clipped(text)
        )
    rest = xray.packages[limit:]
    if rest:
        _more(table, len(rest), sum(package.size for package in rest))
    if xray.unpackaged.size:
        cells = bars.cells(xray.unpackaged, largest)
        table.add_row(*cells, Text("-", style="dim"), Text("in no package", style="dim"))
    return table


def _types(types: tuple[Share, ...], bars: _Bars, limit: int) -> Table:
    table = bars.table()
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_row(*bars.heading(), Text("files", style="dim"), Text(""))
    largest = max((share.size for share in types), default=0)
    for share in types[:limit]:
        files = Text(f"{share.files:,}", style="dim")
        table.add_row(*bars.cells(share, largest), files, Text(share.name))
    if rest := types[limit:]:
        _more(table, len(rest), sum(share.size for share in rest))
    return table


def _more(table: Table, number: int, bytes_: int) -> None:
    """What the limit has left out, in the first and the last column."""
    blanks = [Text("")] * (len(table.columns) - 2)
    table.add_row(Text(size(bytes_), style="dim"), *blanks, Text(f"… {number:,} more", style="dim"))
