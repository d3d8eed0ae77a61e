"""`slim build` for several platforms: the lines of their builds, and what came of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slimmer.cli.failure import all_causes
from slimmer.errors import SlimError
from slimmer.options import BuildOptions, Texts
from slimmer.words import comparison, printable, size

if TYPE_CHECKING:
    from slimmer.platforms import BuiltPlatform, PlatformsReport

_TESTED = {
    "content": "passed its probes, the answers are the original's",
    "status": "passed its probes",
    "before": "passed when its trace was saved, and was not run again",
    "off": "not run: --verify off",
    "impossible": "not run: nothing here runs it",
}


def build_for_all(
    options: BuildOptions, texts: Texts, file: Path | None, *, as_json: bool, quiet: bool
) -> None:
    """Build, and tell. Raises the error of the first build that has failed."""
    from slimmer.platforms import DOCUMENTS, build_platforms  # most builds are for one

    width = max(len(each.name) for each in options.platforms)
    speaking = threading.Lock()

    def told(platform: str, line: str) -> None:
        with speaking:
            click.echo(f"{platform:{width}} │ {line}", err=True)

    report = build_platforms(options, texts, file, told, quiet=quiet)
    if as_json:
        click.echo(DOCUMENTS.encode(report))
    else:
        click.echo("\n".join(_lines(report, width)))
    for each in report.failed:
        raise _error(each)


def _lines(report: PlatformsReport, width: int) -> Iterator[str]:
    for each in report.platforms:
        if each.exit_code:
            yield f"{each.platform:{width}}  failed: {printable(each.problem)}"
            continue
        smaller = comparison(each.size_before, each.size)
        yield (
            f"{each.platform:{width}}  {printable(each.slim)}  {size(each.size_before)} → "
            f"{size(each.size)}, {smaller}; {_TESTED[each.verification]}"
        )
        yield from (f"{'':{width}}  note: {printable(note)}" for note in each.notes)
    for index in report.indexes:
        yield f"{'index':{width}}  {printable(index.reference)} in {printable(index.place)}"
        yield f"{'':{width}}  {index.digest}"
    if not report.indexes and not report.failed:
        yield (
            f"{'index':{width}}  none: engines keep one platform under a name; --push or --output "
            "FOLDER/ makes one"
        )


def _error(failed: BuiltPlatform) -> SlimError:
    kind = next((each for each in all_causes() if each.exit_code == failed.exit_code), SlimError)
    error = kind(f"{failed.platform}: {failed.problem}", hint=failed.hint)
    error.report_file = failed.report
    return error
