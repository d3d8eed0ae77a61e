"""Names of probes, which are unique within a run."""

from __future__ import annotations

import dataclasses
import itertools

from slimmer.values import Probe


def with_unique_names(probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    """The same probes, a number behind each name of a probe or a phase that occurred before."""
    seen: set[str] = set()
    phases: dict[tuple[str, str], str] = {}
    result: list[Probe] = []
    for probe in probes:
        phase = probe.phase
        if phase:
            key = (probe.plan, phase)
            if key not in phases:
                phases[key] = _unused(phase, seen)
            phase = phases[key]
        result.append(dataclasses.replace(probe, name=_unused(probe.name, seen), phase=phase))
    return tuple(result)


def _unused(name: str, seen: set[str]) -> str:
    numbered = (f"{name} #{count}" if count > 1 else name for count in itertools.count(1))
    free = next(each for each in numbered if each not in seen)
    seen.add(free)
    return free
