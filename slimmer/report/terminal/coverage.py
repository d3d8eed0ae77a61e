"""The lines of the summary that say what the probes reached, and what the saved trace tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

from slimmer.report.coverage_summary import CoverageSummary
from slimmer.report.report import Report
from slimmer.report.trace_file_summary import TraceFileSummary
from slimmer.words import count, printable, size

_SHOWN: Final = 3
_SHOWN_PHASES: Final = 6
_WORTH_A_LINE: Final = 0.05
"""The part of the kept bytes that a group must leave unused to be named."""


def coverage_facts(report: Report) -> Iterator[tuple[str, Text]]:
    """Labels and values for the summary's table."""
    if report.coverage is not None:
        yield from _coverage(report.coverage)
    if report.trace_file is not None:
        yield from _trace_file(report.trace_file, report.verification)


def _coverage(coverage: CoverageSummary) -> Iterator[tuple[str, Text]]:
    phases = [phase for phase in coverage.phases if not phase.is_shutdown or phase.new_files]
    words = [f"{printable(phase.name)} {phase.new_files:,}" for phase in phases[:_SHOWN_PHASES]]
    if len(phases) > _SHOWN_PHASES:
        rest = phases[_SHOWN_PHASES:]
        words.append(f"{len(rest):,} more {sum(phase.new_files for phase in rest):,}")
    is_one = sum(phase.new_files for phase in phases) == 1
    yield "first used", Text(" \u00b7 ".join(words) + (" file" if is_one else " files"))
    if coverage.late is not None:
        found = count(coverage.late.new_files, "new file")
        yield (
            "",
            Text(
                f"the last phase, {printable(coverage.late.name)}, still found {found}: "
                "more probes would find more",
                style="yellow",
            ),
        )
    groups = [
        f"{printable(group.name)} {size(group.unused_size)}"
        for group in coverage.unused[:_SHOWN]
        if group.unused_size >= _WORTH_A_LINE * coverage.kept_size
    ]
    if groups:
        yield (
            "not touched",
            Text(
                f"{size(coverage.unused_size)} of {size(coverage.kept_size)} kept; most of it: "
                + " \u00b7 ".join(groups)
            ),
        )
    own = coverage.application
    if own.unused:
        yield (
            "",
            Text("of the application: ")
            # Hidden files last: templates and modules say more than an editor's leftovers.
            + Text(_first(sorted(own.unused, key=lambda path: "/." in path)), style="dim"),
        )


def _trace_file(trace: TraceFileSummary, verification: str) -> Iterator[tuple[str, Text]]:
    what = "built from" if trace.recalled else "saved as"
    runs = f", {count(trace.runs, 'run')}" if trace.runs > 1 else ""
    text = Text(f"{what} {printable(trace.path)}{runs}")
    if trace.passed:
        text.append("; these very images passed when it was saved, and were not run", style="dim")
    elif trace.recalled and verification == "status":
        text.append("; the original did not run: answers were judged by their status", style="dim")
    yield "saved trace", text
    if trace.unstable:
        paths = [f"{each.path} ({each.runs} of {trace.runs})" for each in trace.unstable]
        yield (
            "unstable",
            Text(
                f"{count(len(paths), 'path')} kept only because some of the runs used them: ",
                style="yellow",
            )
            + Text(_first(paths), style="dim"),
        )


def _first(texts: Sequence[str]) -> str:
    shown = ", ".join(map(printable, texts[:_SHOWN]))
    return shown + (f" and {len(texts) - _SHOWN:,} more" if len(texts) > _SHOWN else "")
