"""Figures of one run."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class StageTime:
    """How long one stage took."""

    stage: str
    seconds: float
    """Of all its runs, where it ran several times."""
    begin: float | None = None
    """Seconds from the start of the run to its first begin; None in reports of before."""


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """Figures of one run, for the report."""

    stages: tuple[StageTime, ...] = field(default_factory=tuple)
    total_seconds: float = 0.0
    peak_memory: int = 0
    """Bytes: the highest resident set of the slimmer process."""
