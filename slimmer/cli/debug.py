"""`slim debug`: looking into what slimmer wrote."""

from __future__ import annotations

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
