"""`slim plans`: the ready plans for well-known servers."""

from __future__ import annotations

import json

import click

from slimmer.options import read_plan, ready_plans


@click.command(short_help="List the ready plans for well-known servers.")
@click.option("--json", "as_json", is_flag=True, help="Print the plans as JSON on stdout.")
def plans(as_json: bool) -> None:
    """List the ready plans: name, what each exercises, and the values that it takes.

    `slim build IMAGE --plan NAME` sends the steps of one; `--plan-value NAME=VALUE` sets a value.
    """
    listed = [(name, read_plan(str(file))) for name, file in ready_plans().items()]
    if as_json:
        rows = [
            {
                "name": name,
                "summary": plan.summary,
                "values": dict(plan.values),
                "phases": list(dict.fromkeys(step.phase for step in plan.steps)),
                "steps": len(plan.steps),
            }
            for name, plan in listed
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(len(name) for name, _ in listed)
    for name, plan in listed:
        click.echo(f"{name:{width}}  {plan.summary}")
        if plan.values:
            click.echo(f"{'':{width}}  values: {', '.join(plan.values)}")
