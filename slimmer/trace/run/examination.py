"""The traced run from start to end: the original is started, probed, stopped, and explained
where it does not do what its probes expect."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from slimmer.engine import argument_vector, exposed_ports
from slimmer.errors import UsageError
from slimmer.probing import (
    HEALTHCHECK,
    Exploration,
    Prober,
    exercise,
    healthcheck_probe,
    in_order,
    is_independent_command,
    own_command_probe,
    own_command_result,
)
from slimmer.probing.kinds import HttpProbe
from slimmer.trace.run.explanation import ended_early, failed_probe
from slimmer.trace.run.traced_run import TracedRun
from slimmer.values import (
    ExplorationSummary,
    Original,
    Probe,
    ProbeResult,
    RunOptions,
    Trace,
)

SETTLE = "settle"
"""The phase in which nothing is asked of the application (RunOptions.settle)."""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What a traced run of the original brought."""

    trace: Trace
    results: tuple[ProbeResult, ...]
    """Of the probes that the original passed, in order."""
    port: int | None
    """The port that probes without one spoke to."""
    ready_seconds: float
    """From the container's start until the first probe passed."""
    exit_status: int | None
    """The command's exit status where it ended by itself before it was stopped."""
    notes: tuple[str, ...]
    own_command: ProbeResult | None = None
    """What the command wrote where it ended by itself."""
    explored: tuple[ExplorationSummary, ...] = ()
    """What explorations found out; their probes are among the results."""

    @property
    def answers(self) -> tuple[ProbeResult, ...]:
        """All that the original has answered, its own command first."""
        return (*filter(None, [self.own_command]), *self.results)


class Job(Protocol):
    """A started command that may end by itself."""

    def wait_for_exit(self, timeout: float) -> int | None:
        """Its exit status, waiting for it up to `timeout` s."""

    def wait_while_busy(self, timeout: float) -> int | None:
        """The same, but no longer than it is at work."""


def planned_probes(
    original: Original,
    probes: tuple[Probe, ...],
    run: RunOptions,
    *,
    healthcheck: bool,
    explorations: Sequence[Exploration] = (),
) -> tuple[Probe, ...]:
    """The probes of a run: the user's, what explorations start with, the image's HEALTHCHECK, and
    where there is none of them and the image exposes a port, one request for `/`.

    Raises UsageError for a probe of the user's that is called as one of an exploration.
    """
    taken = [name for exploration in explorations for name in exploration.names]
    for probe in probes:
        if any(probe.name == name or probe.name.startswith(f"{name} ") for name in taken):
            raise UsageError(
                f"a probe is called `{probe.name}`, which is what slimmer calls its own",
                hint="give it another name",
            )
    starts = (exploration.first_probe() for exploration in explorations)
    check = healthcheck_probe(original.config) if healthcheck else None
    ordered = in_order((*probes, *(start for start in starts if start is not None)), check)
    if not ordered and (run.port or exposed_ports(original.config)):
        # What is explored need not have a page at the root: any answer says that it is there.
        statuses = frozenset(range(200, 500)) if explorations else frozenset()
        return (HttpProbe(name="GET /", path="/", statuses=statuses),)
    return ordered


