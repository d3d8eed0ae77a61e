"""All probes of a run in their order, and the image's own HEALTHCHECK among them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slimmer.probing.kinds import ExecProbe
from slimmer.probing.prober import Prober
from slimmer.values import Probe, ProbeResult

HEALTHCHECK = "healthcheck"
"""The name of the probe that is made from the image's HEALTHCHECK."""
# Docker looks at the Shell of the container here, which is never the image's: an image's SHELL is
# not what a check in shell form runs in (runconfig.merge, daemon/health.go). Podman runs `sh -c`.
_SHELL = ("/bin/sh", "-c")
# The engine's defaults, in nanoseconds and times.
_INTERVAL, _RETRIES = 30e9, 3
# Seconds; an engine waits for a minute and a half.
_LONGEST_UNHEALTHY = 10.0


def healthcheck_probe(config: Mapping[str, Any]) -> ExecProbe | None:
    """The image's HEALTHCHECK as an exec probe; None where it has none.

    `config` is the image's `config` object. A check in shell form runs in `/bin/sh`, whatever
    SHELL says, as the engine runs it. As the engine lets a check fail for a while, so does the
    probe, for 10 s at most: of several daemons of a container the last may still be starting.
    """
    check = config.get("Healthcheck") or {}
    test = check.get("Test") or ()
    within = min(_LONGEST_UNHEALTHY, _seconds_until_unhealthy(check))
    match list(test):
        case ["CMD", *command] if command:
            return ExecProbe(name=HEALTHCHECK, command=tuple(command), within=within)
        case ["CMD-SHELL", line]:
            return ExecProbe(name=HEALTHCHECK, command=(*_SHELL, line), within=within)
        case _:
            return None


def _seconds_until_unhealthy(check: Mapping[str, Any]) -> float:
    """For how long the engine takes no failure for one; its own values where none are given."""
    start, interval = check.get("StartPeriod") or 0, check.get("Interval") or _INTERVAL
    return float(start + interval * ((check.get("Retries") or _RETRIES) - 1)) / 1e9


def in_order(probes: Iterable[Probe], healthcheck: Probe | None) -> tuple[Probe, ...]:
    """The probes with the healthcheck where it observes readiness best: in front, but behind
    probes that lead, as those by HTTP do, and plans that begin with one."""
    probes = tuple(probes)
    if healthcheck is None:
        return probes
    count = 0
    for _, group in itertools.groupby(probes, key=lambda probe: probe.plan):
        steps = list(group)
        leading = len(list(itertools.takewhile(lambda step: step.leads, steps)))
        count += len(steps) if steps[0].plan and leading else leading
        if not leading or (not steps[0].plan and leading < len(steps)):
            break
    return (*probes[:count], healthcheck, *probes[count:])


def is_independent_command(probe: Probe) -> bool:
    """Whether the probe could as well be the command of a container of its own."""
    return bool(probe.program) and not probe.plan


def phases_of(probes: Sequence[Probe]) -> tuple[str, ...]:
    """The phase of each probe. The very first has one of its own even where it begins a plan: it
    is repeated while the application boots."""
    return tuple(
        probe.phase if number and probe.phase else probe.name for number, probe in enumerate(probes)
    )


def exercise(
    prober: Prober,
    probes: Iterable[Probe],
    *,
    ready_limit: float,
    busy_limit: float = 0.0,
    begin: Callable[[str], None] = lambda _: None,
    done: Callable[[ProbeResult], None] = lambda _: None,
    failed: Callable[[ProbeResult], None] = lambda _: None,
    go_on: bool = False,
) -> tuple[ProbeResult, ...]:
    """Run the probes one after the other, those of a parallel group side by side, and those that
    stand alone as many at a time as the prober has workers; the first is repeated until the
    application is ready.

    `begin` is told of each phase before it begins, `done` of each result, `failed` of the attempts
    before the application was ready. After the first probe
    has failed, no other is tried: the application is not there. Nor are the later steps of a plan
    of which one has failed. `go_on`: all are tried in any case.
    """
    probes = tuple(probes)
    results: list[ProbeResult] = []
    failed_plans: set[str] = set()
    phase = ""
    for group, its_phase in _groups(probes, side_by_side=prober.workers > 1):
        if group[0].plan in failed_plans and not go_on:
            continue
        if its_phase != phase:
            phase = its_phase
            begin(phase)
        if not results:
            first = prober.until_ready(
                group[0], limit=ready_limit, busy_limit=busy_limit, failed=failed
            )
            fresh = [first]
        elif len(group) == 1:
            fresh = [prober.in_time(group[0])]
        else:
            workers = len(group) if group[0].beside else prober.workers
            with ThreadPoolExecutor(workers, "parallel steps") as pool:
                fresh = list(pool.map(prober.in_time, group))
        for result in fresh:
            results.append(result)
            done(result)
            if not result.passed and result.probe.plan and not result.probe.optional:
                failed_plans.add(result.probe.plan)
        if len(results) == 1 and not results[0].passed and not go_on:
            break
    return tuple(results)


def _groups(probes: Sequence[Probe], *, side_by_side: bool) -> Iterator[tuple[list[Probe], str]]:
    """(probes that run side by side, their phase); the first probe is always alone. Of several
    that stand alone nobody could tell who used a file: they have one phase. A signal, and a line
    of the log, mean nothing but between what comes before and behind them."""
    phases = phases_of(probes)
    numbered = enumerate(zip(probes, phases, strict=True))

    def key(item: tuple[int, tuple[Probe, str]]) -> object:
        number, (probe, phase) = item
        if number and probe.beside:
            return (probe.plan, phase, probe.beside)
        has_a_place = probe.plan or probe.keeps_place
        return "" if number and side_by_side and not has_a_place else number

    for _, items in itertools.groupby(numbered, key=key):
        group, its_phases = zip(*(pair for _, pair in items), strict=True)
        phase = its_phases[0]
        more = len(group) - 1
        yield list(group), phase if phase == its_phases[-1] else f"{phase} and {more} more"
