"""`slim check`: gates for CI."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from slimmer.check import (
    ERROR,
    FAIL,
    ROWS,
    CheckDocument,
    Gate,
    GateResult,
    Input,
    check_image,
    check_settings,
)
from slimmer.check.formats import (
    FORMATS,
    TERMINAL,
    error_commands,
    gitlab_lines,
    is_github,
    is_gitlab,
    terminal,
    write_summary,
)
from slimmer.cli.failure import errors_as_json
from slimmer.disk import space_errors, write_result
from slimmer.errors import GateError, GateUnmeasuredError, UsageError
from slimmer.image.archive import Choice
from slimmer.options import Switch
from slimmer.progress import told_if_slow
from slimmer.words import count, printable


def _rows(command: Any) -> Any:
    """Adds an option for each gate, and for what gates compare with."""
    for row in reversed(ROWS):
        command = _option(row)(command)
    return command


def _option(row: Gate | Input) -> Callable[[Any], Any]:
    name = f"--{row.name}"
    if isinstance(row.kind, Switch):
        return click.option(name, is_flag=True, help=f"{row.help}.")
    several = row.kind.repeatable
    metavar = f"{row.kind.metavar}…" if several else row.kind.metavar
    return click.option(name, multiple=several, metavar=metavar, help=f"{row.help}.")


class _Grouped(click.Command):
    """Its help has gates, what they need beside the image, and the rest apart."""

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        told: dict[str, list[tuple[str, str]]] = {"Gates": [], "Beside the image": [], "Other": []}
        headings = {
            row.name: "Gates" if isinstance(row, Gate) else "Beside the image" for row in ROWS
        }
        for parameter in self.get_params(context):
            record = parameter.get_help_record(context)
            if record and isinstance(parameter, click.Option):
                heading = headings.get(parameter.opts[-1].removeprefix("--"), "Other")
                told[heading].append(record)
        for heading, records in told.items():
            with formatter.section(heading):
                formatter.write_dl(records)


@click.command(
    cls=_Grouped, short_help="Hold an image to gates: size, growth, shells, setuid, tests."
)
@click.argument("image", metavar="IMAGE|FILE.tar|DIR")
@_rows
@click.option(
    "-f",
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where gates are set, too. Default: .slim-check.yaml, or `check:` in slim.yaml.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([TERMINAL, *FORMATS]),
    default=TERMINAL,
    help=f"How to tell the result. Default: {TERMINAL}.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there; the terminal tells it all the same.",
)
@click.option("--pick", metavar="NAME", default="", help="Of an archive with several images.")
@click.option(
    "--platform", metavar="OS/ARCH", default="", help="Of an OCI layout with several platforms."
)
def check(
    image: str,
    file: Path | None,
    form: str,
    output: Path | None,
    pick: str,
    platform: str,
    **given: Any,
) -> None:
    """Hold an image to gates, at least one, and fail where it breaks one.

    The image is read as by `slim xray`: from the engine, an archive or an OCI layout, in one pass.
    Each gate says what was measured against which limit; one that could not be measured is an
    error, never a pass. What has a … may be repeated.

    \b
      slim check my-app:latest --max-size 100MB --no-shell --no-setuid
      slim check my-app:latest --max-growth 5% --baseline baseline.json
      slim check my-app:latest --max-size 100MB --format junit --output check.xml
    """
    with errors_as_json(form == "json"):
        settings = check_settings(_texts(given), file)
        with told_if_slow(sys.stderr, lambda: f"{image} is being read and held to its gates"):
            document = check_image(image, settings, Choice(name=pick, platform=platform))
        _tell(document, form, output)
        _tell_pipeline(document, form, output)
    _end(document)


def _texts(given: dict[str, Any]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for name, value in given.items():
        if value not in (None, False, ()):
            told = [""] if value is True else [value] if isinstance(value, str) else list(value)
            texts[name.replace("_", "-")] = told
    return texts


def _tell(document: CheckDocument, form: str, output: Path | None) -> None:
    if form == TERMINAL and output is not None:
        with space_errors(output, "writing the result"), output.open("w", encoding="utf-8") as file:
            terminal(document, file)
    elif form != TERMINAL:
        text = FORMATS[form](document)
        if output is None:
            sys.stdout.write(text)
            return
        write_result(output, text.encode(), "writing the result")
    terminal(document, sys.stdout)


def _tell_pipeline(document: CheckDocument, form: str, output: Path | None) -> None:
    """On stderr, which GitHub reads as well: stdout may be a document."""
    if is_github(os.environ):
        for line in error_commands(document):
            click.echo(line, err=True)
        if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
            try:
                write_summary(document, Path(summary))
            except OSError as error:
                raise UsageError(
                    f"the step's summary {summary} cannot be written to: {error.strerror}"
                ) from error
    if is_gitlab(os.environ):
        for line in gitlab_lines(form, output):
            click.echo(printable(line), err=True)


def _end(document: CheckDocument) -> None:
    """A gate that failed is told first: no measurement can make the image pass any more."""
    failed, unmeasured = document.having(FAIL), document.having(ERROR)
    of = f"of {count(len(document.gates), 'gate')}"
    if failed:
        raise GateError(
            f"{document.image.reference} fails {len(failed)} {of}: {_words(failed)}"
            + (f"; {len(unmeasured)} could not be measured" if unmeasured else "")
        )
    if unmeasured:
        raise GateUnmeasuredError(
            f"{len(unmeasured)} {of} could not be measured: {_words(unmeasured)}",
            hint=next((each.hint for each in unmeasured if each.hint), ""),
        )


def _words(results: tuple[GateResult, ...]) -> str:
    return ", ".join(" ".join(filter(None, (each.gate, each.subject))) for each in results)
