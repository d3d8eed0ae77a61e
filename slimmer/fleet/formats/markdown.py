"""The report as Markdown, for a comment or a job's summary."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.check.formats import plain, table
from slimmer.fleet.report import FAILED, UNCHANGED, Build, FleetReport
from slimmer.words import code, comparison, count, factor, seconds, size

_SHOWN = 200
_MARKS = {FAILED: "❌", UNCHANGED: "⏸️"}


def markdown(report: FleetReport) -> str:
    """The whole text."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: FleetReport) -> Iterator[str]:
    totals = report.totals
    failed = f", {totals.failed} failed" if totals.failed else ""
    yield f"### slim fleet: {count(totals.images, 'image')}{failed}"
    yield ""
    yield (
        f"{size(totals.size_before)} became {size(totals.size)}, "
        f"{comparison(totals.size_before, totals.size)}, in {seconds(report.seconds)}. "
        f"A node pulls {size(report.sharing.node)} for all of them"
        + (
            f"; {size(report.sharing.node_separate)} if nothing were shared."
            if report.sharing.node_separate is not None
            else "."
        )
    )
    for cause in report.causes:
        yield ""
        yield f"**{plain(cause.cause)}** (exit code {cause.exit_code}):"
        yield ", ".join(code(image) for image in cause.images[:_SHOWN])
        yield from (f"<br>{plain(hint)}" for hint in cause.hints)
    yield ""
    heading = ("", "image", "before", "after", "factor", "time")
    yield from table(heading, map(_row, report.builds[:_SHOWN]))
    if (more := len(report.builds) - _SHOWN) > 0:
        yield f"\n{more:,} more"
    for each in report.sharing.foundations:
        yield ""
        verb = "stand" if each.used else "could stand"
        yield (
            f"{count(len(each.images), 'image')} {verb} on {code(each.reference)}: "
            f"{size(each.separate)} → {size(each.shared)} on a node"
        )
    for note in report.notes:
        yield from ("", f"> {plain(note)}")


def _row(build: Build) -> tuple[str, ...]:
    if not build.is_built:
        return _MARKS[FAILED], code(build.image), "", plain(build.problem), "", ""
    return (
        _MARKS.get(build.status, "✅"),
        code(build.name),
        size(build.size_before),
        size(build.size),
        factor(build.size_before, build.size),
        "" if build.status == UNCHANGED else seconds(build.seconds),
    )
