"""`slim profile`: what of the kernel an application may call."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from pathlib import Path
from typing import Any

import click

from slimmer.cli.places import refuse_place
from slimmer.cli.table import GroupedCommand, table_options, texts_of
from slimmer.errors import UsageError
from slimmer.options import GROUPS, FileSettings, build_options, read_file
from slimmer.progress import console_progress

_OF_IMAGES = (
    *("image", "tag", "bases", "max_size", "output", "compression", "push", "push_debug"),
    *("debug", "report_directory", "sbom_in_image", "seccomp", "repair"),
    *("save_trace", "allow_drift"),
)
_NOT_HERE = ("What to keep",)
_OPTIONS = [
    option
    for heading, options in GROUPS.items()
    for option in options
    if heading not in _NOT_HERE and option.field not in _OF_IMAGES
]
"""Those of `slim build` that say how the original is run, exercised and tested."""
_STDOUT = Path("/dev/stdout")


@click.command(
    cls=GroupedCommand, short_help="Make a seccomp profile of what an image was seen to call."
)
@click.argument("image", required=False)
@table_options(_OPTIONS)
@click.option(
    "-f",
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Read this slim.yaml; flags win over it",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the profile here [stdout]",
)
@click.option("-q", "--quiet", is_flag=True, help="Print the profile only; errors are still told")
def profile(
    image: str | None,
    file: Path | None,
    output: Path | None,
    quiet: bool,
    **given: Any,
) -> None:
    """Write a seccomp profile that lets IMAGE call what it was seen to call, and little more.

    IMAGE is run and traced while probes exercise it, and has to pass the probes once more with the
    profile on. With --from-trace a saved trace is used, and nothing is run. Docker, Podman and
    Kubernetes take the file as it is.

    \b
      slim profile my-app:latest --http-probe /health -o my-app.json
      slim profile --from-trace app.trace -o my-app.json
      docker run --security-opt seccomp=my-app.json my-app:latest
    """
    from slimmer.build import profile_image, profile_of_trace  # a call for help does not pay
    from slimmer.seccomp import check_place, write_profile

    place = output or _STDOUT
    check_place(place)
    settings = read_file(file) if file else FileSettings()
    if image:
        refuse_place(image)
        settings.build["image"] = image
    options = dataclasses.replace(build_options(settings, texts_of(given)), seccomp=place)
    if options.from_trace is not None:
        if image:
            raise UsageError(
                "both an image and a saved trace are named",
                hint="name IMAGE to run it, or --from-trace FILE to use what a run has shown",
            )
        made = profile_of_trace(options.from_trace, options.seccomp_from, options.strategy)
    elif not options.image and options.compose is None:
        raise UsageError(
            "no image is named",
            hint="slim profile IMAGE --http-probe /health, or slim profile --from-trace FILE",
        )
    else:
        progress = console_progress(sys.stderr, quiet=quiet)
        with contextlib.closing(progress):
            made = profile_image(options, progress)
    write_profile(place, made.profile)
    if not quiet:
        tested = "" if made.tested else "; not tested"
        click.echo(f"{made.words}{tested}", err=True)
        if output is not None:
            click.echo(f"docker run --security-opt seccomp={output} …", err=True)
