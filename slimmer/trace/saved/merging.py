"""Several traces of one original → their union, each sighting with the number of its runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TypeVar

from slimmer.errors import TraceFileError
from slimmer.trace.saved.saved import BOOT, SHUTDOWN, SavedRole, SavedTrace, SeenPath
from slimmer.values import Probe, Repair, in_role

T = TypeVar("T")


def merge(traces: Sequence[SavedTrace]) -> SavedTrace:
    """The union of at least one trace; what only one of them can say (the original's name, facts
    of a path that was another one) is said by the first.

    The sightings and their counts do not depend on the order of the traces, nor on which are
    merged first. Raises TraceFileError where two traces call different probes by one name, and
    where only one of them has roles.
    """
    return reduce(_both, traces)


def _both(one: SavedTrace, other: SavedTrace) -> SavedTrace:
    if bool(one.roles) != bool(other.roles):
        raise TraceFileError(
            "one of the traces is of an image's roles, and the other of the image as a whole",
            hint="trace both with the same `roles` in slim.yaml, or both without",
        )
    sources = one.sources | other.sources
    roles = _roles(one.roles, other.roles)
    return SavedTrace(
        identity=one.identity,
        runs=one.runs + other.runs,
        sources=sources,
        missing_sources=(one.missing_sources | other.missing_sources) - sources,
        as_entitled=one.as_entitled and other.as_entitled,
        port=one.port if one.port is not None else other.port,
        ready_within=max(one.ready_within, other.ready_within),
        exit_status=one.exit_status if one.exit_status == other.exit_status else None,
        notes=_union(one.notes, other.notes),
        probes=_probes(one.probes, other.probes),
        roles=roles,
        phases=_phases(_union(one.phases, other.phases), tuple(role.name for role in roles)),
        repairs=_repairs((*one.repairs, *other.repairs)),
        calls=tuple(sorted({*one.calls, *other.calls})),
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
        known = named.setdefault(probe.name, probe)
        try:
            named[probe.name] = known.joined(probe)
        except ValueError as error:
            raise TraceFileError(
                f"the traces call two different probes `{probe.name}`"
                + (f": {error}" if error.args else ""),
                hint="give one of them another name (`name:` in slim.yaml), or let both runs ask "
                "for the same, and save it again",
            ) from error
    return tuple(named.values())


def _roles(one: Iterable[SavedRole], other: Iterable[SavedRole]) -> tuple[SavedRole, ...]:
    by_name: dict[str, SavedRole] = {}
    for role in (*one, *other):
        known = by_name.get(role.name, role)
        by_name[role.name] = SavedRole(
            name=role.name,
            port=known.port if known.port is not None else role.port,
            ready_within=max(known.ready_within, role.ready_within),
            exit_status=known.exit_status if known.exit_status == role.exit_status else None,
            probes=_probes(known.probes, role.probes),
        )
    return tuple(by_name.values())


def _phases(phases: tuple[str, ...], roles: tuple[str, ...]) -> tuple[str, ...]:
    """Role by role, each from its boot to its shutdown."""
    ordered: list[str] = []
    for role in roles or ("",):
        own = [phase for phase in phases if phase.startswith(in_role(role, ""))]
        boot, shutdown = in_role(role, BOOT), in_role(role, SHUTDOWN)
        ordered += [boot] if boot in own else []
        ordered += [phase for phase in own if phase not in (boot, shutdown)]
        ordered += [shutdown] if shutdown in own else []
    return tuple(ordered)


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
