"""`slim fleet`: many images, through any number of engines."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click

from slimmer.cli.failure import errors_as_json
from slimmer.disk import exists
from slimmer.errors import FleetBuildsError, InterruptedRunError, UsageError
from slimmer.progress import told_if_slow
from slimmer.words import comparison, count, printable, size


@click.command(short_help="Build many images on one or several engines.")
@click.argument(
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("fleet.yaml"),
)
@click.option(
    "--engine",
    "engines",
    multiple=True,
    metavar="HOST…",
    help="Build on this engine, e.g. ssh://host; the first has the originals and gets the results.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    metavar="COUNT",
    help="Builds at a time on each engine. [1]",
)
@click.option(
    "--scheduler",
    default="",
    metavar="tcp://HOST:PORT",
    help="Use the workers of this Dask scheduler.",
)
@click.option(
    "--share",
    default="",
    metavar="auto|off|IMAGE",
    help="Let images of one base stand on what they have in common, or on IMAGE. [auto]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("slim-fleet"),
    metavar="DIR",
    help="Where state and reports go. [slim-fleet]",
)
@click.option("--fresh", is_flag=True, help="Build unchanged images again, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="No progress; errors are still told.")
def fleet(
    file: Path,
    engines: tuple[str, ...],
    workers: int,
    scheduler: str,
    share: str,
    output: Path,
    fresh: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Build the images that FILE lists: names, patterns, compose files, slim.yaml files.

    What was built before is passed over unless the original, its options or its saved trace has
    changed; a run that was interrupted goes on where it was. A build that fails ends no other, and
    the command ends with exit code 61 then.

    \b
      slim fleet
      slim fleet fleet.yaml --engine unix:///var/run/docker.sock --engine ssh://builder
      slim fleet fleet.yaml --scheduler tcp://scheduler:8786
    """
    gc.enable()  # a fleet runs for hours, and leaves cycles behind
    with errors_as_json(as_json):
        if scheduler and (len(engines) > 1 or workers > 1):
            raise UsageError(
                "--scheduler has workers of its own, each with an engine",
                hint="of --engine, leave the one that has the originals; start more workers there",
            )
        if not exists(file):
            raise UsageError(
                f"there is no {file}",
                hint="write one: `images: [my-app:latest]` is enough; docs/fleet.md has the rest",
            )
        # What makes a cluster takes a second of processor time to be loaded.
        with told_if_slow(sys.stderr, lambda: f"{file} is being read"):
            from slimmer.fleet import FleetOptions, fleet_progress, read_fleet, run_fleet

            wishes = read_fleet(file)
        options = FleetOptions(
            output=output,
            engines=engines,
            workers=workers,
            scheduler=scheduler,
            share=share,
            fresh=fresh,
        )
        try:
            with fleet_progress(sys.stderr, quiet=quiet) as progress:
                report = run_fleet(wishes, options, progress)
        except KeyboardInterrupt as error:
            raise InterruptedRunError(
                "interrupted", hint="the same command goes on where it was"
            ) from error
    if as_json:
        sys.stdout.write((output / "fleet.json").read_text("ascii"))
    else:
        totals = report.totals
        if built := totals.images - totals.failed:
            click.echo(
                f"{count(built, 'image')}: {size(totals.size_before)} → {size(totals.size)}, "
                f"{comparison(totals.size_before, totals.size)}; a node that runs all pulls "
                f"{size(report.sharing.node)}"
            )
        click.echo(f"report: {printable(str(output / 'fleet.html'))}")
    if report.totals.failed:
        causes = "; ".join(
            f"{len(each.images)}: {each.cause} (exit code {each.exit_code})"
            for each in report.causes
        )
        raise FleetBuildsError(
            f"{count(report.totals.failed, 'build')} of {report.totals.images:,} failed: {causes}",
            hint=next((hint for each in report.causes for hint in each.hints), ""),
        )
