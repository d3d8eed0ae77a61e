"""`slim build`: the main job. Flags become one BuildOptions value; flags win over slim.yaml."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from slimmer.cli.failure import errors_as_json
from slimmer.cli.lazy import ASSUMED
from slimmer.cli.places import how_to_name_one, refuse_place
from slimmer.cli.platforms import build_for_all
from slimmer.cli.table import GroupedCommand, table_options, texts_of
from slimmer.disk import is_regular
from slimmer.errors import EngineUnreachableError, ImageNotFoundError, UsageError
from slimmer.options import BuildOptions, FileSettings, build_options, read_file
from slimmer.progress import console_progress

DEFAULT_FILE = Path("slim.yaml")


@click.command(
    cls=GroupedCommand, short_help="Build a slim image and its debug twin, and test both."
)
@click.argument("image", required=False)
@table_options()
@click.option(
    "-f",
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Read this slim.yaml; flags win over it",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON on stdout")
@click.option("-q", "--quiet", is_flag=True, help="Print one line; errors are still told")
def build(as_json: bool, quiet: bool, **given: Any) -> None:
    """Build a slim image of IMAGE, and a debug image beside it.

    IMAGE is run and traced while probes exercise it. What it used goes into the slim image, which
    has to pass the same probes before it gets its tag. IMAGE itself is never changed.

    \b
      slim build my-app:latest --http-probe /health
      slim build my-app:latest --http-probe POST:/login --tag my-app:small
      slim build cli-tool:1 --exec-probe "convert in.png out.jpg"
      slim build my-redis:7 --plan redis

    What has a … may be repeated; [ ] is the default. All of it can stand in a slim.yaml, which is
    read where no IMAGE is named, or with --file.
    """
    from slimmer.build import build_image  # a call for help does not pay for it

    progress = console_progress(sys.stderr, quiet=quiet)
    with contextlib.closing(progress), errors_as_json(as_json), _named_or_not():
        options = _options(**given)
        for note in options.notes:
            progress.warned(note)
        if len(options.platforms) > 1:
            file = _file_of(given["file"], given["image"] or given["target"])
            build_for_all(options, texts_of(given), file, as_json=as_json, quiet=quiet)
            return
        report = build_image(options, progress)
    # loaded by the run, beside its waits
    from slimmer.report import json_pieces, report_line, terminal_summary

    if as_json:
        sys.stdout.writelines(json_pieces(report))
    elif quiet:
        click.echo(report_line(report))
    else:
        terminal_summary(report, sys.stdout)


@contextlib.contextmanager
def _named_or_not() -> Iterator[None]:
    """Where no command was named, and the word that was taken for an image is none either, or no
    engine tells."""
    context = click.get_current_context(silent=True)
    word = context.meta.get(ASSUMED) if context else None
    try:
        yield
    except EngineUnreachableError as error:
        if word is not None:
            error.hint += f"; `{word}` was taken for an image, as no command of slim has that name"
        raise
    except ImageNotFoundError as error:
        if word is None:
            raise
        raise UsageError(
            f"`{word}` is neither a command of slim nor an image of the engine",
            hint=f"`slim help` lists the commands; {error.hint}",
        ) from error


def _options(image: str | None, file: Path | None, **given: Any) -> BuildOptions:
    """slim.yaml where there is one, with every flag that was given laid over it."""
    start = given["crawl"]
    if image is None and start is not None and not re.match(r"/|https?://", start):
        # `--crawl my-app` means `--crawl / my-app`: an image is no start.
        image, given["crawl"] = start, "/"
    named = image or given["target"]
    if image and given["target"]:
        raise UsageError(
            f"two images are named: {image} and {given['target']}",
            hint="--target is the image to be made small; --tag names the small one",
        )
    if named:
        refuse_place(named)
    file = _file_of(file, named)
    settings = read_file(file) if file else FileSettings()
    if image:
        settings.build["image"] = image
    options = build_options(settings, texts_of(given))
    of_each = options.platforms and all(each.image for each in options.platforms)
    if not options.image and not of_each and options.compose is None:
        raise UsageError("no image is named", hint=how_to_name_one())
    return options


def _file_of(file: Path | None, named: str | None) -> Path | None:
    """The slim.yaml that is read."""
    if file is None and named is None and is_regular(DEFAULT_FILE):
        return DEFAULT_FILE
    return file
