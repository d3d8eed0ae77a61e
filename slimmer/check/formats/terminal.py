"""A check for people, on a terminal or in a log: every gate with what was measured, then why those
failed that did. Narrow terminals lose the ends of names before numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TextIO

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from slimmer.check.document import (
    ERROR,
    FAIL,
    PASS,
    CheckDocument,
    GateResult,
    Growth,
    SizeExplanation,
)
from slimmer.check.formats.telling import called, finding_words, problem
from slimmer.check.words import summary_lines, thing_name
from slimmer.drawing import draw
from slimmer.progress import encodable
from slimmer.words import count, printable, size

_STYLES: Final = {PASS: "green", FAIL: "red", ERROR: "yellow"}
_MARKS: Final = {PASS: "✓", FAIL: "✗", ERROR: "!"}
_PLAIN: Final = {PASS: "ok", FAIL: "FAIL", ERROR: "ERROR"}
"""Where the encoding has no such marks."""
_SHOWN: Final = 10


def terminal(document: CheckDocument, stream: TextIO) -> None:
    """Write it, in colours on a terminal."""
    marks = _MARKS if encodable("✓✗", stream) == "✓✗" else _PLAIN
    draw(stream, lambda _: _drawing(document, marks))


def _drawing(document: CheckDocument, marks: dict[str, str]) -> RenderableType:
    image = document.image
    head = Text.assemble(
        (printable(image.reference), "bold"),
        f"  {size(image.size)}, {count(image.files, 'file')}",
        no_wrap=True,
        overflow="ellipsis",
    )
    parts: list[RenderableType] = [head, "", _gates(document, marks)]
    for result in document.gates:
        if result.status != PASS:
            parts += ["", *_why(result)]
    if document.growth is not None:
        parts += ["", *_growth(document.growth)]
    if document.explanation is not None:
        parts += ["", *_explanation(document.explanation)]
    parts += [Text(f"note: {printable(note)}", style="yellow") for note in document.notes]
    return Padding(Group(*parts), (0, 1, 0, 1))


def _gates(document: CheckDocument, marks: dict[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column()
    table.add_column()
    for result in document.gates:
        style = _STYLES[result.status]
        measured = "not measured" if result.status == ERROR else result.measured
        table.add_row(
            Text(marks[result.status], style=style),
            Text(called(result)),
            Text(measured, style="" if result.status == PASS else style),
            Text(result.limit, style="dim"),
        )
    return table


def _why(result: GateResult) -> Iterator[RenderableType]:
    yield Text.assemble((called(result), "bold"), f": {problem(result)}")
    for finding in result.findings[:_SHOWN]:
        yield _clipped(f"  {finding_words(finding)}")
    if (more := result.found - min(_SHOWN, len(result.findings))) > 0:
        yield Text(f"  … {more:,} more", style="dim")
    if result.hint:
        hint = Text.assemble(("hint: ", "yellow"), printable(result.hint))
        yield Padding(hint, (0, 0, 0, 2))


def _growth(growth: Growth) -> Iterator[RenderableType]:
    grown = growth.size - growth.size_before
    sign = "-" if grown < 0 else "+"
    yield Text.assemble(
        ("compared with ", "bold"),
        printable(growth.reference),
        f": {size(growth.size_before)}, now {size(growth.size)} ({sign}{size(abs(grown))})",
    )
    new = [each for each in growth.changes if each.size_before is None]
    gone = [each for each in reversed(growth.changes) if each.size is None]
    for word, changes in (("new", new), ("removed", gone)):
        for change in changes[:_SHOWN]:
            bytes_ = change.size if change.size is not None else change.size_before
            name = f"{change.type} {change.name} {change.version or change.version_before}"
            yield _clipped(f"  {word:7}  {size(bytes_ or 0):>8}  {printable(name)}")
        if len(changes) > _SHOWN:
            yield Text(f"  … {len(changes) - _SHOWN:,} more {word}", style="dim")


def _explanation(explanation: SizeExplanation) -> Iterator[RenderableType]:
    yield Text("the largest", style="bold")
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    if explanation.used_size is not None:
        table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for thing in explanation.things:
        cells = [Text(size(thing.size))]
        if explanation.used_size is not None:
            used = thing.used_size
            words = f"{size(used)} used" if used else "never used"
            cells.append(Text(words, style="green" if used else "yellow"))
        table.add_row(*cells, _clipped(printable(thing_name(thing))))
    yield Padding(table, (0, 0, 0, 2))
    yield from (_clipped(line) for line in summary_lines(explanation))


def _clipped(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ellipsis")
