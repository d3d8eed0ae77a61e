"""`slim verify-provenance`: what holds of what a build says about its images."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import click

from slimmer.cli.failure import errors_as_json
from slimmer.errors import UsageError
from slimmer.options import TABLE
from slimmer.progress import console_progress
from slimmer.provenance import (
    Attestation,
    Check,
    Outcome,
    check_image,
    check_signature,
    claims,
    read_attestation,
    read_public_key,
)
from slimmer.words import printable

_MARKS = {Outcome.HOLDS: ("✓", "green"), Outcome.UNCHECKED: ("·", "yellow")}


@click.command(
    "verify-provenance", short_help="Check how an image came about: signature, digests, rebuild."
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("image", metavar="[IMAGE|FILE.tar|DIR]", required=False)
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The public key (PEM) that must have signed it.",
)
@click.option("--unsigned", is_flag=True, help="Take what nobody has signed, or not for its key.")
@click.option("--rebuild", is_flag=True, help="Make the images again, and compare digests.")
@click.option(
    "--trace",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The saved trace. Default: beside FILE, or here.",
)
@click.option(
    "-e",
    "--env",
    "environment",
    multiple=True,
    metavar="NAME[=VALUE]…",
    help="A variable that the build had, for --rebuild: its value is in no provenance.",
)
@click.option("--pick", metavar="NAME", default="", help="Of an archive with several images.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON on stdout.")
def verify_provenance(
    file: Path,
    image: str | None,
    key: Path | None,
    unsigned: bool,
    rebuild: bool,
    trace: Path | None,
    environment: tuple[str, ...],
    pick: str,
    as_json: bool,
) -> None:
    """Check the provenance in FILE: that KEY has signed it, that it is of IMAGE, and, with
    --rebuild, that its original and its trace give the same images again.

    What was not checked is listed as well. IMAGE is one of the engine, an archive, or an OCI
    layout.

    \b
      slim verify-provenance slim-report/my-app_1-slim/provenance.dsse.json \\
        --key key.pub my-app:1-slim
      slim verify-provenance provenance.dsse.json --key key.pub --rebuild --trace app.trace
    """
    with errors_as_json(as_json):
        _refuse_mistakes(key, unsigned, rebuild, trace, environment)
        attestation = read_attestation(file)
        told = _Told(as_json)
        public = read_public_key(key) if key is not None else None
        told.add(check_signature(attestation, public))
        told.add(check_image(attestation, _known(image, pick) if image else None))
        checked = {"image"}
        if rebuild:
            for check in _made_again(attestation, file, trace, environment, quiet=as_json):
                told.add(check)
                checked.add(check.subject)
        for check in claims(attestation, signed=public is not None):
            if check.subject not in checked:
                told.add(check)
        told.end()


class _Told:
    """Checks as they are made: on the terminal at once, as JSON at the end."""

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._checks: list[Check] = []

    def add(self, check: Check) -> None:
        self._checks.append(check)
        if not self._as_json:
            mark, color = _MARKS[check.outcome]
            click.secho(f"{mark} ", fg=color, nl=False)
            rest = "" if check.outcome is Outcome.HOLDS else "not checked: "
            click.echo(printable(f"{check.subject}: {rest}{check.told}"))

    def end(self) -> None:
        if self._as_json:
            rows = [
                {"subject": each.subject, "outcome": each.outcome.value, "told": each.told}
                for each in self._checks
            ]
            click.echo(json.dumps(rows, indent=2))


def _refuse_mistakes(
    key: Path | None,
    unsigned: bool,
    rebuild: bool,
    trace: Path | None,
    environment: tuple[str, ...],
) -> None:
    if key is None and not unsigned:
        raise UsageError(
            "no key is named, and without one nothing is known of who wrote the provenance",
            hint="--key FILE names the public key; --unsigned goes without",
        )
    if key is not None and unsigned:
        raise UsageError("--key and --unsigned contradict each other")
    if not rebuild and (trace is not None or environment):
        raise UsageError("--trace and --env are for --rebuild, which is not given")


def _known(image: str, pick: str) -> Any:
    from slimmer.explain import known_image  # a check of the signature alone does not pay for it
    from slimmer.image.archive import Choice

    return known_image(image, Choice(name=pick))


def _made_again(
    attestation: Attestation,
    file: Path,
    trace: Path | None,
    environment: tuple[str, ...],
    *,
    quiet: bool,
) -> tuple[Check, ...]:
    from slimmer.build.rebuild import rebuild  # takes what a build takes
    from slimmer.engine import connect

    row = next(each for each in TABLE if "--env" in each.flags)
    variables = tuple(pair for text in environment for pair in row.kind.of_text(text, Path()))
    progress = console_progress(sys.stderr, quiet=quiet)
    engine = connect()
    try:
        with contextlib.closing(progress):
            return rebuild(
                engine,
                attestation,
                progress,
                trace=trace,
                beside=file.parent,
                environment=variables,
            )
    finally:
        engine.close()
