"""`slim watch`: a slim image under the sensor while other tests use it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from slimmer.cli.failure import errors_as_json
from slimmer.errors import MissedFilesError
from slimmer.options import parse_docker_run
from slimmer.probing import Concealment, concealed_errors, values_to_conceal
from slimmer.watch import (
    MissedPath,
    Watched,
    WatchOptions,
    to_json,
    watch_image,
    write_watched,
)
from slimmer.words import count, printable, seconds

_OWN = {"--for": True, "-o": True, "--output": True, "--json": False, "-h": False, "--help": False}
"""Own options, and whether they have a value."""


class _BeforeDockerRun(click.Command):
    """Own options stand before IMAGE or right behind it; whatever comes then is `docker run`'s."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(context, separated(args))


def separated(words: list[str]) -> list[str]:
    """The words with a `--` before those that `docker run` would be given, unless it is there."""
    has_image, position = False, 0
    while position < len(words):
        word = words[position]
        name = "-o" if word.startswith("-o") else word.partition("=")[0]
        if word == "--":
            break
        if name in _OWN:
            position += 2 if _OWN[name] and word == name else 1
        elif has_image:
            return [*words[:position], "--", *words[position:]]
        else:
            has_image = has_image or not word.startswith("-")
            position += 1
    return words


@click.command(
    cls=_BeforeDockerRun,
    short_help="Run a slim image while your tests use it, and tell what it misses.",
)
@click.argument("image")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[DOCKER-RUN-ARGUMENT…]")
@click.option(
    "--for",
    "limit",
    type=click.FloatRange(min=0.1),
    metavar="SECONDS",
    help="Watch for so long. Default: until Ctrl-C, or until the container's command ends.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write what was missed to this JSON file, which `slim build --include-from` reads.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the same JSON on stdout at the end.")
def watch(
    image: str, arguments: tuple[str, ...], limit: float | None, output: Path | None, as_json: bool
) -> None:
    """Run the slim IMAGE under the sensor and report every lookup of a file that the slimming
    removed.

    Use the container as your tests do; behind IMAGE stand the arguments that `docker run` would
    be given (-p, -e, -v, --network, --name, --cap-add, …), and the words of a command. The
    original must be in the engine, as only it tells what is missing. The container is stopped and
    removed at the end.

    \b
      slim watch my-app:latest-slim --output watch.json -p 8080:80 -e MODE=test
      slim build my-app:latest --http-probe /health --include-from watch.json

    Ends with 0 where nothing was missed.
    """
    options = WatchOptions(image=image, container=parse_docker_run(arguments), seconds=limit)
    conceal = Concealment(values_to_conceal(options.container.run.environment, ()))
    with errors_as_json(as_json), concealed_errors(conceal):
        watched = watch_image(options, _Told(to_stderr=as_json))
    if output is not None:
        write_watched(watched, output)
    if as_json:
        click.echo(to_json(watched), nl=False)
    else:
        _summary(watched)
    if watched.missed:
        raise MissedFilesError(
            f"{count(len(watched.missed), 'dropped path')} "
            f"{'was' if len(watched.missed) == 1 else 'were'} looked for",
            hint=f"slim build … --include-from {output}"
            if output
            else "`--output watch.json` writes them to a file, which `slim build "
            "--include-from watch.json` keeps",
        )


class _Told:
    """Events as lines: what is missed is the result, the rest is talk."""

    def __init__(self, *, to_stderr: bool) -> None:
        self._to_stderr = to_stderr

    def started(self, container: str) -> None:
        click.echo(f"watching the container {container}; Ctrl-C ends it", err=True)

    def listening(self, port: int, places: Sequence[tuple[str, int]]) -> None:
        where = ", ".join(f"{host}:{number}" for host, number in places) or "not published"
        click.echo(printable(f"listens on port {port}: {where}"), err=True)

    def missed(self, missed: MissedPath) -> None:
        owner = f" (package {missed.package})" if missed.package else ""
        program = f"  missed by {missed.programs[0]}" if missed.programs[0] else "  missed"
        line = f"{seconds(missed.first_seconds):>7}  {missed.path}{program}{owner}"
        click.echo(printable(line), err=self._to_stderr)
        sys.stdout.flush()

    def ending(self) -> None:
        click.echo("stopping the container …", err=True)


def _summary(watched: Watched) -> None:
    ended = "" if watched.exit_status is None else f", ended with status {watched.exit_status}"
    click.echo(
        f"{printable(watched.image)}: watched for {seconds(watched.seconds)}{ended}; "
        f"{count(len(watched.missed), 'dropped path')} looked for"
    )
    if watched.listings:
        number = len(watched.listings)
        click.echo(
            f"{number} opened {'directory' if number == 1 else 'directories'} would have shown "
            "more in the original: who only lists them does not look for what is missing there"
        )
