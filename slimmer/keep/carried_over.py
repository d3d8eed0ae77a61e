"""What a decision on an unfinished trace is worth once the trace is complete.

Rules ask which program used which path in what manner, and never in which phase. So where all that
came later had been seen before, as most applications do while they are stopped, the same is kept.
"""

from __future__ import annotations

from dataclasses import replace

from slimmer.keep.request import KeepRequest
from slimmer.keep.rules.trace import TraceRule, detail_of
from slimmer.values import KeepSet, Reason, Sighting


def carried_over(kept: KeepSet, earlier: KeepRequest, request: KeepRequest) -> KeepSet | None:
    """The keep-set of `request`, made of the one that an `earlier` request gave; None where it has
    to be decided anew."""
    before, now = earlier.trace.sightings, request.trace.sightings
    later = now[len(before) :]
    uses = {replace(sighting, phase="") for sighting in before}
    if (
        now[: len(before)] != before
        or _without_sightings(earlier) != _without_sightings(request)
        or not all(replace(sighting, phase="") in uses for sighting in later)
    ):
        return None
    reasons = dict(kept.reasons)
    for sighting in later:
        named = request.index.resolve(sighting.path).named
        if named is not None and named.path in reasons:
            reasons[named.path] = _with(reasons[named.path], sighting)
    return replace(kept, reasons=reasons)


def _without_sightings(request: KeepRequest) -> KeepRequest:
    """What else of a request decides. How a trace went on says nothing of what was seen in it."""
    trace = replace(request.trace, sightings=(), phases=(), exit_status=None, records=0, calls=())
    return replace(request, trace=trace)


def _with(reasons: tuple[Reason, ...], sighting: Sighting) -> tuple[Reason, ...]:
    """As the rules would have given them: the first of them goes through all that was seen. What
    was seen and yet gave no reason gives none now."""
    reason = Reason(rule=TraceRule.name, detail=detail_of(sighting))
    places = [place for place, each in enumerate(reasons) if each.rule == TraceRule.name]
    if not places or reason in reasons:
        return reasons
    behind = places[-1] + 1
    return (*reasons[:behind], reason, *reasons[behind:])