def examine(
    target: TracedRun,
    original: Original,
    probes: tuple[Probe, ...],
    run: RunOptions,
    *,
    done: Callable[[ProbeResult], None],
    booted: Callable[[], None] = lambda: None,
    stopping: Callable[[], None] = lambda: None,
    explorations: Sequence[Exploration] = (),
    waiting: Callable[[str], None] = lambda _: None,
) -> Examination:
    """Probe the started target, one phase per probe or as plans name them, explore it, then stop it
    and complete its trace.

    `booted` is called when most of what the application needs has been seen, `stopping` when all
    of it may have been, `done` with each probe's result, `waiting` with what is waited for.

    Raises a SlimError that tells what the original did instead where a probe fails.
    """
    started = time.monotonic()
    results: tuple[ProbeResult, ...] = ()
    notes: list[str] = []
    explored: list[ExplorationSummary] = []
    ready_seconds = 0.0

    def begin(phase: str) -> None:
        waiting(f"{phase} is under way")
        target.phase(phase)

    limit = f"{run.start_timeout:g} s"
    if run.busy_start_timeout > run.start_timeout:
        limit += f", while it is at work {run.busy_start_timeout:g} s"
    if probes:
        waiting(f"the application starts: at most {limit} (--start-timeout)")
        _await_start(target, original, probes[0], run)
        booted()
        prober = Prober(target, probe_timeout=run.probe_timeout, workers=run.probe_workers)
        gone = time.monotonic() - started

        def finished(result: ProbeResult) -> None:
            nonlocal ready_seconds
            ready_seconds = ready_seconds or time.monotonic() - started
            done(result)

        def not_ready(result: ProbeResult) -> None:
            waiting(f"{result.answer} so far; it is tried for {limit} (--start-timeout)")

        results = exercise(
            prober,
            probes,
            ready_limit=max(1.0, run.start_timeout - gone),
            busy_limit=run.busy_start_timeout - gone,
            begin=begin,
            done=finished,
            failed=not_ready,
        )
        passed = []
        unfit: list[ProbeResult] = []
        for position, result in enumerate(results):
            if result.passed:
                passed.append(result)
            elif result.probe.optional and position > 0:
                unfit.append(result)
            elif result.probe.name == HEALTHCHECK and position > 0:
                notes.append(
                    f"the image's HEALTHCHECK fails on the original already ({result.answer}): "
                    "it is kept, but not verified"
                )
            else:
                raise failed_probe(target, result, run, first=position == 0)
        results = tuple(passed)
        notes += _optional_notes(unfit)
        for exploration in explorations:
            found = exploration.explore(target, begin=begin)
            for result in found.results:
                done(result)
            results += found.results
            explored.append(found.summary)
        exit_status = target.exit_status()
        if exit_status is None and run.settle:
            waiting(f"the application is watched for {run.settle:g} s (--settle)")
            exit_status = _settle(target, prober, probes[0], run)
        if exit_status is None and _may_end_by_itself(target, original, probes):
            exit_status = target.wait_while_busy(run.start_timeout)
            if exit_status is None and not target.has_settled():
                notes.append(
                    f"the command was still at work after {run.start_timeout:g} s, and was "
                    "stopped: if it is to end by itself, raise --start-timeout, or what it opens "
                    "later is missing"
                )
    else:
        waiting(f"the command runs to its end: at most {limit} (--start-timeout)")
        exit_status = run_to_the_end(target, original.reference, run)
    own_command = None
    if exit_status is not None:
        _judge_exit(target, exit_status, probes)
        own_command = own_command_result(
            own_command_probe(argument_vector(original.config, run), exit_status),
            target,
            exit_status=exit_status,
            seconds=time.monotonic() - started,
        )
    waiting("the trace is completed")
    trace = target.finish(stopping)
    return Examination(
        trace=trace,
        results=results,
        port=target.port(),
        ready_seconds=ready_seconds,
        exit_status=exit_status,
        notes=(*notes, *trace.notes),
        own_command=own_command,
        explored=tuple(explored),
    )


def _optional_notes(failed: Iterable[ProbeResult]) -> Iterator[str]:
    """One sentence for each plan of which the original does not pass every step."""
    by_plan: dict[str, list[ProbeResult]] = {}
    for result in failed:
        by_plan.setdefault(result.probe.plan, []).append(result)
    for plan, results in by_plan.items():
        whose = f" of the plan {plan}" if plan else ""
        steps = "; ".join(f"{result.probe.name} ({result.answer})" for result in results)
        yield f"the original does not pass all optional steps{whose}, which are skipped: {steps}"


def _await_start(target: TracedRun, original: Original, first: Probe, run: RunOptions) -> None:
    """Wait until the first probe has a chance, so that its phase is not the application's boot."""
    if first.needs_port or exposed_ports(original.config):
        target.wait_until_listening(first.port, run.busy_start_timeout)


def _settle(target: TracedRun, prober: Prober, first: Probe, run: RunOptions) -> int | None:
    """Watch the application do what it does later; its first probe must pass once more, if it may
    be repeated."""
    target.phase(SETTLE)
    status = target.wait_for_exit(run.settle)
    if status is None and first.may_be_repeated:
        again = prober.once(first)
        if not again.passed:
            raise failed_probe(target, again, run)
    return status


def _may_end_by_itself(target: TracedRun, original: Original, probes: tuple[Probe, ...]) -> bool:
    """Whether the command may be a job, only slower than its probes: what it still has to do
    must not be cut short. An application that serves shows it by a port or a HEALTHCHECK."""
    is_service = exposed_ports(original.config) or target.listening()
    return not is_service and all(
        is_independent_command(probe) and probe.name != HEALTHCHECK for probe in probes
    )


def run_to_the_end(target: Job, reference: str, run: RunOptions) -> int:
    """The exit status of a command that no probe asks anything. A job that is at work gets the time
    that an application gets to become ready."""
    started = time.monotonic()
    status = target.wait_for_exit(run.start_timeout)
    if status is None and run.busy_start_timeout > run.start_timeout:
        status = target.wait_while_busy(run.busy_start_timeout - run.start_timeout)
    if status is None:
        raise UsageError(
            f"nothing exercises {reference}: its command still runs after "
            f"{time.monotonic() - started:.0f} s, it exposes no port, and no probe is given",
            hint="give a job that ends by itself longer: --start-timeout SECONDS; of an "
            "application say what it must do: --http-probe /PATH --port PORT, or "
            "--exec-probe COMMAND; of a worker, in slim.yaml, what it must write: "
            "`probes: [{log: TEXT}]`",
        )
    return status


def _judge_exit(target: TracedRun, status: int, probes: tuple[Probe, ...]) -> None:
    if status == 0 and all(map(is_independent_command, probes)):
        return
    raise target.cause() or ended_early(status, target.logs())
