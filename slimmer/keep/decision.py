"""The keep-set as a fixpoint: rules ask, the ledger keeps, rules see what is fresh and ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches

from slimmer.errors import UsageError
from slimmer.files import PathGlobs
from slimmer.keep.ledger import Ledger
from slimmer.keep.request import KeepRequest
from slimmer.keep.rule import Context, Rule, Rulebook
from slimmer.keep.rules.application import application_files
from slimmer.keep.startable import unstartable
from slimmer.values import Entry, EntryType, HeavyOmission, KeepSet, Reason


class OvertakenError(Exception):
    """Nobody waits for this decision any more."""


def decide(
    request: KeepRequest,
    rulebook: Rulebook,
    *,
    is_overtaken: Callable[[], bool] = lambda: False,
) -> KeepSet:
    """What stays of the original, with reasons.

    Raises UsageError where `--include` names something that does not exist, whatever fetching
    content raises, and OvertakenError soon after `is_overtaken` holds. Content of every kept
    regular file is fetched on return.
    """
    context = Context(request, rulebook)
    ledger = Ledger(
        request.index, PathGlobs(request.excludes), withheld=PathGlobs(request.withheld)
    )
    rules = [rule(context) for rule in rulebook.rules if is_asked(rule, request)]
    run_rules(context, rules, ledger, is_overtaken)
    return KeepSet(
        reasons=ledger.reasons(),
        excluded=tuple(sorted(ledger.excluded)),
        notes=tuple(note for rule in rules for note in rule.notes(ledger.kept)),
        heavy=_largest_first(each for rule in rules for each in rule.heavy(ledger.kept)),
        unstartable=unstartable(context, ledger.kept),
        application=application_files(context),
    )


def union_of(kept: Sequence[KeepSet]) -> KeepSet:
    """What any of the keep-sets of one original has, with the reasons of all."""
    if len(kept) == 1:
        return kept[0]
    reasons: dict[str, tuple[Reason, ...]] = {}
    for path, more in (item for each in kept for item in each.reasons.items()):
        reasons[path] = tuple(dict.fromkeys((*reasons.get(path, ()), *more)))
    excluded = {path for each in kept for path in each.excluded}
    return KeepSet(
        reasons=dict(sorted(reasons.items())),
        excluded=tuple(sorted(excluded - reasons.keys())),
        notes=tuple(dict.fromkeys(note for each in kept for note in each.notes)),
        heavy=_largest_first(
            omission for each in kept for omission in each.heavy if omission.include not in reasons
        ),
        unstartable=tuple(
            sorted(
                {one for each in kept for one in each.unstartable if one.missing not in reasons},
                key=lambda one: one.path,
            )
        ),
        application=frozenset().union(*(each.application for each in kept)),
    )


def _largest_first(found: Iterable[HeavyOmission]) -> tuple[HeavyOmission, ...]:
    """Each once, though several rules may have left it out."""
    by_name: dict[str, HeavyOmission] = {}
    for each in found:
        by_name.setdefault(each.what, each)
    return tuple(sorted(by_name.values(), key=lambda each: (-each.size, each.what)))


def check_rule_names(names: Iterable[str], rulebook: Rulebook) -> None:
    """Raises UsageError for the first name that no rule has."""
    known = [rule.name for rule in rulebook.rules]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UsageError(
                f"there is no rule `{name}`",
                hint=f"did you mean {near[0]}?" if near else "`slim rules` lists them all",
            )


def is_asked(rule: type[Rule], request: KeepRequest) -> bool:
    """Whether the request's strategy, or the user, asks the rule."""
    if rule.name in request.without_rules:
        return False
    return request.strategy in rule.strategies or rule.name in request.with_rules


def run_rules(
    context: Context,
    rules: Sequence[Rule],
    ledger: Ledger,
    is_overtaken: Callable[[], bool] = lambda: False,
) -> None:
    """Rounds until nothing new is kept. The index is finite, so there is an end."""
    context.bystanders = ledger.bystanders
    context.own_files.claimed = frozenset(path for rule in rules for path in rule.claims())
    for rule in rules:
        for want in rule.begin():
            ledger.keep(want, rule.name)
    fresh = ledger.take_fresh()
    also = [path for rule in rules for path in rule.reads()]
    while fresh:
        context.content.fetch(_readable(fresh, context, also))
        also = []
        for rule in rules:
            if is_overtaken():
                raise OvertakenError
            for want in rule.follow(fresh):
                ledger.keep(want, rule.name)
        fresh = ledger.take_fresh()


def _readable(fresh: Iterable[Entry], context: Context, also: Iterable[str]) -> list[str]:
    """Regular files, as real paths. All that is kept is packed later, so fetching whole files
    costs nothing that would not be paid then."""
    others = (context.index.resolve(path).entry for path in also)
    return [
        entry.path
        for entry in (*fresh, *others)
        if entry is not None and entry.type is EntryType.FILE
    ]
