"""When a traced container is ready for somebody else's tests, and why it never is."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

from slimmer.errors import OriginalExitedError
from slimmer.probing import HEALTHCHECK, Prober, exercise
from slimmer.trace.run.explanation import ended_early, failed_probe, not_listening
from slimmer.trace.run.settling import LOOK, QUIET
from slimmer.trace.run.traced_run import TracedRun
from slimmer.values import Probe, RunOptions


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """How a container got ready."""

    seconds: float
    """From its start."""
    probes: tuple[Probe, ...]
    """Those that it passed."""
    notes: tuple[str, ...] = ()


def await_ready(
    target: TracedRun, probes: tuple[Probe, ...], run: RunOptions, *, ports: Collection[int]
) -> Readiness:
    """Wait until the started container passes these probes, each a phase of its own. Without any,
    until it listens on one of the `ports`; where none is known, until it listens anywhere or has
    settled: one that only computes is ready once its time to start is over.

    Raises a SlimError that tells what the container did instead.
    """
    started = time.monotonic()
    if not probes:
        _await_port(target, run, ports, started)
        return Readiness(seconds=time.monotonic() - started, probes=())
    target.wait_until_listening(None, run.busy_start_timeout)
    gone = time.monotonic() - started
    passed, notes = [], []
    for result in exercise(
        Prober(target, probe_timeout=run.probe_timeout, workers=run.probe_workers),
        probes,
        ready_limit=max(1.0, run.start_timeout - gone),
        busy_limit=run.busy_start_timeout - gone,
        begin=target.phase,
    ):
        if result.passed:
            passed.append(result.probe)
        elif result.probe.name == HEALTHCHECK and passed:
            notes.append(f"the image's HEALTHCHECK fails on the original ({result.answer})")
        else:
            raise failed_probe(target, result, run, first=not passed)
    return Readiness(seconds=time.monotonic() - started, probes=tuple(passed), notes=tuple(notes))


def _await_port(target: TracedRun, run: RunOptions, ports: Collection[int], started: float) -> None:
    while True:
        listening = {record.port for record in target.listening() if not record.loopback}
        if listening.intersection(ports) if ports else listening:
            return
        status = target.exit_status()
        if status is not None:
            raise target.cause() or _ended(status, target.logs())
        is_settled = target.has_settled()
        has_settled = bool(listening or not ports) and is_settled
        limit = run.start_timeout if is_settled or not ports else run.busy_start_timeout
        is_late = time.monotonic() - started > limit
        if not ports and (has_settled or (is_late and target.quiet_for() > QUIET)):
            return
        if is_late or (has_settled and listening):
            silent = not_listening(target, min(ports, default=None), run)
            if silent is not None:
                raise silent
        target.wait_for_change(LOOK)


def _ended(status: int, logs: str) -> Exception:
    if status:
        return ended_early(status, logs)
    return OriginalExitedError(
        "the original's command ended with status 0 before anybody could use it",
        hint="a trace that others drive needs a container that stays up; for a command that "
        "ends by itself there is `slim build IMAGE`",
        details=logs,
    )
