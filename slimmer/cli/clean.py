"""`slim clean`: remove what a crashed run left behind."""

from __future__ import annotations

import click

from slimmer.engine import connect
from slimmer.upkeep import find_leftovers, remove_leftovers


@click.command(short_help="Remove what a killed run left behind.")
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also what runs of other machines, or runs that still go on, own.",
)
def clean(dry_run: bool, everything: bool) -> None:
    """Remove what crashed runs left behind.

    That is containers, unfinished images and folders, and the networks and volumes of compose
    services.

    Runs clean up after themselves, even when they fail or are interrupted; this is for those
    that were killed. Finished images are never touched.
    """
    engine = connect()
    leftovers = find_leftovers(engine, everything=everything)
    verb = "would remove" if dry_run else "removed"
    if not dry_run:
        remove_leftovers(engine, leftovers)
    for container, role in leftovers.containers:
        click.echo(f"{verb} container {container[:12]} ({role})")
    for _, name in leftovers.networks:
        click.echo(f"{verb} network {name}")
    for volume in leftovers.volumes:
        click.echo(f"{verb} volume {volume}")
    for image in leftovers.images:
        click.echo(f"{verb} unfinished image {image}")
    for folder in leftovers.folders:
        click.echo(f"{verb} folder {folder}")
    if leftovers.empty:
        click.echo("nothing to remove")
    if leftovers.skipped:
        click.echo(
            f"left alone: {leftovers.skipped} container(s) of runs that go on or that another "
            "machine owns (--all removes them too)",
            err=True,
        )
