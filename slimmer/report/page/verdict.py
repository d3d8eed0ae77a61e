"""The page's first words: how much smaller, how much of the application was tried, what is gone,
and what is different from last time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from slimmer.report.coverage_summary import ApplicationCoverage
from slimmer.report.growth_summary import Growth
from slimmer.report.remarks import STARTED, doubts
from slimmer.report.report import ImageSummary, LayerSummary, Report
from slimmer.words import count, size

_NOTICEABLE: Final = 0.05
"""Per cent, below which a change would be told as 0.0."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One figure with what it means."""

    title: str
    figure: str
    text: str
    mood: str = ""
    """`good`, `doubt`, `bad`, or nothing of these."""


def facts(report: Report) -> list[Fact]:
    """What is known of: verdict, application, what was removed, next push, growth."""
    found = [_verdict(report)]
    own = report.coverage.application if report.coverage else None
    if own is not None and own.files + own.dropped:
        found.append(_application(own))
    if report.dropped.files:
        found.append(_removed(report))
    if report.slim is not None and not report.exit_code:
        found.append(_push(report, report.slim))
        if report.growth is not None:
            found.append(_growth(report.growth, report.slim))
    return found


def layer_rows(report: Report) -> list[tuple[LayerSummary, bool]]:
    """The layers of the largest image, lowest first, and whether the images before had each."""
    image = report.debug or report.slim
    known = set(report.growth.layers) if report.growth else set()
    return [(layer, layer.digest in known) for layer in image.layers] if image else []


def signed(difference: int) -> str:
    """`+1.20 MB`, `-3 B`, `0 B`."""
    sign = "+" if difference > 0 else "-" if difference < 0 else ""
    return sign + size(abs(difference))


def _verdict(report: Report) -> Fact:
    slim = [test for test in report.tests if test.image == "slim"]
    probes = sum(len(test.probes) for test in slim)
    if report.exit_code:
        return Fact(title="Verdict", figure="failed", text=report.cause, mood="bad")
    if report.verification in ("off", "impossible"):
        reason = "--verify off" if report.verification == "off" else "nothing here runs it"
        return Fact(title="Verdict", figure="not tested", text=reason, mood="doubt")
    if not slim:
        text = "these very images passed when the trace was saved"
        return Fact(title="Verdict", figure="passed before", text=text, mood="good")
    found = [doubt for doubt in (doubts(report, test) for test in slim) if doubt.is_grave]
    if not probes:
        how = STARTED
    elif report.verification == "content":
        how = "the slim image answers as the original"
    else:
        how = "the slim image passes the same probes"
    repaired = f", after {count(len(report.repair.rounds), 'repair')}" if report.repair else ""
    return Fact(
        title="Verdict",
        figure=f"{count(probes, 'probe')} passed" if probes else "no probes",
        text=how + repaired + (f", but {found[0]}" if found and probes else ""),
        mood="doubt" if found else "good",
    )


def _application(own: ApplicationCoverage) -> Fact:
    whole = own.files + own.dropped
    untouched = len(own.unused) + own.dropped
    text = f"{whole - untouched:,} of its {count(whole, 'file')} were opened"
    if untouched and own.dropped == untouched:
        text += f", the other {untouched:,} removed"
    elif own.dropped:
        text += f", and {own.dropped:,} of the other {untouched:,} removed"
    elif untouched:
        text += f", the other {untouched:,} are kept"
    share = 100 * (whole - untouched) / whole
    return Fact(
        title="Application touched",
        figure=f"{share:.0f} %",
        text=text,
        mood="doubt" if own.is_mostly_untouched else "",
    )


def _removed(report: Report) -> Fact:
    gone = sum(each.removed for each in report.ecosystems)
    text = count(report.dropped.files, "file")
    if gone:
        text += f", all of {count(gone, 'package')} among them"
    return Fact(title="Removed", figure=size(report.dropped.size), text=text)


def _push(report: Report, slim: ImageSummary) -> Fact:
    whole = sum(layer.size for layer in slim.layers)
    known = set(report.growth.layers) if report.growth else set()
    new = [layer for layer in slim.layers if layer.digest not in known]
    if len(new) == len(slim.layers):
        text = count(len(new), "layer") + ", before compression"
    elif new:
        text = f"{', '.join(layer.name for layer in new)}; of {size(whole)}"
    else:
        text = "every layer is as it was"
    return Fact(title="Next push", figure=size(sum(layer.size for layer in new)), text=text)


def _growth(growth: Growth, slim: ImageSummary) -> Fact:
    difference = slim.size - growth.slim_size
    share = 100 * difference / growth.slim_size if growth.slim_size else 0
    return Fact(
        title="Since the last report",
        figure=signed(difference),
        text=f"{size(growth.slim_size)} before"
        + (f", {share:+.1f} %" if abs(share) >= _NOTICEABLE else ""),
        mood="doubt" if share >= 5 else "",
    )
