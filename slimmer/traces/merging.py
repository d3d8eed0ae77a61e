"""Several traces of one original → their union, each sighting with the number of its runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TypeVar

from slimmer.errors import TraceFileError
from slimmer.model import Probe, Repair
from slimmer.traces.saved import BOOT, SHUTDOWN, SavedTrace, SeenPath

T = TypeVar("T")


def merge(traces: Sequence[SavedTrace]) -> SavedTrace:
    """The union of at least one trace; what only one of them can say (the original's name, facts
    of a path that was another one) is said by the first.

    The sightings and their counts do not depend on the order of the traces, nor on which are
    merged first. Raises TraceFileError where two traces call different probes by one name.
    """
    return reduce(_both, traces)


def _both(one: SavedTrace, other: SavedTrace) -> SavedTrace:
    sources = one.sources | other.sources
    return SavedTrace(
        identity=one.identity,
        runs=one.runs + other.runs,
        sources=sources,
        missing_sources=(one.missing_sources | other.missing_sources) - sources,
        port=one.port if one.port is not None else other.port,
        ready_within=max(one.ready_within, other.ready_within),
        exit_status=one.exit_status if one.exit_status == other.exit_status else None,
        notes=_union(one.notes, other.notes),
        probes=_probes(one.probes, other.probes),
        phases=_phases(_union(one.phases, other.phases)),
        repairs=_repairs((*one.repairs, *other.repairs)),
        paths=_paths(one.paths, other.paths),
    )


def _union(one: Iterable[T], other: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _repairs(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    by_path: dict[str, Repair] = {}
    for repair in repairs:
        by_path.setdefault(repair.path, repair)
    return tuple(by_path[path] for path in sorted(by_path))


def _probes(one: Iterable[Probe], other: Iterable[Probe]) -> tuple[Probe, ...]:
    named: dict[str, Probe] = {}
    for probe in (*one, *other):
        if named.setdefault(probe.name, probe) != probe:
            raise TraceFileError(
                f"the traces call two different probes `{probe.name}`",
                hint="give one of them another name (`name:` in slim.yaml) and save it again",
            )
    return tuple(named.values())


def _phases(phases: tuple[str, ...]) -> tuple[str, ...]:
    between = tuple(phase for phase in phases if phase not in (BOOT, SHUTDOWN))
    first = (BOOT,) if BOOT in phases else ()
    last = (SHUTDOWN,) if SHUTDOWN in phases else ()
    return (*first, *between, *last)


def _paths(one: Mapping[str, SeenPath], other: Mapping[str, SeenPath]) -> dict[str, SeenPath]:
    merged: dict[str, SeenPath] = {}
    for path in sorted({*one, *other}):
        here, there = one.get(path), other.get(path)
        if here is None or there is None:
            seen = here or there
            assert seen is not None
            merged[path] = seen
            continue
        merged[path] = SeenPath(
            fact=here.fact,
            runs=here.runs + there.runs,
            uses=Counter(here.uses) + Counter(there.uses),
        )
    return merged
