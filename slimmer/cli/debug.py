"""`slim debug`: looking into what slimmer wrote."""

from __future__ import annotations

import socket
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


@debug.command("fleet-builds", hidden=True)
def fleet_builds() -> None:
    """Do builds, each in a fork of this process, as the worker at the other end of stdin asks."""
    from slimmer.fleet import serve_builds  # other commands do not pay for it

    with socket.socket(fileno=sys.stdin.fileno()) as control:
        serve_builds(control)
