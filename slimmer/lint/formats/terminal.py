"""Findings for people: the context first, then line by line what to mend."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TextIO

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from slimmer.drawing import draw
from slimmer.lint.document import ContextFacts, LintedFile, LintReport
from slimmer.lint.finding import SEVERITIES, Finding
from slimmer.words import count, printable, size

_STYLES: Final = {"error": "red", "warning": "yellow", "info": "cyan", "style": "dim"}
_WIDE: Final = 76
"""Columns from which on a finding's message stands beside its code."""
_NOTEWORTHY: Final = 1_000_000
"""Bytes of a context from which on its largest parts are listed."""


def terminal(report: LintReport, stream: TextIO) -> None:
    """Write it, in the terminal's width and colours."""
    draw(stream, lambda width: _drawing(report, width))


def _drawing(report: LintReport, width: int) -> RenderableType:
    parts: list[RenderableType] = []
    for file in report.files:
        parts += ["", *_file(file, width)]
    return Padding(Group(*parts, ""), (0, 1, 0, 1))


def _file(file: LintedFile, width: int) -> Iterator[RenderableType]:
    yield Text(printable(file.path), style="bold")
    if file.context:
        yield from _context(file.context)
    if file.findings:
        yield ""
        yield from _table(file.findings) if width >= _WIDE else _stacked(file.findings)
        yield ""
    yield _sum(file)
    for note in file.notes:
        yield Text(f"note: {printable(note)}", style="yellow")


def _context(context: ContextFacts) -> Iterator[RenderableType]:
    ignore = printable(context.ignore_file) if context.ignore_file else "no .dockerignore"
    line = Text("context ", style="dim")
    line.append(size(context.size))
    line.append(f" in {count(context.files, 'file')}", style="dim")
    line.append(f" · {ignore}", style="dim")
    yield line
    if context.size < _NOTEWORTHY:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for each in context.largest:
        table.add_row(f"  {size(each.size)}", Text(printable(each.path), style="dim"))
    yield table


def _table(findings: tuple[Finding, ...]) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        style = _STYLES[finding.severity]
        message = Text(printable(finding.message))
        for detail in finding.details:
            message.append(f"\n  {printable(detail)}", style="dim")
        table.add_row(
            Text(str(finding.line), style="bold"),
            Text(finding.severity, style=style),
            Text(printable(finding.code), style="dim"),
            message,
        )
    yield table


def _stacked(findings: tuple[Finding, ...]) -> Iterator[RenderableType]:
    for finding in findings:
        yield Text.assemble(
            (f"{finding.line} ", "bold"),
            (f"{finding.severity} ", _STYLES[finding.severity]),
            (printable(finding.code), "dim"),
        )
        lines = [finding.message, *finding.details]
        yield Padding(Text("\n".join(map(printable, lines))), (0, 0, 0, 2))


def _sum(file: LintedFile) -> Text:
    numbers = [
        (severity, sum(each.severity == severity for each in file.findings))
        for severity in SEVERITIES
    ]
    text = Text()
    for severity, number in numbers:
        if number:
            noun = severity if severity in ("info", "style") else None
            words = f"{number} {noun}" if noun else count(number, severity)
            text.append(" · " if text else "")
            text.append(words, style=_STYLES[severity])
    if not text:
        text.append("nothing to mend", style="green")
    if file.ignored:
        text.append(f" · {file.ignored} ignored", style="dim")
    return text
