"""`slim self-check`: whether all of slimmer is here."""

from __future__ import annotations

import click

from slimmer.cli.doctor import tell_findings
from slimmer.upkeep import examine_installation


@click.command(short_help="Check that slimmer itself is installed whole.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on stdout.")
def self_check(as_json: bool) -> None:
    """Load every module, look for what they need, and run the sensor. No engine is asked.

    `slim doctor` tells what this machine's engine allows.
    """
    tell_findings(examine_installation(), as_json, "slimmer is not installed whole")
