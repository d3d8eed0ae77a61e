"""`slim why`: the reasons of a path that is there, or why it was dropped."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from slimmer.cli.failure import errors_as_json
from slimmer.errors import TraceFileError, UnknownPathError
from slimmer.explain import (
    Account,
    Answer,
    Selection,
    State,
    Step,
    account_of,
    select,
    sightings_of,
)
from slimmer.explain import why as answer
from slimmer.progress import told_if_slow
from slimmer.report import package_of_type
from slimmer.values import EntryType, Sighting
from slimmer.words import count, printable, size

_LIMIT = 20
_COLORS = {State.KEPT: "green", State.DROPPED: "red", State.DEBUG: "cyan"}


@click.command(short_help="Tell why a path is in a slim image, or why it was dropped.")
@click.argument("image")
@click.argument("asked", nargs=-1, required=True, metavar="PATH|PACKAGE|GLOB...")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    default=_LIMIT,
    help=f"How many files of a package or pattern to print. Default: {_LIMIT}; with --json, all.",
)
@click.option(
    "--report",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|DIR",
    help="The report of the build. Default: the one of IMAGE below slim-report.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answers as JSON on stdout.")
def why(image: str, asked: tuple[str, ...], limit: int, report: Path | None, as_json: bool) -> None:
    """Tell why each PATH is in IMAGE (a slim image or its debug image), or why it was
    dropped. A PACKAGE (of the distribution, or of Python, npm, …) or a GLOB in quotes stands for
    its files.

    A kept path has one or more reasons, and each reason leads through other paths to one that
    stands for itself: what a phase of the traced run did, or what you asked for. Symbolic links
    are followed.

    \b
      slim why my-app:latest-slim /usr/bin/python3
      slim why my-app:latest-slim /bin/sh /usr/share/zoneinfo --json
      slim why my-app:latest-slim libssl3 flask "/usr/lib/**/*.so"
    """
    slow = told_if_slow(sys.stderr, lambda: f"what {image} has is still being read")
    with errors_as_json(as_json), slow:
        account = account_of(image, place=report)
    for note in account.notes:
        click.echo(printable(f"note: {note}"), err=True)
    seen = functools.cache(lambda: _sightings(account))
    answers: list[Answer] = []
    unknown: list[UnknownPathError] = []
    separators = itertools.chain(("",), itertools.repeat("\n"))
    for each in asked:
        try:
            told = answer(account, each, seen)
        except UnknownPathError as error:
            selections = select(account, each)
            if not selections:
                unknown.append(error)
            for selection in selections:
                if as_json:
                    answers += _each(account, selection, seen)
                else:
                    click.echo(next(separators), nl=False)
                    _print_selection(selection, limit)
            continue
        answers.append(told)
        if not as_json:
            click.echo(next(separators), nl=False)
            _print(told)
    if as_json:
        click.echo(json.dumps(_document(account, answers), indent=2))
    if unknown:
        first, *others = unknown
        first.details = "\n".join(error.message for error in others)
        raise first


def _each(
    account: Account, selection: Selection, seen: Callable[[], Sequence[Sighting] | None]
) -> Iterator[Answer]:
    for fate in (*selection.kept, *selection.dropped):
        yield dataclasses.replace(answer(account, fate.path, seen), asked=selection.asked)


def _print_selection(selection: Selection, limit: int) -> None:
    """A line for each file: what became of it, and the first of its reasons."""
    kept, dropped = selection.kept, selection.dropped
    click.secho(printable(selection.asked), bold=True, nl=False)
    click.echo(
        f": {selection.kind}, "
        f"{count(len(kept), 'file')} kept ({size(sum(each.size for each in kept))}), "
        f"{len(dropped):,} dropped ({size(sum(each.size for each in dropped))})"
    )
    for fate in (*kept, *dropped)[:limit]:
        state = State.KEPT if fate in kept else State.DROPPED
        click.echo("  ", nl=False)
        click.secho(f"{state.value:7}", fg=_COLORS[state], nl=False)
        click.echo(f"  {size(fate.size):>7}  {printable(fate.path)}", nl=False)
        for reason in fate.reasons[:1]:
            click.echo("  ", nl=False)
            click.secho(printable(reason.rule), fg="cyan", nl=False)
            click.echo(f": {printable(reason.detail)}", nl=False)
        click.echo()
    if (rest := len(kept) + len(dropped) - limit) > 0:
        click.echo(f"  {rest:,} more (--limit); slim why IMAGE PATH tells all of one")


def _sightings(account: Account) -> Sequence[Sighting] | None:
    try:
        return sightings_of(account)
    except TraceFileError as error:
        text = f"note: which paths were looked up is not known: {error.message}"
        click.echo(printable(text), err=True)
        return None


def _print(told: Answer) -> None:
    for line in answer_lines(told):
        click.echo(line)


def answer_lines(told: Answer) -> Iterator[str]:
    """The answer in lines, with colours."""
    for link in told.links:
        yield f"{printable(link.path)} -> {printable(link.target)}"
        yield from _chain_lines(link.chains[:1])
    name = click.style(printable(told.path), bold=True)
    state = click.style(told.state.value, fg=_COLORS[told.state])
    yield f"{name}: {state}" + "".join(f", {fact}" for fact in _facts(told))
    below = told.below
    if below is not None and (below.kept_files or below.dropped_files):
        yield (
            f"  below it: {count(below.kept_files, 'file')} kept ({size(below.kept_size)}), "
            f"{below.dropped_files:,} dropped ({size(below.dropped_size)})"
        )
    yield from _chain_lines(told.chains)
    for cause in told.causes:
        yield f"  {printable(cause)}"
    if told.hint:
        yield f"  {printable(told.hint)}"


def _chain_lines(chains: Sequence[Sequence[Step]]) -> Iterator[str]:
    for chain in chains:
        for depth, step in enumerate(chain):
            indent = "  " * (depth + 1)
            place = f"{printable(step.path)} " if depth else ""
            rule = click.style(printable(step.reason.rule), fg="cyan")
            yield f"{indent}{place}{rule}: {printable(step.reason.detail)}"


def _facts(told: Answer) -> list[str]:
    fate = told.fate
    facts = [size(fate.size) if fate.type is EntryType.FILE else _word(fate.type)]
    if fate.package:
        facts.append(f"{package_of_type(fate.package_type)} {printable(fate.package)}")
    if fate.layer:
        facts.append(f"layer {printable(fate.layer)}")
    elif told.chains:
        facts.append("which no layer can hold")
    if fate.made:
        facts.append("made by slimmer")
    if fate.of_base:
        facts.append("of the base")
    return facts


def _word(kind: EntryType) -> str:
    return "a link" if kind is EntryType.SYMLINK else f"a {kind.name.lower().replace('_', ' ')}"


def _document(account: Account, answers: Sequence[Answer]) -> dict[str, Any]:
    return {
        "schema_version": 2,
        "image": account.image,
        "original": account.original,
        "report": str(account.report) if account.report else None,
        "notes": account.notes,
        "paths": [
            {
                "asked": told.asked,
                "path": told.path,
                "state": {State.KEPT: "kept", State.DROPPED: "dropped", State.DEBUG: "debug"}[
                    told.state
                ],
                "links": [
                    {
                        "path": link.path,
                        "target": link.target,
                        "chains": _steps(link.chains),
                    }
                    for link in told.links
                ],
                "size": told.fate.size,
                "package": told.fate.package,
                "package_type": told.fate.package_type,
                "layer": told.fate.layer,
                "chains": _steps(told.chains),
                "causes": told.causes,
                "hint": told.hint,
                "below": dataclasses.asdict(told.below) if told.below else None,
            }
            for told in answers
        ],
    }


def _steps(chains: Sequence[Sequence[Step]]) -> list[list[dict[str, str]]]:
    return [
        [
            {"path": step.path, "rule": step.reason.rule, "detail": step.reason.detail}
            for step in chain
        ]
        for chain in chains
    ]
