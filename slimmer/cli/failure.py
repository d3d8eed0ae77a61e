"""How an error is spoken: once, on stderr, with its evidence and what to do next."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Final

import click

from slimmer import errors
from slimmer.errors import SlimError
from slimmer.remains import ALL_REMOVED, all_finished, all_remains
from slimmer.words import printable, printable_lines

_NAMED: Final = 5
"""Finished results that are named; a fleet has thousands."""


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


def show(error: SlimError) -> int:
    """Print the error and return its exit code. What an image, or a program in it, has said is
    among its words: nothing of it may steer the terminal."""
    if error.details:
        for line in printable_lines(error.details.rstrip()):
            click.secho(f"  │ {line}", dim=True, err=True)
    click.secho("error: ", fg="red", bold=True, err=True, nl=False)
    click.echo("\n".join(printable_lines(error.message)), err=True)
    if error.hint:
        click.secho("  hint: ", fg="yellow", err=True, nl=False)
        click.echo("\n".join(printable_lines(error.hint)), err=True)
    if error.report_file:
        click.secho("  report: ", fg="cyan", err=True, nl=False)
        click.echo(printable(error.report_file), err=True)
    return error.exit_code


def tell_remains(*, interrupted: bool) -> None:
    """Say what this process has made and not removed; that there is nothing of it only after an
    interruption, where it might be expected."""
    remains = all_remains()
    for each in remains:
        click.echo(f"  still there: {printable(each.what)}; {printable(each.removal)}", err=True)
    if remains:
        click.echo("  `slim clean` removes all of it once this process has ended", err=True)
    elif interrupted:
        all_removed = ALL_REMOVED
        if done := all_finished():
            more = f" and {len(done) - _NAMED:,} more" if len(done) > _NAMED else ""
            names = ", ".join(printable(each) for each in done[:_NAMED])
            click.echo(f"  done before that, and kept: {names}{more}", err=True)
            all_removed = ALL_REMOVED.replace("everything", "everything else")
        click.echo(f"  {all_removed}", err=True)


@contextlib.contextmanager
def errors_as_json(as_json: bool) -> Iterator[None]:
    """With `as_json`, an error of the block goes to stdout as one object as well: `{"error":
    {"exit_code": …, "cause": …, "message": …, "hint": …, "details": …}}`."""
    try:
        yield
    except SlimError as error:
        if as_json:
            click.echo(json.dumps({"error": as_object(error)}))
        raise


def as_object(error: SlimError) -> dict[str, object]:
    """The error for machines; with the place of the report where there is one."""
    told: dict[str, object] = {
        "exit_code": error.exit_code,
        "cause": error.cause,
        "message": error.message,
        "hint": error.hint,
        "details": error.details,
    }
    return {**told, "report": error.report_file} if error.report_file else told
