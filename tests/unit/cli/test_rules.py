"""`slim rules`, and the ways in which a user names rules."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from slimmer.cli.rules import rules
from slimmer.ecosystems import RULEBOOK
from slimmer.options import read_options
from slimmer.values import Strategy


def test_every_rule_is_listed_with_its_strategies_and_summary() -> None:
    lines = CliRunner().invoke(rules).output.splitlines()
    assert [line.split()[0] for line in lines] == [rule.name for rule in RULEBOOK.rules]
    listed = dict(zip((rule.name for rule in RULEBOOK.rules), lines, strict=True))
    assert " all " in listed["trace"]
    assert " balanced, safe " in listed["python-library"]
    assert all(listed[rule.name].endswith(rule.summary) for rule in RULEBOOK.rules)


def test_the_list_can_be_that_of_one_strategy() -> None:
    output = CliRunner().invoke(rules, ["--strategy", "minimal", "--json"]).output
    listed = {row["name"] for row in json.loads(output)}
    assert listed == {rule.name for rule in RULEBOOK.rules if Strategy.MINIMAL in rule.strategies}


def test_slim_yaml_names_rules(tmp_path: Path) -> None:
    file = tmp_path / "slim.yaml"
    file.write_text("strategy: safe\nrules: zone-info\nwithout_rules: [fonts, jars]\n")
    options = read_options(file)
    assert options.strategy is Strategy.SAFE
    assert options.rules == ("zone-info",)
    assert options.without_rules == ("fonts", "jars")


def test_the_page_on_strategies_tells_every_rule() -> None:
    page = Path(__file__).parents[3] / "docs/strategies.md"
    text = page.read_text("utf-8")
    for rule in RULEBOOK.rules:
        assert f"| `{rule.name}` | {rule.summary} |" in text
