"""`slim debug`: looking into what slimmer wrote."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from slimmer.trace.wire import describe_trace


@click.group()
def debug() -> None:
    """Look into the files that slimmer writes."""


@debug.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def trace(file: Path) -> None:
    """Print a trace FILE, one record per line, as strace would."""
    for line in describe_trace(file):
        click.echo(line)


@debug.command("fleet-build", hidden=True)
def fleet_build() -> None:
    """Do the job that stdin begins with: what a worker of `slim fleet` starts for each build."""
    from slimmer.fleet import build_here  # other commands do not pay for it

    build_here(sys.stdin.buffer, sys.stdout, sys.stderr)
