"""`slim doctor`: what works on this machine, what does not, what to do."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

import click

from slimmer.errors import DoctorFindings
from slimmer.upkeep import Finding, State, examine_machine
from slimmer.words import printable

_MARKS = {
    State.GOOD: ("✓", "green"),
    State.LIMITED: ("!", "yellow"),
    State.BROKEN: ("✗", "red"),
}


@click.command(short_help="Check what this machine's engine allows.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on stdout.")
def doctor(as_json: bool) -> None:
    """Check engine, kernel, capabilities and disk, and trace a tiny container for real."""
    tell_findings(examine_machine(), as_json, "no build can work here")


def tell_findings(looked_at: Iterable[Finding], as_json: bool, verdict: str) -> None:
    """Each as soon as it is known. Raises DoctorFindings with the verdict where one is broken."""
    findings = []
    for finding in looked_at:
        findings.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        rows = [{**dataclasses.asdict(each), "state": each.state.value} for each in findings]
        click.echo(json.dumps(rows, indent=2))
    broken = [finding for finding in findings if finding.state is State.BROKEN]
    if broken:
        raise DoctorFindings(
            f"{verdict}: {broken[0].subject}: {broken[0].found}",
            hint=broken[0].advice,
        )


def _print(finding: Finding) -> None:
    mark, color = _MARKS[finding.state]
    click.secho(f"{mark} ", fg=color, nl=False)
    click.echo(printable(f"{finding.subject}: {finding.found}"))
    if finding.advice:
        click.secho(f"    {printable(finding.advice)}", fg=color)
