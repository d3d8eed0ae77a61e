"""`slim rules`: why a path may be kept, one line per rule."""

from __future__ import annotations

import json

import click

from slimmer.ecosystems import RULEBOOK
from slimmer.values import Strategy


@click.command(short_help="List the rules that decide what is kept.")
@click.option(
    "--strategy",
    type=click.Choice([strategy.value for strategy in Strategy]),
    help="Only the rules that this strategy asks.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the rules as JSON on stdout.")
def rules(strategy: str | None, as_json: bool) -> None:
    """List the rules that decide what is kept: name, strategies, what it keeps.

    A rule is switched on or off with `slim build --rule NAME` and `--no-rule NAME`.
    """
    listed = [
        rule for rule in RULEBOOK.rules if not strategy or Strategy(strategy) in rule.strategies
    ]
    rows = [
        {
            "name": rule.name,
            # In the order of Strategy: from the smallest image to the largest.
            "strategies": [each.value for each in Strategy if each in rule.strategies],
            "summary": rule.summary,
        }
        for rule in listed
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    name_width = max(len(rule.name) for rule in listed)
    strategies = [
        "all" if rule.strategies == frozenset(Strategy) else ", ".join(row["strategies"])
        for rule, row in zip(listed, rows, strict=True)
    ]
    strategy_width = max(map(len, strategies))
    for rule, named in zip(listed, strategies, strict=True):
        click.echo(f"{rule.name:{name_width}}  {named:{strategy_width}}  {rule.summary}")
