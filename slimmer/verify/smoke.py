"""The smoke test: a finished image must pass every probe that the original passed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from slimmer.engine import Session
from slimmer.errors import DifferentAnswerError, SmokeTestError
from slimmer.probing import Prober, exercise, is_independent_command
from slimmer.values import ImageKind, ProbeResult, SmokeOutcome
from slimmer.verify.compare import excerpt
from slimmer.verify.ending import test_command
from slimmer.verify.plan import NOT_STARTED, SmokePlan, start
from slimmer.verify.target import PlainRun
from slimmer.words import last_lines, printable

STAY = 2.0
"""Seconds that an image must stay up, at least, for which there is no probe."""
HEALTH_LIMIT = 10.0
"""Seconds that the engine may take to call an image healthy that has passed all probes."""


def smoke_test(
    session: Session,
    image: str,
    plan: SmokePlan,
    kind: ImageKind,
    *,
    done: Callable[[ProbeResult], None] = lambda _: None,
    at_end: Callable[[PlainRun], None] = lambda _: None,
) -> SmokeOutcome:
    """Run the image and probe it. The container is removed before this returns; `at_end` gets the
    one that was probed, unless its command ends by itself."""
    if plan.exit_status is not None:
        return test_command(session, image, plan, kind, done)
    return _test_service(session, image, plan, kind, done, at_end)


def raise_for_failure(outcomes: Iterable[SmokeOutcome]) -> None:
    """Raise SmokeTestError for the first image that did not pass, with all that is known."""
    for outcome in outcomes:
        if outcome.passed:
            continue
        if outcome.differs_only:
            raise _different(outcome)
        failed = outcome.failed
        what = outcome.problem or f"the probe `{failed[0].probe.name}`: {failed[0].answer}"
        said = [f"{result.probe.name}: {result.answer}\n{result.excerpt}" for result in failed]
        raise SmokeTestError(
            f"the {outcome.image} image fails its smoke test: {what}",
            hint="no tag was moved; keep what is missing with --include PATH, or let a probe "
            f"use it; {last_lines(outcome.logs)}",
            details="\n".join(filter(None, [*said, outcome.logs])).rstrip(),
        )


def _different(outcome: SmokeOutcome) -> DifferentAnswerError:
    names = ", ".join(f"`{result.probe.name}`" for result in outcome.failed)
    lines = []
    for result in outcome.failed:
        assert result.comparison is not None
        lines.append(f"{result.probe.name}: {result.answer}")
        lines += excerpt(result.comparison, outcome.image)
    return DifferentAnswerError(
        f"the {outcome.image} image answers differently from the original: {names}",
        hint="no tag was moved; keep what is missing with --include PATH, or let a probe use it. "
        "Where the answer may differ, --verify status compares no content",
        details="\n".join(map(printable, lines)),
    )


def _test_service(
    session: Session,
    image: str,
    plan: SmokePlan,
    kind: ImageKind,
    done: Callable[[ProbeResult], None],
    at_end: Callable[[PlainRun], None],
) -> SmokeOutcome:
    try:
        container = start(session, image, plan, plan.run, kind)
    except NOT_STARTED as error:
        return SmokeOutcome(image=kind, role=plan.role, results=(), problem=error.message)
    try:
        run = plan.run
        prober = Prober(
            container,
            probe_timeout=run.probe_timeout,
            workers=run.probe_workers,
            # The port is known to speak what it is asked for. Before anybody listens at it, the
            # engine's proxy takes connections and closes them.
            explained=False,
        )
        results = exercise(prober, plan.probes, ready_limit=plan.ready_limit, done=done)
        if not plan.probes:  # all that can be seen is whether it stays
            container.wait_for_exit(min(plan.ready_limit, max(STAY, plan.ready_seconds)))
        if plan.run.settle and all(result.passed for result in results):
            container.wait_for_exit(plan.run.settle)
            if container.exit_status() is None and plan.probes:
                results = _once_more(prober, results)
        unhealthy = ""
        if plan.is_healthy and kind is not ImageKind.DEBUG and all(each.passed for each in results):
            unhealthy = container.unhealthy(HEALTH_LIMIT)
        status = container.exit_status()
        if status == 0 and all(map(is_independent_command, plan.probes)):
            # The command ends by itself; the original's had only not done so in time.
            ending = dataclasses.replace(plan, exit_status=0)
            return test_command(session, image, ending, kind, done)
        outcome = SmokeOutcome(
            image=kind,
            role=plan.role,
            results=results,
            problem="" if status is None else f"its command ended with status {status}",
            unhealthy=unhealthy,
            logs=container.logs(),
        )
        at_end(container)
        return outcome
    finally:
        container.close()


def _once_more(prober: Prober, results: tuple[ProbeResult, ...]) -> tuple[ProbeResult, ...]:
    """The results with the first probe's, where it may be repeated, of a later time if that is
    worse."""
    if not results[0].probe.may_be_repeated:
        return results
    again = prober.once(results[0].probe)
    return results if again.passed else (again, *results[1:])
