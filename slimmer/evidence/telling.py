"""Two reports of a scanner side by side, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from slimmer.evidence.scan_diff import (
    FATES,
    HIDDEN,
    NEW,
    REMOVED,
    SUPPRESSED,
    THERE,
    UNUSED,
    USED,
    PackageChange,
    ScanDiff,
    WeaknessChange,
)
from slimmer.words import code, printable

_MEANINGS: Final = {
    HIDDEN: "the image still has it, and the scanner does not see it any more",
    NEW: "it was not there before",
    USED: "still there, and used",
    UNUSED: "still there, and never used",
    THERE: "still there",
    SUPPRESSED: "the scanner was told not to count it",
}
_Change = TypeVar("_Change", PackageChange, WeaknessChange)
_SHOWN: Final = 20
_SHOWN_ROWS: Final = 100


def terminal_lines(found: ScanDiff) -> Iterator[str]:
    """The sums, and below them all that is not simply gone."""
    yield f"packages    {_sums(found.packages)}"
    yield f"weaknesses  {_sums(found.weaknesses)}"
    for fate, meaning in _MEANINGS.items():
        rows = [*map(_weakness_row, having(found.weaknesses, fate))]
        # Packages that are still there are most of an image: only their number is told.
        if fate in (HIDDEN, NEW):
            rows += map(_package_row, having(found.packages, fate))
        if rows:
            yield ""
            yield f"{fate}: {meaning}"
            yield from (f"  {printable(row)}" for row in rows[:_SHOWN])
            if len(rows) > _SHOWN:
                yield f"  … and {len(rows) - _SHOWN:,} more (--format json)"
    for note in found.notes:
        yield ""
        yield f"note: {printable(note)}"


def markdown_lines(found: ScanDiff) -> Iterator[str]:
    """The same for a comment to a pull request."""
    yield f"### slim scan-diff: {code(found.scanner)}"
    yield ""
    yield f"- packages: {_sums(found.packages)}"
    yield f"- weaknesses: {_sums(found.weaknesses)}"
    for each in having(found.packages, HIDDEN):
        yield f"- hidden: {code(_package_row(each))}"
    rows = [each for each in found.weaknesses if each.fate != REMOVED]
    if rows:
        yield ""
        yield "| | weakness | severity | package | |"
        yield "|---|---|---|---|---|"
        for row in rows[:_SHOWN_ROWS]:
            package = code(f"{row.name} {row.version}".rstrip())
            cells = (row.fate, code(row.id), row.severity and code(row.severity), package)
            yield f"| {' | '.join(cells)} | {code(row.why) if row.why else ''} |"
    for note in found.notes:
        yield ""
        yield note


def having(changes: Iterable[_Change], fate: str) -> list[_Change]:
    """Those with this fate."""
    return [each for each in changes if each.fate == fate]


def _sums(changes: Iterable[PackageChange | WeaknessChange]) -> str:
    """`12 removed, 3 used, 1 hidden`."""
    times = Counter(each.fate for each in changes)
    return ", ".join(f"{times[fate]:,} {fate}" for fate in reversed(FATES) if times[fate]) or "none"


def _weakness_row(change: WeaknessChange) -> str:
    severity = f" ({change.severity})" if change.severity else ""
    return _with_why(f"{change.id}{severity} in {change.name} {change.version}", change.why)


def _package_row(change: PackageChange) -> str:
    return _with_why(f"{change.name} {change.version} ({change.type})", change.why)


def _with_why(what: str, why: str) -> str:
    return f"{what}: {why}" if why else what
