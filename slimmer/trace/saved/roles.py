"""The saved traces of an image's roles as one: side by side, where `merging` has runs of the same
thing one upon the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from slimmer.trace.saved.saved import SavedRole, SavedTrace, SeenPath, Use
from slimmer.values import in_role


def of_roles(traces: Sequence[tuple[str, SavedTrace]]) -> SavedTrace:
    """(name, trace) of each role of one original, all of the same number of runs → one trace of
    that number of runs, in which each phase has its role in front. The trace itself where the only
    one is of no named role."""
    first = traces[0][1]
    if len(traces) == 1 and not traces[0][0]:
        return first
    sources = frozenset(source for _, each in traces for source in each.sources)
    missing = frozenset(source for _, each in traces for source in each.missing_sources)
    return SavedTrace(
        identity=first.identity,
        runs=first.runs,
        sources=sources,
        missing_sources=missing - sources,
        as_entitled=all(each.as_entitled for _, each in traces),
        port=None,
        ready_within=max(each.ready_within for _, each in traces),
        exit_status=None,
        notes=tuple(dict.fromkeys(in_role(name, note) for name, t in traces for note in t.notes)),
        probes=(),
        roles=tuple(
            SavedRole(
                name=name,
                port=each.port,
                ready_within=each.ready_within,
                exit_status=each.exit_status,
                probes=each.probes,
            )
            for name, each in traces
        ),
        phases=tuple(in_role(name, phase) for name, each in traces for phase in each.phases),
        calls=tuple(
            sorted(
                replace(call, phase=in_role(name, call.phase))
                for name, each in traces
                for call in each.calls
            )
        ),
        paths=_paths(traces),
    )


def _paths(traces: Sequence[tuple[str, SavedTrace]]) -> dict[str, SeenPath]:
    found: dict[str, SeenPath] = {}
    for name, each in traces:
        for path, seen in each.paths.items():
            uses = _uses(name, seen.uses)
            known = found.get(path)
            if known is not None:
                uses |= known.uses
                seen = replace(seen, runs=max(seen.runs, known.runs))
            found[path] = replace(seen, uses=uses)
    return dict(sorted(found.items()))


def _uses(role: str, uses: Mapping[Use, int]) -> dict[Use, int]:
    return {replace(use, phase=in_role(role, use.phase)): count for use, count in uses.items()}
