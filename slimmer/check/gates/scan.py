"""`--scan FILE`: what a scanner found in the image, beside what the image had before.

Nothing may be there that was not there before. A scanner that finds nothing where packages are has
not looked: that is no pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from slimmer.check.document import FAIL, PASS, Finding, Judgement
from slimmer.check.gate import Gate
from slimmer.check.scans import measured_scan
from slimmer.check.subject import Subject
from slimmer.errors import GateUnmeasuredError
from slimmer.evidence import Scan
from slimmer.options import FILE
from slimmer.report import SavedReport
from slimmer.words import count

_SHOWN = 100


def _judge(file: Path, subject: Subject) -> Iterator[Judgement]:
    after = measured_scan(file)
    packages = len(subject.xray.packages)
    if packages and not after.components:
        raise GateUnmeasuredError(
            f"{file} lists no components, and the image has {count(packages, 'package')}",
            hint="look whether the scanner was given this image, and knows its distribution",
        )
    if subject.inputs.baseline_scan is not None:
        yield _beside_scan(after, measured_scan(subject.inputs.baseline_scan))
    elif subject.is_result and subject.report is not None and subject.report.ecosystems:
        yield _beside_report(after, subject.report)
    else:
        raise GateUnmeasuredError(
            f"there is nothing to compare the {count(len(after.components), 'component')} of "
            f"{file} with",
            hint="name a scan of the original with --baseline-scan, or the report of the build "
            "with --report",
        )


def _beside_scan(after: Scan, before: Scan) -> Judgement:
    new = sorted(set(after.components) - set(before.components))
    gone = len(set(before.components) - set(after.components))
    findings = tuple(
        Finding(what=f"{each.name} {each.version}".strip(), detail=f"{each.type}, new")
        for each in new
    )
    return _judgement(
        findings,
        number=len(new),
        measured=f"{len(after.components):,} after {len(before.components):,} before, "
        f"{gone:,} removed, {len(new):,} new",
    )


def _beside_report(after: Scan, report: SavedReport) -> Judgement:
    """The report says how many packages of each package manager the original has."""
    had = {each.type: each.packages for each in report.ecosystems}
    has = Counter(each.type for each in after.components)
    findings = tuple(
        Finding(what=f"{type} packages", detail=f"{has[type]:,}, the original has {number:,}")
        for type, number in had.items()
        if has[type] > number
    )
    before = sum(had.values())
    return _judgement(
        findings,
        number=sum(max(0, has[type] - number) for type, number in had.items()),
        measured=f"{sum(has[type] for type in had):,} after {before:,} before",
    )


def _judgement(findings: tuple[Finding, ...], *, number: int, measured: str) -> Judgement:
    return Judgement(
        status=FAIL if findings else PASS,
        measured=measured,
        limit="none that is new",
        value=number,
        threshold=0,
        unit="components",
        problem="the scanner finds what was not there before" if findings else "",
        found=len(findings),
        findings=findings[:_SHOWN],
    )


GATE = Gate(
    name="scan",
    title="components",
    kind=FILE,
    help="A scanner's report of it lists nothing that is new",
    judge=_judge,
)
