"""How an error is spoken: once, on stderr, with its evidence and what to do next."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import click

from slimmer import errors
from slimmer.errors import SlimError
from slimmer.words import printable


def all_causes() -> list[type[SlimError]]:
    """Every class of error, by exit code."""
    classes = [
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, SlimError)
    ]
    return sorted(classes, key=lambda each: each.exit_code)


def exit_code_table() -> str:
    """One line per exit code: `  0  done`."""
    rows = [(0, "done"), *((each.exit_code, each.cause) for each in all_causes())]
    return "\n".join(f"{code:5}  {cause}" for code, cause in rows)


def show(error: SlimError, *, as_json: bool = False) -> int:
    """Print the error and return its exit code.

    With `as_json` one object goes to stdout as well: `{"error": {"exit_code": …, "cause": …,
    "message": …, "hint": …, "details": …}}`.
    """
    if error.details:
        for line in error.details.rstrip().splitlines():
            click.secho(f"  │ {line}", dim=True, err=True)
    click.secho("error: ", fg="red", bold=True, err=True, nl=False)
    click.echo(error.message, err=True)
    if error.hint:
        click.secho("  hint: ", fg="yellow", err=True, nl=False)
        click.echo(error.hint, err=True)
    if error.report_file:
        click.secho("  report: ", fg="cyan", err=True, nl=False)
        click.echo(printable(error.report_file), err=True)
    if as_json:
        click.echo(json.dumps({"error": as_object(error)}))
    return error.exit_code


def json_of(error: SlimError) -> str:
    """What `slim build --json` prints: the report of the failed build, which has the error too, or
    the error alone."""
    if error.report_file:
        with contextlib.suppress(OSError):
            return Path(error.report_file).read_text("utf-8").rstrip("\n")
    return json.dumps({"error": as_object(error)})


def as_object(error: SlimError) -> dict[str, object]:
    """The error for machines."""
    return {
        "exit_code": error.exit_code,
        "cause": error.cause,
        "message": error.message,
        "hint": error.hint,
        "details": error.details,
    }
