"""The lines of the summary that say what the slim image lacks, before anything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from slimmer.report.report import Report
from slimmer.words import printable, size

_SHOWN: Final = 3
_NAMED: Final = 8
_HEAVY: Final = 8_000_000
"""Bytes; what is lighter is in the report only."""


def removal_facts(report: Report) -> Iterator[tuple[str, Text]]:
    """Labels and values for the summary's table."""
    lines = []
    for each in report.ecosystems:
        line = Text(each.headline)
        shown = [f"{printable(one.name)} {size(one.size)}" for one in each.largest[:_SHOWN]]
        if shown:
            more = ", …" if each.removed > _SHOWN else ""
            line.append(": " + ", ".join(shown) + more, style="dim")
        if each.asked_for:
            names = ", ".join(map(printable, each.asked_for[:_NAMED]))
            more = ", …" if len(each.asked_for) > _NAMED else ""
            line.append(
                f"\ninstalled by name, and dropped: {names}{more}; --include"
                " keeps what you start by hand",
                style="yellow",
            )
        lines.append(line)
    if lines:
        yield "removed", Text("\n").join(lines)
    heavy = [each for each in report.heavy if each.size >= _HEAVY]
    if heavy:
        lines = []
        for omission in heavy[:_SHOWN]:
            line = Text(f"{printable(omission.what)}, {size(omission.size)}", style="yellow")
            reason = printable(omission.why)
            if omission.include:
                reason += f"; --include {printable(omission.include)} keeps it"
            line.append(f"\n{reason}", style="dim")
            lines.append(line)
        if len(heavy) > _SHOWN:
            lines.append(Text(f"… and {len(heavy) - _SHOWN} more", style="dim"))
        yield "too heavy", Text("\n").join(lines)
    if report.unstartable:
        lines = [
            Text(f"{printable(each.path)}, without {printable(each.missing)}", style="yellow")
            for each in report.unstartable[:_SHOWN]
        ]
        if len(report.unstartable) > _SHOWN:
            lines.append(Text(f"… and {len(report.unstartable) - _SHOWN} more", style="dim"))
        yield "cannot start", Text("\n").join(lines)
