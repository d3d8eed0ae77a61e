"""Which rule that was not asked would have kept a path: what makes a repair lasting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from slimmer.keep.decision import decide, is_asked
from slimmer.keep.request import KeepRequest
from slimmer.keep.rule import Rulebook
from slimmer.values import KeepSet, Strategy

_MOST_RULES = 3
"""Each rule that comes into question is asked once: a decision takes a tenth of a second, and
fetches what it keeps."""


def rules_for(request: KeepRequest, rulebook: Rulebook, paths: Iterable[str]) -> dict[str, str]:
    """Path → the name of one rule of the next wider strategy that keeps it when it is asked
    besides those of the request; paths without any are left out."""
    request = replace(request, repairs=(), withheld=())
    order = list(Strategy)
    wider = order[order.index(request.strategy) + 1 :][:1]
    if not wider:
        return {}
    others = frozenset(rule.name for rule in rulebook.rules if not is_asked(rule, request))
    kept = decide(replace(request, strategy=wider[0]), rulebook)
    candidates = {path: _origin(kept, path, others) for path in paths if path in kept.reasons}
    found: dict[str, str] = {}
    for rule in list(dict.fromkeys(filter(None, candidates.values())))[:_MOST_RULES]:
        asked = replace(request, with_rules=request.with_rules | {rule})
        alone = decide(asked, rulebook).reasons
        found |= {path: rule for path, its in candidates.items() if its == rule and path in alone}
    return found


def _origin(kept: KeepSet, path: str, others: frozenset[str]) -> str:
    """The first of the other rules on the path's chain of reasons; empty where none is."""
    while path:
        for reason in kept.reasons[path]:
            if reason.rule in others:
                return reason.rule
        path = kept.reasons[path][0].because
    return ""
