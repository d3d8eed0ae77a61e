"""What the original answers, and finished images held against it.

The original is run a second time, plainly and with the very plan that finished images have to
follow. The traced run gave the first answer; what differs between the two is noise. What changes
more slowly, as the date does, is found out only where it matters: when an image answers
differently, the original is asked once more, and what it has changed itself by now is noise as
well.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from slimmer.errors import InterruptedRunError, SlimError
from slimmer.values import Answer, Probe, ProbeResult, SmokeOutcome, Verdict, differs
from slimmer.verify.compare import compare
from slimmer.verify.plan import SmokePlan

Run = Callable[[SmokePlan], SmokeOutcome]
"""Runs the original by a plan."""

REPEATS = 3
"""Times that a probe whose answer differs is sent again to the original when that is asked once
more: of several workers another one may answer. Steps of a plan run in their order only."""
MOST_PARTS = 6
"""Parts of an answer that are named where they differ: of a crawl it may be any number."""
SLOWER_FACTOR, SLOWER_FLOOR = 5.0, 1.0
"""An image is slow when it takes this many times as long as the original, and this many seconds
longer."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """The smoke tests of finished images with each answer compared."""

    outcomes: tuple[SmokeOutcome, ...]
    """A result whose answer differs has not passed."""
    notes: tuple[str, ...]
    """Sentences for the report."""


class Reference:
    """The original's answers, growing as it is asked again."""

    def __init__(
        self, first: Iterable[ProbeResult], plan: SmokePlan, run: Run | None, pool: Executor
    ) -> None:
        """`first` are the traced run's results. The second run is begun at once; where `run` is
        None, there is none."""
        self._plan = plan
        self._run = run
        self._first = tuple(first)
        self._second: Future[SmokeOutcome] | None = pool.submit(run, plan) if run else None
        self._answers: dict[str, list[Answer]] = {}
        self._seconds: dict[str, float] = {}
        self._notes: list[str] = []
        self._collected = False
        self._is_healthy = True
        self._problem = ""

    def wait(self) -> None:
        """Return when the second run is over: what it holds (a port of the host) is free then."""
        if not self._collected:
            self._collect()

    def judge(self, outcomes: Iterable[SmokeOutcome]) -> Judgement:
        """Compare the answers of finished images. May run the original once more."""
        self.wait()
        outcomes = tuple(outcomes)
        judged = tuple(self._compared(each) for each in outcomes)
        different = {
            result.probe.name: result.probe
            for each in judged
            for result in each.results
            if result.comparison is not None
            and result.comparison.verdict in (Verdict.DIFFERENT, Verdict.UNKNOWN)
        }
        if different and self._run is not None and self._ask_again(different.values()):
            judged = tuple(self._compared(each) for each in outcomes)
        return Judgement(outcomes=judged, notes=(*self._notes, *self._remarks(judged)))

    def _collect(self) -> None:
        self._collected = True
        second = self._result_of_second()
        failed = [result for result in second if not result.passed]
        unsteady = {result.probe.name for result in failed if not result.probe.found_out}
        for result in failed:
            if result.probe.name not in unsteady:
                self._notes.append(
                    f"the original answers `{result.probe.name}` otherwise when it is run again "
                    f"({result.answer}): either answer passes"
                )
                continue
            self._notes.append(
                f"the original fails `{result.probe.name}` when it is run again "
                f"({result.answer}): the answers to it are not compared"
            )
        self._remember(second)
        self._remember(each for each in self._first if each.probe.name not in unsteady)

    def _result_of_second(self) -> tuple[ProbeResult, ...]:
        if self._second is None:
            return ()
        try:
            second = self._second.result()
        except InterruptedRunError:
            raise
        except SlimError as error:
            self._notes.append(f"the original could not be run again: {error.message}")
            return ()
        self._is_healthy = not second.unhealthy
        if second.unhealthy:
            self._notes.append(
                "the engine does not call the original healthy, though its HEALTHCHECK passes "
                f"({second.unhealthy}): finished images need not be either"
            )
        if second.problem:
            self._problem = second.problem
            self._notes.append(f"the original failed when it was run again: {second.problem}")
        return second.results

    def _remember(self, results: Iterable[ProbeResult]) -> None:
        for result in results:
            if result.answered_with is None or not result.probe.compare:
                continue
            if result.passed or result.probe.found_out:
                name = result.probe.name
                self._answers.setdefault(name, []).append(result.answered_with)
                self._seconds[name] = max(result.seconds, self._seconds.get(name, 0.0))

    def _ask_again(self, probes: Iterable[Probe]) -> bool:
        """Run the original once more; True where it answered."""
        assert self._run is not None
        repeated = [probe for probe in probes if probe.may_be_repeated]
        plan = dataclasses.replace(self._plan, probes=(*self._plan.probes, *(repeated * REPEATS)))
        try:
            results = self._run(plan).results
        except InterruptedRunError:
            raise
        except SlimError:
            return False
        known = set(self._answers)
        self._remember(result for result in results if result.probe.name in known)
        return bool(results)

    def _compared(self, outcome: SmokeOutcome) -> SmokeOutcome:
        results = tuple(self._with_comparison(result) for result in outcome.results)
        problem = outcome.problem
        if problem and problem == self._problem:  # an engine that can start nothing any more, say
            problem += "; so does the original now, which says nothing of the image: run it again"
        compared = dataclasses.replace(outcome, results=results, problem=problem)
        return compared.held_to_health if self._is_healthy else compared

    def _with_comparison(self, result: ProbeResult) -> ProbeResult:
        references = self._answers.get(result.probe.name)
        if result.answered_with is None or not references:
            return result
        if not result.passed:
            return _excused(result, references) if result.probe.found_out else result
        comparison = compare(references, result.answered_with)
        if comparison.verdict is Verdict.DIFFERENT and len(references) == 1:
            comparison = dataclasses.replace(comparison, verdict=Verdict.UNKNOWN)
        judged = dataclasses.replace(result, comparison=comparison)
        if not differs(judged):
            return judged
        parts = _listed([difference.part for difference in comparison.differences])
        return dataclasses.replace(
            judged, passed=False, answer=f"{result.answer}; not the original's {parts}"
        )

    def _remarks(self, outcomes: Sequence[SmokeOutcome]) -> Iterable[str]:
        for outcome in outcomes:
            for result in outcome.results:
                if result.comparison is not None and result.comparison.reordered:
                    parts = " and ".join(result.comparison.reordered)
                    yield (
                        f"the {outcome.image} image answers `{result.probe.name}` as the original "
                        f"does, but in another order ({parts}): chance, or a dropped locale"
                    )
                usual = self._seconds.get(result.probe.name)
                if (
                    usual is not None
                    and result.passed
                    and result.seconds > SLOWER_FACTOR * usual
                    and result.seconds > SLOWER_FLOOR + usual
                ):
                    yield (
                        f"the {outcome.image} image took {result.seconds:.1f} s for "
                        f"`{result.probe.name}`, the original {usual:.1f} s"
                    )


def _listed(parts: Sequence[str]) -> str:
    """`status and body`; of many pages that differ, the first few."""
    more = len(parts) - MOST_PARTS
    shown = " and ".join(parts[:MOST_PARTS])
    return f"{shown} and {more:,} more" if more > 0 else shown


def _excused(result: ProbeResult, references: Sequence[Answer]) -> ProbeResult:
    """Requests that are answered otherwise than they were at first pass where the original itself
    has answered so since."""
    assert result.answered_with is not None
    comparison = compare(references, result.answered_with)
    if comparison.differences:
        return result
    return dataclasses.replace(
        result,
        passed=True,
        answer=f"{result.answer}; the original answers so as well",
        comparison=comparison,
    )
