"""What repair did, for the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slimmer.values import Repair


@dataclass(frozen=True, kw_only=True)
class RepairRound:
    """One failed smoke test, and what was done about it."""

    problem: str
    """How the image failed."""
    repairs: tuple[Repair, ...]
    """What was added; empty where the image passed under the sensor, and nothing was seen."""


@dataclass(frozen=True, kw_only=True)
class RepairLog:
    """All rounds of a build, whether the last one passed or not."""

    rounds: tuple[RepairRound, ...]
    repairs: tuple[Repair, ...]
    """What the images of the last round have because of repair."""
    lasting: Mapping[str, str] = field(default_factory=dict)
    """Path → the option that keeps it from the first round on: `--include PATH`, `--rule NAME`."""
