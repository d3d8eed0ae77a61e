"""What is wrong with an image, in lines: hidden bytes, duplicates, privileges, secrets, rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from slimmer.words import printable, size
from slimmer.xray.document import Xray

_MARKS: Final = {"pass": ("✓", "green"), "fail": ("✗", "red"), "skip": ("-", "dim")}
_WORTH_TELLING: Final = 100_000
"""Bytes that a duplicate costs, or a hidden file has, to be named."""


def finding_sections(xray: Xray, limit: int) -> Iterator[tuple[str, RenderableType]]:
    """Title and content of each that has anything to say."""
    if xray.hidden.size >= _WORTH_TELLING:
        yield "hidden", _hidden(xray, limit)
    if xray.duplicates.extra_size >= _WORTH_TELLING:
        yield "duplicates", _duplicates(xray, limit)
    if xray.privileges:
        yield "privileges", _privileges(xray)
    if xray.secrets:
        yield "secrets", _secrets(xray, limit)
    if xray.verdict:
        yield "rules", _rules(xray)


def _grid() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _clipped(*parts: str | tuple[str, str]) -> Text:
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")


def _hidden(xray: Xray, limit: int) -> Table:
    """The largest files that nobody can read, and which layer hides them."""
    table = _grid()
    for path in xray.hidden.largest[:limit]:
        where = f"  layer {path.layer}, {path.how} by {path.hidden_by}"
        text = _clipped(printable(path.path), (where, "dim"))
        table.add_row(Text(size(path.size), style="yellow"), text)
    shown = xray.hidden.largest[:limit]
    if xray.hidden.files > len(shown):
        rest = xray.hidden.size - sum(path.size for path in shown)
        more = f"… {xray.hidden.files - len(shown):,} more"
        table.add_row(Text(size(rest), style="dim"), Text(more, style="dim"))
    return table


def _duplicates(xray: Xray, limit: int) -> Table:
    table = _grid()
    found = xray.duplicates
    shown = [group for group in found.largest if group.extra_size >= _WORTH_TELLING][:limit]
    for group in shown:
        paths = list(dict.fromkeys(printable(place.path) for place in group.places))
        times = f"{group.copies} x {size(group.size)}  "
        table.add_row(Text(size(group.extra_size)), _clipped((times, "dim"), " = ".join(paths)))
    if found.groups > len(shown):
        rest = found.extra_size - sum(group.extra_size for group in shown)
        more = f"… {found.groups - len(shown):,} more contents"
        table.add_row(Text(size(rest), style="dim"), Text(more, style="dim"))
    return table


def _privileges(xray: Xray) -> Table:
    """One line for each kind: how many, and the first ones, those of no package in front."""
    table = _grid()
    for what, number in Counter(each.what for each in xray.privileges).items():
        paths = sorted(
            (each for each in xray.privileges if each.what == what),
            key=lambda each: (bool(each.package), each.path),
        )
        text = Text(f"{what}: ")
        for position, each in enumerate(paths[:6]):
            text.append(", " if position else "")
            text.append(printable(each.path), style="" if each.package else "yellow")
            if each.detail:
                text.append(f" ({printable(each.detail)})", style="dim")
        if number > 6:
            text.append(f", … {number - 6:,} more", style="dim")
        table.add_row(Text(f"{number:,}"), text)
    return table


def _secrets(xray: Xray, limit: int) -> Table:
    """Those that came with a package are mostly for its tests, and stand behind the others."""
    table = _grid()
    ordered = sorted(xray.secrets, key=lambda each: (bool(each.package), each.place))
    for each in ordered[:limit]:
        place = printable(each.place) + (f":{each.line}" if each.line else "")
        text = Text.assemble((each.what, "red" if not each.package else ""), f" in {place}")
        if each.layer is not None:
            words = f"  layer {each.layer}"
            words += ", removed above, and still in the image" if each.is_hidden else ""
            words += f", of {printable(each.package)}" if each.package else ""
            text.append(words, style="dim")
        table.add_row(Text("!", style="red" if not each.package else "dim"), text)
    if len(ordered) > limit:
        table.add_row("", Text(f"… {len(ordered) - limit:,} more", style="dim"))
    return table


def _rules(xray: Xray) -> Table:
    table = _grid()
    assert xray.verdict is not None
    for rule in xray.verdict.rules:
        mark, style = _MARKS[rule.verdict]
        value = "" if rule.value is None else f"{rule.value:,.4g}"
        if rule.rule == "highestWastedBytes" and rule.value is not None:
            value = size(int(rule.value))
        words = f"{rule.rule} {printable(rule.threshold)}"
        words += f": {value or rule.detail}" if rule.verdict != "skip" else ""
        table.add_row(Text(mark, style=style), Text(words))
    return table
