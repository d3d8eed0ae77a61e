"""What the view says in words: its head, what is known of a layer and of a path, and its keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from slimmer.values import EntryType
from slimmer.words import count, printable, size
from slimmer.xray.document import Layer, Xray
from slimmer.xray.strata import Difference, Node, Strata
from slimmer.xray.view.panes import COLORS, Files, changes_of, words_of

KEYS: Final = (
    ("tab", "go to the other pane"),
    ("↑ ↓ j k", "go up and down; also page up, page down, home, end"),
    ("→ ← l h", "open a directory and go into it; close it and go out"),
    ("space, enter", "open or close a directory; enter on a layer tells all about it"),
    ("ctrl+space, c", "open or close all directories"),
    ("e", "open all below a directory"),
    ("/, ctrl+f", "filter by path (regular expression); enter keeps it, esc ends it"),
    ("ctrl+l, ctrl+a", "layers: changes of this layer, or of all up to it since the lowest"),
    ("t", "anywhere: the one or the other"),
    ("ctrl+a, a", "tree: show or hide what was added"),
    ("ctrl+r, r", "tree: show or hide what was removed"),
    ("ctrl+m, m", "tree: show or hide what was modified"),
    ("ctrl+u, u", "tree: show or hide what was not modified"),
    ("n", "show or hide what was used (with --trace or --report)"),
    ("ctrl+o, s", "order by size or by name"),
    ("ctrl+b, b", "show or hide mode and owner"),
    ("w", "why the slim image has the path or not (with --report)"),
    ("?", "these keys"),
    ("q, ctrl+c", "end"),
)
_TYPES: Final = {
    EntryType.CHARACTER_DEVICE: "a character device",
    EntryType.BLOCK_DEVICE: "a block device",
    EntryType.FIFO: "a named pipe",
}
_SIGNS: Final = {
    Difference.ADDED: "added",
    Difference.CHANGED: "modified",
    Difference.REMOVED: "removed",
}


def head(xray: Xray) -> Text:
    """The image, in one line; what matters least stands last, where narrow screens cut it."""
    text = Text.assemble(
        (printable(xray.image.reference), "bold"),
        f"  {size(xray.image.size)} in {count(len(xray.layers), 'layer')}",
    )
    if xray.usage:
        share = xray.usage.size / max(1, xray.image.visible_size)
        text.append(f" · {size(xray.usage.size)} used ({share:.0%})", "green")
    if xray.hidden.size:
        text.append(f" · {size(xray.hidden.size)} hidden", "yellow")
    text.append(f" · efficiency {xray.dive.efficiency:.1%}", "dim")
    return text


def title(layer: int, files: Files, *, is_aggregated: bool) -> Text:
    """What the tree shows."""
    look = files.look
    text = Text()
    text.append(
        f"Layers 0 to {layer}, changes since 0" if is_aggregated else f"Layer {layer}, its changes",
        "bold",
    )
    left_out = [word for kind, word in _SIGNS.items() if kind not in look.differences]
    if Difference.UNCHANGED not in look.differences:
        left_out.append("unmodified")
    if look.only_unused:
        left_out.append("used")
    if look.pattern:
        found = count(files.matches(), "file")
        text.append(f" · {found} with {printable(look.pattern)}", "cyan")
    if left_out:
        text.append(f" · without {', '.join(left_out)}", "yellow")
    text.append(f" · by {'size' if look.by_size else 'name'}", "dim")
    return text


def about_layer(layer: Layer, *, is_whole: bool = False) -> Text:
    """Beside the list in short, or all that is known."""
    text = Text()
    changes = changes_of(layer)
    for sign, files, style in changes:
        text.append(f"{sign}{files:,} ", style)
    number = sum(files for _, files, _ in changes)
    text.append("file\n" if number == 1 else "files\n" if number else "no files\n")
    if layer.hidden_size:
        text.append(f"{size(layer.hidden_size)} hidden by layers above\n", "yellow")
    if layer.hides_size:
        text.append(f"hides {size(layer.hides_size)} of layers below\n", "yellow")
    if layer.same_size:
        text.append(f"repeats {size(layer.same_size)} of layers below\n", "yellow")
    if is_whole:
        facts = f"{size(layer.size)} of content"
        if layer.used_size is not None:
            facts += f", {size(layer.used_size)} used"
        text.append(f"{facts}\n{printable(layer.digest)}\n{printable(layer.created)}\n")
    text.append(words_of(layer), "dim" if not is_whole else "")
    return text


def about_path(strata: Strata, node: Node) -> Text:
    """The path in full, and in a second line what is known of it."""
    text = Text.assemble((printable(node.path), "bold"), "\n")
    for position, (words, style) in enumerate(_facts(strata, node)):
        text.append(" · " if position else "", "dim")
        text.append(words, style)
    return text


def _facts(strata: Strata, node: Node) -> Iterator[tuple[str, str]]:
    entry = node.entry
    if word := _SIGNS.get(node.own):
        yield word, COLORS[node.own]
    if node.is_directory:
        yield f"{count(node.files, 'file')}, {size(node.size)}", ""
    elif entry.type is EntryType.SYMLINK:
        yield f"→ {printable(entry.link_target)}", ""
    else:
        yield _TYPES.get(entry.type) or size(entry.size), ""
    if strata.knows_use:
        if node.used_size and node.is_directory:
            yield f"{size(node.used_size)} used", "green"
        else:
            yield ("used", "green") if node.is_used else ("never used", "")
    for each in node.hidden:
        how = "removed" if each.is_removed else "repeated" if each.is_same else "replaced"
        yield f"{size(each.size)} hidden in layer {each.layer}: {how} by {each.by}", "yellow"
    yield f"layer {node.layer}", "dim"
    if package := strata.package_of(node.path):
        yield printable(package), "dim"


def keys() -> RenderableType:
    """What each key does, and what the signs are."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for key, words in KEYS:
        table.add_row(Text(key, "bold"), Text(words))
    signs = [(f"{kind.value} {word}  ", COLORS[kind]) for kind, word in _SIGNS.items()]
    table.add_row("", "")
    table.add_row(Text("signs", "bold"), Text.assemble(*signs))
    return table
