"""`slim diff --sbom`: two bills of materials."""

from __future__ import annotations

from pathlib import Path

import click

from slimmer.disk import is_directory, is_regular
from slimmer.errors import UsageError
from slimmer.evidence import (
    BILL_DOCUMENTS,
    ORIGINAL_SBOM_NAME,
    SBOM_NAME,
    BillDiff,
    bill_diff,
    read_bill,
)
from slimmer.words import count, printable

_REPORTS = Path("slim-report")


def tell_bills(names: tuple[str, ...], *, limit: int, as_json: bool) -> None:
    """Compare what these name: SBOMs, folders of reports, or slim images whose report is below
    slim-report. One alone is compared with its original. Raises UsageError, and ScanFileError for
    what is no SBOM."""
    if len(names) == 1:
        first = _file(names[0], ORIGINAL_SBOM_NAME)
        files = (first, first.with_name(SBOM_NAME))
    else:
        files = (_file(names[0], SBOM_NAME), _file(names[1], SBOM_NAME))
    found = bill_diff(
        read_bill(files[0]), read_bill(files[1]), names=(str(files[0]), str(files[1]))
    )
    if as_json:
        click.echo("".join(BILL_DOCUMENTS.lines(found)), nl=False)
    else:
        _print(found, limit)


def _file(name: str, beside_report: str) -> Path:
    place = Path(name)
    if is_regular(place):
        return place
    folder = place if is_directory(place) else _REPORTS / name.replace("/", "_").replace(":", "_")
    if is_regular(folder / beside_report):
        return folder / beside_report
    raise UsageError(
        f"{name} is not an SBOM, and there is none in {folder}",
        hint=f"name an SBOM, or the folder of a build's report, which has {beside_report}",
    )


def _print(found: BillDiff, limit: int) -> None:
    used = "" if found.used_packages is None else f", {found.used_packages:,} used"
    for word, name, told in (
        ("before", found.before, count(found.before_packages, "package")),
        ("after", found.after, count(found.after_packages, "package") + used),
    ):
        click.echo(f"{word:7} {told}  {printable(name)}")
    if found.changes:
        click.echo()
    for each in found.changes[:limit]:
        versions = " → ".join(filter(None, (each.before, each.after)))
        use = f" ({each.use})" if each.use and each.change != "gone" else ""
        click.echo(f"{each.change:7} {each.type:8} {printable(f'{each.name}  {versions}')}{use}")
    if len(found.changes) > limit:
        click.echo(f"        {len(found.changes) - limit:,} more (--limit)")
