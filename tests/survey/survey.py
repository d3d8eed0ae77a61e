"""The survey of one sample: its original, and a slim image for each strategy, on the same list of
behaviours."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.apps.container import inspect_image
from tests.bench.slim_build import ROOT, forget, slim_build
from tests.survey.behaviour import Behaviour, read_behaviours
from tests.survey.runner import Outcome, Subject

SAMPLES = ROOT / "sample_apps"
STRATEGIES = ("minimal", "balanced", "safe")


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one strategy made of one sample."""

    size: int
    """Bytes of the slim image, as the engine counts them."""
    seconds: float
    """Of `slim build`, wall clock."""
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> int:
        return sum(not outcome.problem for outcome in self.outcomes)


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """One sample's row."""

    name: str
    original_size: int = 0
    """Bytes."""
    behaviours: int = 0
    original_problems: tuple[Outcome, ...] = ()
    """What the original itself fails: mistakes of the list, not of slimmer."""
    results: dict[str, Result] = field(default_factory=dict)
    """By strategy; a strategy whose build failed is missing."""
    errors: dict[str, str] = field(default_factory=dict)
    """By strategy or `sample`: why there is no result."""


def survey(name: str, image: str, strategies: Sequence[str]) -> Surveyed:
    """One sample with each of the strategies. Says on stderr what fails, and never raises."""
    try:
        behaviours = read_behaviours(SAMPLES / name)
        size = inspect_image(image)["Size"]
        original = _failures(name, "original", Subject(image, SAMPLES / name).outcomes(behaviours))
    except Exception as error:  # one sample's mistake must not end the others' survey
        say(f"{name}: {error}")
        return Surveyed(name=name, errors={"sample": str(error)})
    results: dict[str, Result] = {}
    errors: dict[str, str] = {}
    for strategy in strategies:
        try:
            results[strategy] = _slimmed(name, image, strategy, behaviours)
        except Exception as error:
            say(f"{name}: {strategy}: {error}")
            errors[strategy] = str(error)
    return Surveyed(
        name=name,
        original_size=size,
        behaviours=len(behaviours),
        original_problems=original,
        results=results,
        errors=errors,
    )


def _slimmed(name: str, image: str, strategy: str, behaviours: Sequence[Behaviour]) -> Result:
    folder = SAMPLES / name
    build = slim_build(
        image, "--file", str(folder / "slim.yaml"), "--strategy", strategy, "--no-debug",
        "--max-size", "100GB", name=f"{name}-{strategy}",
    )  # fmt: skip
    try:
        outcomes = Subject(build.reference, folder).outcomes(behaviours)
    finally:
        forget(build.reference)
    _failures(name, strategy, outcomes)
    return Result(size=build.size, seconds=build.seconds, outcomes=tuple(outcomes))


def _failures(name: str, what: str, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    failed = tuple(outcome for outcome in outcomes if outcome.problem)
    for outcome in failed:
        first_line = outcome.problem.partition("\n")[0]
        say(f"{name}: {what}: {outcome.behaviour.name}: {first_line[:200]}")
    return failed


def say(message: str) -> None:
    sys.stderr.write(f"survey: {message}\n")
    sys.stderr.flush()


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Over all samples."""

    behaviours: dict[str, int]
    """By strategy, of the samples of which it made an image."""
    passed: dict[str, int]
    median_ratio: float | None
    """Size with balanced / size with minimal, median over the samples that have both."""


def totals(rows: Sequence[Surveyed]) -> Totals:
    """The sums under the table."""
    ratios = [
        row.results["balanced"].size / row.results["minimal"].size
        for row in rows
        if {"balanced", "minimal"} <= set(row.results)
    ]
    return Totals(
        behaviours={
            strategy: sum(row.behaviours for row in rows if strategy in row.results)
            for strategy in STRATEGIES
        },
        passed={
            strategy: sum(row.results[strategy].passed for row in rows if strategy in row.results)
            for strategy in STRATEGIES
        },
        median_ratio=statistics.median(ratios) if ratios else None,
    )


def as_document(rows: Sequence[Surveyed]) -> dict[str, Any]:
    """The survey as JSON has it: bytes, seconds, and each failure with its text."""
    sums = totals(rows)
    return {
        "samples": [_row_document(row) for row in rows],
        "behaviours": sums.behaviours,
        "passed": sums.passed,
        "median_ratio": sums.median_ratio,
    }


def _row_document(row: Surveyed) -> dict[str, Any]:
    return {
        "name": row.name,
        "original_size": row.original_size,
        "behaviours": row.behaviours,
        "original_fails": _problems(row.original_problems),
        "strategies": {
            strategy: {
                "size": result.size,
                "seconds": round(result.seconds, 2),
                "passed": result.passed,
                "fails": _problems(result.outcomes),
            }
            for strategy, result in row.results.items()
        },
        "errors": row.errors,
    }


def _problems(outcomes: Sequence[Outcome]) -> dict[str, str]:
    return {outcome.behaviour.name: outcome.problem for outcome in outcomes if outcome.problem}


def sample_folders() -> list[Path]:
    """Every sample with a list of held-out behaviours."""
    return sorted(path.parent for path in SAMPLES.glob("*/held_out.yaml"))
