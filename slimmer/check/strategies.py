"""What a stricter strategy would have kept, told from the reasons of what was kept. Pure.

A path stays if one of its reasons is of a rule that the strategy asks, and the path that led to it
stays as well. What a wider strategy would keep beyond it, no reason can tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from slimmer.ecosystems import RULEBOOK
from slimmer.values import Reason, Strategy

_ORDER = list(Strategy)
"""From the smallest image to the largest."""


def kept_by(strategy: Strategy, reasons: Mapping[str, Iterable[Reason]]) -> set[str]:
    """Those of the paths that the strategy keeps as well. What is no rule's (`--include`, a repair,
    what slimmer has made) is kept by each."""
    not_asked = {rule.name for rule in RULEBOOK.rules if strategy not in rule.strategies}
    leads_to: defaultdict[str, list[str]] = defaultdict(list)
    waiting = []
    for path, given in reasons.items():
        for reason in given:
            if reason.rule in not_asked:
                continue
            if reason.because and reason.because in reasons and reason.because != path:
                leads_to[reason.because].append(path)
            else:
                waiting.append(path)
    kept: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path not in kept:
            kept.add(path)
            waiting += leads_to[path]
    return kept


def sizes_by_strategy(
    built_with: Strategy, reasons: Mapping[str, Iterable[Reason]], sizes: Mapping[str, int]
) -> dict[str, int]:
    """Strategy → bytes, for those that keep less than the one that an image was built with."""
    return {
        each.value: sum(sizes.get(path, 0) for path in kept_by(each, reasons))
        for each in _ORDER[: _ORDER.index(built_with)]
    }
