"""`slim vex`: which weaknesses of an original its slim image does not have."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from slimmer.disk import write_result
from slimmer.evidence import (
    ImageFiles,
    VexSubject,
    judge,
    read_original_bill,
    read_scan,
    vex_document,
    vex_form,
)
from slimmer.report import read_report
from slimmer.values import EntryType
from slimmer.words import count, printable

_SHOWN = 20


@click.command(short_help="Write VEX for the weaknesses of an original that its slim image lacks.")
@click.argument("report", metavar="REPORT|DIR", type=click.Path(exists=True, path_type=Path))
@click.argument("scan", metavar="SCAN.json", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it there: CycloneDX if it ends in .cdx.json, else OpenVEX. Default: on stdout.",
)
def vex(report: Path, scan: Path, output: Path | None) -> None:
    """Write VEX: of the weaknesses in SCAN.json, a scanner's report (Trivy, Grype) on the original,
    those whose package has no file in the slim image. REPORT is that of the build.

    What is still there is listed on stderr; nothing is claimed of it, used or not.

    \b
      trivy image --format json -o scan.json my-app:latest
      slim vex slim-report/my-app_latest-slim scan.json -o vex.json
      trivy image --vex vex.json my-app:latest-slim
    """
    saved = read_report(report)
    weaknesses = read_scan(scan).weaknesses
    bill = read_original_bill(saved.file)
    files = ImageFiles(
        original={path for path, fate in saved.fates.items() if not (fate.made or fate.of_base)},
        kept=frozenset(
            path
            for path, fate in saved.fates.items()
            if fate.kept and fate.type is not EntryType.DIRECTORY
        ),
    )
    judged = judge(weaknesses, bill, files)
    subject = VexSubject(reference=saved.slim.reference, manifest_digest=saved.slim.manifest_digest)
    form = vex_form(output or Path())
    document = vex_document(form, judged.claims, subject, bill, datetime.now(UTC))
    if output is None:
        sys.stdout.buffer.write(document)
        sys.stdout.flush()
    else:
        write_result(output, document, "writing VEX")
    whole = len(judged.claims) + len(judged.open)
    click.echo(
        f"of {count(whole, 'finding')} {len(judged.claims):,} are not in {saved.slim.reference}",
        err=True,
    )
    for each in judged.open[:_SHOWN]:
        package = each.weakness.package
        name = f"{each.weakness.id}  {package.name} {package.version}".rstrip()
        click.echo(printable(f"  {name}: {each.why}"), err=True)
    if len(judged.open) > _SHOWN:
        click.echo(f"  … and {len(judged.open) - _SHOWN:,} more", err=True)
