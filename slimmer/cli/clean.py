"""`slim clean`: remove what a crashed run left behind."""

from __future__ import annotations

import click

from slimmer.engine import connect
from slimmer.errors import EngineOperationError
from slimmer.upkeep import find_leftovers, remove_leftovers
from slimmer.words import count, printable


@click.command(short_help="Remove what a killed run left behind.")
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also what runs that still go on own, or runs of which that cannot be seen from here.",
)
def clean(dry_run: bool, everything: bool) -> None:
    """Remove what crashed runs left behind.

    That is containers, unfinished images and folders, and the networks and volumes of compose
    services.

    Folders are looked for in TMPDIR, as that of the run was.

    Runs clean up after themselves, even when they fail or are interrupted; this is for those
    that were killed. Finished images are never touched, nor containers of yours that were made
    from an image with labels of slimmer.

    Whether a run goes on can be seen in its own PID namespace only. From elsewhere (another
    container, another machine) only what is more than a day old and does not run is removed.
    """
    engine = connect()
    leftovers = find_leftovers(engine, everything=everything)
    left = frozenset[str]() if dry_run else remove_leftovers(engine, leftovers)
    verb = "would remove" if dry_run else "removed"
    for key, what in leftovers.lines.items():
        if key not in left:
            click.echo(printable(f"{verb} {what}"))
    if leftovers.empty:
        click.echo("nothing to remove")
    if leftovers.skipped:
        click.echo(f"left alone: {count(leftovers.skipped, 'thing')} of runs that go on", err=True)
    if leftovers.unknown:
        click.echo(
            f"left alone: {count(leftovers.unknown, 'thing')} of runs in another PID namespace or "
            "on another machine, which may go on (--all removes them too)",
            err=True,
        )
    if leftovers.foreign:
        click.echo(
            f"left alone: {count(leftovers.foreign, 'container')} with labels of slimmer that it "
            "did not make (docker commit takes labels along)",
            err=True,
        )
    if left:
        raise EngineOperationError(
            f"{count(len(left), 'thing')} could not be removed",
            hint="is something else using it? `docker ps --all` shows by which container an image "
            "is in use",
            details="\n".join(what for key, what in leftovers.lines.items() if key in left),
        )
