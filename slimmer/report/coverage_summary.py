"""What the report says of the probes' reach. A file is a regular file of the original here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from slimmer.codec import Keywords
from slimmer.trace.saved import TESTS
from slimmer.words import count


@dataclass(frozen=True, kw_only=True)
class PhaseCoverage:
    """What one phase was the first to use."""

    name: str
    """`boot` (with the first probe, which observes readiness), a probe's name, `tests` (see
    docs/trace.md), or `shutdown`."""
    new_files: int
    """Kept regular files that no phase before had used."""
    new_size: int
    """Their bytes."""

    @property
    def is_shutdown(self) -> bool:
        """Whether the application, in whatever role, was stopped in it."""
        return _is_called(self.name, "shutdown")

    @property
    def is_boot(self) -> bool:
        """Whether the application, in whatever role, was started in it."""
        return _is_called(self.name, "boot")


@dataclass(frozen=True, kw_only=True)
class UnusedGroup:
    """Kept files that belong together, some of which no phase used."""

    name: str
    """A distribution package, or what a rule says of them: `part of the Python distribution x`."""
    kind: Annotated[str, Keywords(words=("package", "rule"))]
    kept_files: int
    kept_size: int
    unused_files: int
    unused_size: int


@dataclass(frozen=True, kw_only=True)
class ApplicationCoverage:
    """The application's own files, as the rule `application` knows them."""

    files: int
    """Kept regular files of its own."""
    unused: tuple[str, ...]
    """Those that no phase used, sorted."""
    dropped: int = 0
    """Regular files of its own that no phase used and that are not kept."""

    @property
    def is_mostly_untouched(self) -> bool:
        """Whether no phase used more than half of its files."""
        return 2 * (len(self.unused) + self.dropped) > self.files + self.dropped

    @property
    def untouched(self) -> str:
        """`31 of the application's 40 files, 2 of which were dropped`: those that no phase used;
        empty where all were, or where none are known."""
        number, whole = len(self.unused) + self.dropped, self.files + self.dropped
        if not number:
            return ""
        text = f"{number:,} of the application's {count(whole, 'file')}"
        if self.dropped:
            which = "" if self.dropped == number else f"{self.dropped:,} of "
            text += f", {which}which {'was' if self.dropped == 1 else 'were'} dropped"
        return text


@dataclass(frozen=True, kw_only=True)
class CoverageSummary:
    """What the probes reached of what is kept."""

    phases: tuple[PhaseCoverage, ...]
    """In the order in which they ran."""
    kept_files: int
    """Regular files of the original that are kept."""
    kept_size: int
    unused_files: int
    """Those of them that no phase used."""
    unused_size: int
    unused: tuple[UnusedGroup, ...]
    """Most unused bytes first; the largest only."""
    application: ApplicationCoverage

    @property
    def late(self) -> PhaseCoverage | None:
        """The last phase, where it still found files that nothing before it had used."""
        probes = [
            each
            for each in self.phases
            if not (each.is_boot or each.is_shutdown or _is_called(each.name, TESTS))
        ]
        return probes[-1] if probes and probes[-1].new_files else None


def _is_called(phase: str, name: str) -> bool:
    return phase == name or phase.endswith(f": {name}")
