"""Which rules are asked: by strategy, and by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.ecosystems import RULEBOOK
from slimmer.errors import UsageError
from slimmer.keep import check_rule_names
from slimmer.values import Strategy
from tests.unit.keep.image_tree import ImageTree, rules_of, seen


def test_each_strategy_asks_all_rules_of_the_smaller_ones() -> None:
    asked = {
        strategy: {rule.name for rule in RULEBOOK.rules if strategy in rule.strategies}
        for strategy in Strategy
    }
    assert asked[Strategy.MINIMAL] < asked[Strategy.BALANCED] < asked[Strategy.SAFE]


def test_minimal_asks_the_rules_of_the_closure_alone(tree: ImageTree) -> None:
    tree.add("/usr/share/zoneinfo/Asia/Tokyo")
    tree.add("/app/main.py")
    tree.add("/app/other.py")
    assert set(tree.decide(*seen("/app/main.py")).reasons) == {"/", "/app", "/app/main.py"}


def test_a_rule_can_be_asked_whatever_the_strategy(tree: ImageTree) -> None:
    tree.add("/usr/share/zoneinfo/Asia/Tokyo")
    kept = tree.decide(with_rules=frozenset({"zone-info"}))
    assert rules_of(kept, "/usr/share/zoneinfo/Asia/Tokyo") == {"zone-info"}
    both = tree.decide(with_rules=frozenset({"zone-info"}), without_rules=frozenset({"zone-info"}))
    assert "/usr/share/zoneinfo" not in both.reasons


def test_a_rule_that_does_not_exist_is_refused_with_the_nearest_one() -> None:
    check_rule_names((rule.name for rule in RULEBOOK.rules), RULEBOOK)
    with pytest.raises(UsageError) as raised:
        check_rule_names(["zone-infos"], RULEBOOK)
    assert raised.value.hint == "did you mean zone-info?"


@pytest.mark.parametrize(
    "name", sorted(rule.name for rule in RULEBOOK.rules if rule.strategies != frozenset(Strategy))
)
def test_each_rule_has_a_test_that_fails_without_it(name: str) -> None:
    """`ImageTree.gained` compares a decision with the rule to one without it."""
    sources = [path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    calls = [call for source in sources for call in source.split(".gained(")[1:]]
    assert any(call.lstrip().startswith(f'"{name}"') for call in calls)
