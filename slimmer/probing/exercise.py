"""All probes of a run in their order, and the image's own HEALTHCHECK among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from slimmer.model import CommandProbe, HttpProbe, Probe, ProbeResult, ReplayProbe
from slimmer.probing.prober import Prober

HEALTHCHECK = "healthcheck"
"""The name of the probe that is made from the image's HEALTHCHECK."""
_DEFAULT_SHELL = ("/bin/sh", "-c")


def healthcheck_probe(config: Mapping[str, Any]) -> CommandProbe | None:
    """The image's HEALTHCHECK as a command probe; None where it has none.

    `config` is the image's `config` object. A check in shell form runs in the image's SHELL,
    as the engine runs it.
    """
    test = (config.get("Healthcheck") or {}).get("Test") or ()
    match list(test):
        case ["CMD", *command] if command:
            return CommandProbe(name=HEALTHCHECK, command=tuple(command))
        case ["CMD-SHELL", line]:
            shell = tuple(config.get("Shell") or _DEFAULT_SHELL)
            return CommandProbe(name=HEALTHCHECK, command=(*shell, line))
        case _:
            return None


def in_order(probes: Iterable[Probe], healthcheck: CommandProbe | None) -> tuple[Probe, ...]:
    """The probes with the healthcheck where it observes readiness best: in front, but behind
    HTTP probes, whose first answer tells more."""
    probes = tuple(probes)
    if healthcheck is None:
        return probes
    count = 0
    while count < len(probes) and isinstance(probes[count], HttpProbe | ReplayProbe):
        count += 1
    return (*probes[:count], healthcheck, *probes[count:])


def exercise(
    prober: Prober,
    probes: Iterable[Probe],
    *,
    ready_limit: float,
    begin: Callable[[Probe], None] = lambda _: None,
    done: Callable[[ProbeResult], None] = lambda _: None,
) -> tuple[ProbeResult, ...]:
    """Run the probes one after the other; the first is repeated until the application is ready.

    `begin` is told of each probe before it runs, `done` of each result. After the first probe
    has failed, no other is tried: the application is not there.
    """
    results: list[ProbeResult] = []
    for probe in probes:
        begin(probe)
        result = prober.once(probe) if results else prober.until_ready(probe, limit=ready_limit)
        results.append(result)
        done(result)
        if len(results) == 1 and not result.passed:
            break
    return tuple(results)
