"""Finding out on the running original what there is to ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from slimmer.probing.kinds import ReplayProbe
from slimmer.probing.target import Target
from slimmer.values import ExplorationSummary, ProbeResult


@dataclass(frozen=True, kw_only=True)
class Explored:
    """What an exploration brought."""

    results: tuple[ProbeResult, ...]
    """Of ReplayProbes that finished images have to pass, with the original's answers."""
    summary: ExplorationSummary


class Exploration(Protocol):
    """A way of finding out."""

    @property
    def names(self) -> tuple[str, ...]:
        """What its probes are called, or begin with: no other probe may be called so."""
        ...

    def first_probe(self) -> ReplayProbe | None:
        """What the application must answer before anything can be found out; None: nothing."""
        ...

    def explore(self, target: Target, *, begin: Callable[[str], None]) -> Explored:
        """Exercise the target; `begin` is told of each phase."""
        ...
