"""`slim report`: the page of a report, made again."""

from __future__ import annotations

from pathlib import Path

import click

from slimmer.explain import add_instructions
from slimmer.report import read_whole_report, write_page
from slimmer.words import printable


@click.command(short_help="Make the page of a report again; with the instructions, if asked.")
@click.argument("place", metavar="FILE|DIR", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--layers",
    is_flag=True,
    help="Read the original's layers, and show what each instruction brought.",
)
@click.option(
    "--original",
    type=click.Path(exists=True),
    metavar="FILE.tar|DIR",
    help="With --layers: where the original is. Default: the engine has it.",
)
def report(place: Path, layers: bool, original: str | None) -> None:
    """Make report.html again from a report.json, or from the one in a folder; reports of before
    get the page of today.

    With --layers the original is read once, and both files also tell what of each instruction of
    its Dockerfile was used, kept and dropped.

    \b
      slim report slim-report/my-app_latest-slim
      slim report slim-report/my-app_latest-slim --layers
    """
    if original and not layers:
        raise click.UsageError("--original is for --layers")
    told = read_whole_report(place)
    if layers:
        source = original or told.original.reference
        click.echo(printable(f"reading the layers of {source} …"), err=True)
        told = add_instructions(told, place, original=original or "")
    click.echo(write_page(told, place, anew=layers))
