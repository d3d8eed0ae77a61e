"""`slim scan-diff`: what a scanner finds less in a slim image, and whether that is gone."""

from __future__ import annotations

from pathlib import Path

import click

from slimmer.cli.failure import errors_as_json
from slimmer.disk import write_result
from slimmer.errors import ScanHiddenError, UsageError
from slimmer.evidence import (
    DOCUMENTS,
    HIDDEN,
    ScanDiff,
    markdown_lines,
    read_original_bill,
    read_scan,
    terminal_lines,
)
from slimmer.evidence import scan_diff as compare
from slimmer.report import read_report
from slimmer.words import printable


@click.command(name="scan-diff", short_help="Sum up a scanner's reports before and after.")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--report",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|DIR",
    help="The report of the build: it says what is still there, and what was used.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("terminal", "json", "markdown")),
    default="terminal",
    help="How to tell it. Default: terminal.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there instead of on stdout.",
)
def scan_diff(
    before: Path, after: Path, report: Path | None, form: str, output: Path | None
) -> None:
    """Sum up two reports of one scanner (JSON of Trivy, Grype or Syft): BEFORE on the original,
    AFTER on the slim image.

    What is missing AFTER may be gone, or the scanner may have lost sight of it. With --report that
    is told apart: what is hidden makes the command fail with exit code 57.

    \b
      slim scan-diff before.json after.json --report slim-report/my-app_latest-slim
    """
    with errors_as_json(form == "json" and output is None):
        scans = read_scan(before), read_scan(after)
        bill = place = None
        if report is not None:
            saved = read_report(report)
            place = saved.file
            bill = read_original_bill(place)
            if saved.original.id == scans[1].image or saved.slim.id == scans[0].image:
                raise UsageError(
                    f"{before} and {after} are the wrong way round, or of one image",
                    hint="BEFORE is the report on the original, AFTER that on the slim image",
                )
        found = compare(
            *scans,
            bill,
            names=(str(before), str(after)),
            report=str(place or ""),
        )
        _tell(found, form, output)
    if found.hidden:
        names = [
            *(f"{each.name} {each.version}" for each in found.packages if each.fate == HIDDEN),
            *(each.id for each in found.weaknesses if each.fate == HIDDEN),
        ]
        raise ScanHiddenError(
            f"{found.scanner} lost sight of what is still in the image: {len(names):,}, first "
            f"{printable(names[0])}",
            hint="look whether --exclude took what describes the package, and whether both scans "
            "were made with one version of the scanner and of its database",
        )


def _tell(found: ScanDiff, form: str, output: Path | None) -> None:
    if form == "json":
        text = "".join(DOCUMENTS.lines(found))
    elif form == "markdown":
        text = "\n".join(markdown_lines(found)) + "\n"
    else:
        text = "\n".join(terminal_lines(found)) + "\n"
    if output is not None:
        write_result(output, click.unstyle(text).encode(), "writing the comparison")
    else:
        click.echo(text, nl=False)
