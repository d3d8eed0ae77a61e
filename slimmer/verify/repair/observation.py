"""A finished image under the sensor, exercised by the probes of its smoke test: not to judge it
once more, but to see what it looks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from slimmer.errors import (
    CommandNotFoundError,
    EngineOperationError,
    OriginalExitedError,
    TraceIncompleteError,
)
from slimmer.probing import COMMAND_MISSING, Prober, exercise, own_command_result
from slimmer.probing.kinds import ExecProbe
from slimmer.trace.run import SETTLE, TracedRun
from slimmer.values import (
    Access,
    Probe,
    ProbeResult,
    RunOptions,
    Sighting,
    Source,
    Trace,
)

_READ_BY_THE_ENGINE = ("/etc/passwd", "/etc/group")
"""What the engine looks up in an image before it starts a container of a named user."""
_NOTHING = Trace(
    sources=frozenset(),
    missing_sources={},
    phases=(),
    sightings=(),
    exit_status=None,
    records=0,
)


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What was seen, as far as the image came."""

    trace: Trace
    passed: bool
    """Whether nothing was wrong this time: some faults depend on chance."""
    results: tuple[ProbeResult, ...]
    """As far as probes were sent."""
    logs: str
    """The container's last lines."""


def observe(
    target: TracedRun,
    probes: tuple[Probe, ...],
    run: RunOptions,
    *,
    ready_limit: float,
    exit_status: int | None,
    own_command: ExecProbe | None = None,
    program: Callable[[str], str],
    done: Callable[[ProbeResult], None] = lambda _: None,
) -> Observation:
    """Start the target, send it every probe (a failed one does not spare it the next), and stop
    it. `exit_status` is what the command must end with where it ends by itself, else None;
    `own_command` is the command as a probe.

    A trace that breaks off is as good as a complete one here: what it shows was looked up. The
    gate does not even start what it cannot find: `program` says which path of the original a
    command's first word stands for. The caller closes the target.
    """
    try:
        target.start()
    except (TraceIncompleteError, OriginalExitedError, CommandNotFoundError):
        return _not_started(program(target.missing_program()), logs=target.logs())
    except EngineOperationError:
        return _not_started(*_READ_BY_THE_ENGINE, logs=target.logs())
    results: list[ProbeResult] = []

    def sent(result: ProbeResult) -> None:
        results.append(result)
        done(result)

    try:
        if exit_status is not None:
            status = target.wait_for_exit(run.start_timeout)
            if own_command is not None and status is not None:
                sent(own_command_result(own_command, target, exit_status=status, seconds=0.0))
        elif any(probe.needs_port for probe in probes):
            target.wait_until_listening(None, ready_limit)
        prober = Prober(target, probe_timeout=run.probe_timeout, workers=run.probe_workers)
        exercise(
            prober,
            probes,
            ready_limit=ready_limit,
            begin=target.phase,
            done=sent,
            go_on=True,
        )
        if run.settle and exit_status is None and target.exit_status() is None:
            target.phase(SETTLE)
            target.wait_for_exit(run.settle)
            if target.exit_status() is None and probes and probes[0].may_be_repeated:
                target.phase(probes[0].name)
                results.append(prober.until_ready(probes[0], limit=ready_limit))
        as_expected = target.exit_status() == exit_status
        trace = target.finish()
    except (TraceIncompleteError, OriginalExitedError, EngineOperationError):
        as_expected, trace = False, target.seen()
    missing = tuple(
        _executed(path, result.probe.name)
        for result in results
        if result.probe.program and result.exit_status in COMMAND_MISSING
        if (path := program(result.probe.program))
    )
    return Observation(
        trace=replace(trace, sightings=(*trace.sightings, *missing)),
        passed=as_expected and all(result.passed for result in results),
        results=tuple(results),
        logs=target.logs(),
    )


def _not_started(*paths: str, logs: str) -> Observation:
    """Nothing ran: these paths are what was looked up for it in vain, as far as is known."""
    sightings = tuple(_executed(path, "boot") for path in paths if path)
    return Observation(
        trace=replace(_NOTHING, sightings=sightings), passed=False, results=(), logs=logs
    )


def _executed(path: str, phase: str) -> Sighting:
    return Sighting(path=path, access=Access.EXECUTE, phase=phase, program="", source=Source.NOTIFY)
