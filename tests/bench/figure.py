"""One measured figure beside its goal, and how a list of them is shown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A measured value; it reaches its goal when it is not above it."""

    name: str
    value: float
    unit: str
    """`s`, `MB`, or empty for a ratio or a count."""
    goal: float | None = None
    """None: there is none, the figure is for comparison."""
    samples: tuple[float, ...] = field(default=())
    """The single measurements, where the value is their median."""
    note: str = ""

    @property
    def reached(self) -> bool | None:
        return None if self.goal is None else self.value <= self.goal

    def as_object(self) -> dict[str, Any]:
        return {**asdict(self), "reached": self.reached}


def median(name: str, samples: Sequence[float], **fields: Any) -> Figure:
    """The median of some seconds."""
    return Figure(
        name=name, value=statistics.median(samples), unit="s", samples=tuple(samples), **fields
    )


def table(figures: Sequence[Figure]) -> str:
    """The figures as aligned lines of text."""
    rows = [("figure", "value", "goal", "", "")]
    for figure in figures:
        verdict = {None: "", True: "reached", False: "MISSED"}[figure.reached]
        goal = "" if figure.goal is None else f"<= {figure.goal:g} {figure.unit}".rstrip()
        value = f"{figure.value:.2f} {figure.unit}".rstrip()
        rows.append((figure.name, value, goal, verdict, figure.note))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(
            (
                row[0].ljust(widths[0]),
                row[1].rjust(widths[1]),
                row[2].ljust(widths[2]),
                row[3].ljust(widths[3]),
                row[4],
            )
        ).rstrip()
        for row in rows
    )
