"""`slim why`: the reasons of a path that is there, or why it was dropped."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from slimmer.errors import TraceFileError, UnknownPathError
from slimmer.explain import Account, Answer, State, Step, account_of, sightings_of
from slimmer.explain import why as answer
from slimmer.values import EntryType, Sighting
from slimmer.words import count, printable, size

_COLORS = {State.KEPT: "green", State.DROPPED: "red", State.DEBUG: "cyan"}


@click.command(short_help="Tell why a path is in a slim image, or why it was dropped.")
@click.argument("image")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--report",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|DIR",
    help="The report of the build. Default: the one of IMAGE below slim-report.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answers as JSON on stdout.")
def why(image: str, paths: tuple[str, ...], report: Path | None, as_json: bool) -> None:
    """Tell why each PATH is in IMAGE (a slim image or its debug image), or why it was
    dropped.

    A kept path has one or more reasons, and each reason leads through other paths to one that
    stands for itself: what a phase of the traced run did, or what you asked for. Symbolic links
    are followed.

    \b
      slim why my-app:latest-slim /usr/bin/python3
      slim why my-app:latest-slim /bin/sh /usr/share/zoneinfo --json
    """
    account = account_of(image, place=report)
    for note in account.notes:
        click.echo(printable(f"note: {note}"), err=True)
    seen = functools.cache(lambda: _sightings(account))
    answers: list[Answer] = []
    unknown: list[UnknownPathError] = []
    for path in paths:
        try:
            answers.append(answer(account, path, seen))
        except UnknownPathError as error:
            unknown.append(error)
            continue
        if not as_json:
            if len(answers) > 1:
                click.echo()
            _print(answers[-1])
    if as_json:
        click.echo(json.dumps(_document(account, answers), indent=2))
    if unknown:
        first, *others = unknown
        first.details = "\n".join(error.message for error in others)
        raise first


def _sightings(account: Account) -> Sequence[Sighting] | None:
    try:
        return sightings_of(account)
    except TraceFileError as error:
        text = f"note: which paths were looked up is not known: {error.message}"
        click.echo(printable(text), err=True)
        return None


def _print(told: Answer) -> None:
    for link in told.links:
        click.echo(f"{printable(link.path)} -> {printable(link.target)}")
        _print_chains(link.chains[:1])
    click.secho(printable(told.path), bold=True, nl=False)
    click.echo(": ", nl=False)
    click.secho(told.state.value, fg=_COLORS[told.state], nl=False)
    click.echo("".join(f", {fact}" for fact in _facts(told)))
    below = told.below
    if below is not None and (below.kept_files or below.dropped_files):
        click.echo(
            f"  below it: {count(below.kept_files, 'file')} kept ({size(below.kept_size)}), "
            f"{below.dropped_files:,} dropped ({size(below.dropped_size)})"
        )
    _print_chains(told.chains)
    for cause in told.causes:
        click.echo(f"  {printable(cause)}")
    if told.hint:
        click.echo(f"  {printable(told.hint)}")


def _print_chains(chains: Sequence[Sequence[Step]]) -> None:
    for chain in chains:
        for depth, step in enumerate(chain):
            indent = "  " * (depth + 1)
            place = f"{printable(step.path)} " if depth else ""
            click.echo(f"{indent}{place}", nl=False)
            click.secho(printable(step.reason.rule), fg="cyan", nl=False)
            click.echo(f": {printable(step.reason.detail)}")


def _facts(told: Answer) -> list[str]:
    fate = told.fate
    facts = [size(fate.size) if fate.type is EntryType.FILE else _word(fate.type)]
    if fate.package:
        facts.append(f"package {printable(fate.package)}")
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
