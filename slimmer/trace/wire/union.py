"""The traced runs of an image's roles as one trace."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from slimmer.values import Source, Trace, in_role


def union(traces: Iterable[tuple[str, Trace]]) -> Trace:
    """(role, its trace) for each role → what all of them saw, phases with their role in front. The
    trace itself where the only one is of no named role."""
    traces = tuple(traces)
    if len(traces) == 1 and not traces[0][0]:
        return traces[0][1]
    sources = frozenset[Source]().union(*(trace.sources for _, trace in traces))
    missing = {
        source: reason
        for _, trace in traces
        for source, reason in trace.missing_sources.items()
        if source not in sources
    }
    statuses = {trace.exit_status for _, trace in traces}
    return Trace(
        sources=sources,
        missing_sources=missing,
        as_entitled=all(trace.as_entitled for _, trace in traces),
        phases=tuple(in_role(role, phase) for role, trace in traces for phase in trace.phases),
        sightings=tuple(
            dataclasses.replace(sighting, phase=in_role(role, sighting.phase))
            for role, trace in traces
            for sighting in trace.sightings
        ),
        exit_status=statuses.pop() if len(statuses) == 1 else None,
        calls=tuple(
            dataclasses.replace(call, phase=in_role(role, call.phase))
            for role, trace in traces
            for call in trace.calls
        ),
        records=sum(trace.records for _, trace in traces),
    )
