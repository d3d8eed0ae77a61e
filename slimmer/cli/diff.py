"""`slim diff`: what of an original its slim image has dropped."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from slimmer.cli.bills import tell_bills
from slimmer.cli.changes import changes_document, print_changed_files, print_changes, share_name
from slimmer.cli.failure import errors_as_json
from slimmer.explain import (
    Account,
    Changes,
    Comparison,
    Share,
    account_of,
    builds_of,
    changes,
    compare,
)
from slimmer.progress import told_if_slow
from slimmer.report import Fate
from slimmer.values import EntryType
from slimmer.words import count, printable, size

_LIMIT = 20


@click.command(short_help="Sum up what a slim image has dropped.")
@click.argument("images", nargs=-1, required=True, metavar="[ORIGINAL|SLIM] SLIM")
@click.option("--package", metavar="NAME|GLOB", help="Only what these packages had.")
@click.option("--directory", metavar="PATH|GLOB", default="/", help="Only what lies below.")
@click.option(
    "--files", is_flag=True, help="List every dropped path with its bytes and its package."
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"How many packages and directories to print. Default: {_LIMIT}; with --json, all.",
)
@click.option(
    "--report",
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|DIR",
    help="The report of the build. Default: the one of SLIM below slim-report.",
)
@click.option(
    "--sbom", is_flag=True, help="Compare the packages of two SBOMs, reports or slim images."
)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON on stdout.")
def diff(
    images: tuple[str, ...],
    package: str | None,
    directory: str,
    files: bool,
    limit: int | None,
    report: Path | None,
    sbom: bool,
    as_json: bool,
) -> None:
    """Sum up what was dropped and what is kept, by package and by directory, the largest first.

    SLIM is a slim image or its debug image; it knows its ORIGINAL, so that need not be named. Of
    two slim images it tells what the second has lost and won against the first.

    \b
      slim diff my-app:latest-slim
      slim diff my-app:latest my-app:latest-slim --directory /usr/lib
      slim diff my-app:latest-slim --package "python3*" --files | sort -n | tail
      slim diff my-app:latest-slim my-app:small
      slim diff --sbom my-app:latest-slim
    """
    if len(images) > 2:
        raise click.UsageError("one or two images are compared: [ORIGINAL] SLIM")
    if sbom:
        if package is not None or files or report is not None or directory != "/":
            raise click.UsageError("--sbom goes with --limit and --json only")
        tell_bills(images, limit=limit or _LIMIT, as_json=as_json)
        return
    *original, image = images
    pair = None
    if original and report is None:
        slow = told_if_slow(
            sys.stderr, lambda: f"what {' and '.join(images)} have is still being read"
        )
        with errors_as_json(as_json), slow:
            pair = builds_of(*images)
    if pair is not None:
        found = changes(*pair, package=package, directory=directory)
        _tell_changes(*pair, found, files=files, limit=limit, as_json=as_json)
        return
    slow = told_if_slow(sys.stderr, lambda: f"what {image} has is still being read")
    with errors_as_json(as_json), slow:
        account = account_of(image, original="".join(original), place=report)
    for note in account.notes:
        click.echo(printable(f"note: {note}"), err=True)
    compared = compare(account, package=package, directory=directory)
    if as_json:
        click.echo(json.dumps(_document(account, compared, files=files, limit=limit), indent=2))
    elif files:
        for fate in compared.dropped:
            click.echo("\t".join(_columns(fate)))
    else:
        _print(account, compared, limit or _LIMIT)


def _tell_changes(
    first: Account,
    second: Account,
    found: Changes,
    *,
    files: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    for note in (*first.notes, *second.notes):
        click.echo(printable(f"note: {note}"), err=True)
    if as_json:
        click.echo(changes_document(first, second, found, limit))
    elif files:
        print_changed_files(found)
    else:
        print_changes(first, second, found, limit or _LIMIT)


def _columns(fate: Fate) -> tuple[str, str, str]:
    """Bytes, package and path, a directory with a slash behind it."""
    slash = "/" if fate.type is EntryType.DIRECTORY else ""
    return str(fate.size), printable(fate.package) or "-", printable(fate.path) + slash


def _print(account: Account, compared: Comparison, limit: int) -> None:
    total = compared.total
    for word, name, number in (
        ("original", account.original, account.original_size),
        ("debug" if account.is_debug else "slim", account.image, account.image_size),
    ):
        click.echo(f"{word:8}  {size(number):>7}  {printable(name)}")
    share = total.dropped_size / max(1, total.dropped_size + total.kept_size)
    click.echo(f"{'dropped':8}  {size(total.dropped_size):>7}  ", nl=False)
    click.echo(f"{count(total.dropped_files, 'file')}, {share:.0%} of the bytes")
    click.echo(f"{'kept':8}  {size(total.kept_size):>7}  ", nl=False)
    click.echo(count(total.kept_files, "file"))
    if compared.made:
        made = sum(fate.size for fate in compared.made)
        click.echo(f"{'made':8}  {size(made):>7}  {count(len(compared.made), 'file')} by slimmer")
    if compared.of_base:
        own = sum(fate.size for fate in compared.of_base)
        click.echo(
            f"{'base':8}  {size(own):>7}  {count(len(compared.of_base), 'file')} of the base"
        )
    _table("package", compared.packages, limit)
    _table("directory", compared.directories, limit)


def _table(what: str, shares: Sequence[Share], limit: int) -> None:
    if not shares:
        return
    click.echo()
    click.secho(f"{'dropped':>7} {'files':>7}   {'kept':>7} {'files':>7}   by {what}", bold=True)
    for share in shares[:limit]:
        kept = (
            f"{size(share.kept_size):>7} {share.kept_files:>7,}"
            if share.kept_files
            else f"{'-':>7} {'-':>7}"
        )
        click.echo(
            f"{size(share.dropped_size):>7} {share.dropped_files:>7,}   {kept}   "
            f"{share_name(share)}"
        )
    rest = shares[limit:]
    if rest:
        dropped_bytes = sum(share.dropped_size for share in rest)
        dropped_files = sum(share.dropped_files for share in rest)
        click.echo(
            f"{size(dropped_bytes):>7} {dropped_files:>7,}   {'':15}   {len(rest):,} more (--limit)"
        )


def _document(
    account: Account, compared: Comparison, *, files: bool, limit: int | None
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "schema_version": 2,
        "original": {"reference": account.original, "size": account.original_size},
        "image": {"reference": account.image, "size": account.image_size},
        "report": str(account.report) if account.report else None,
        "notes": account.notes,
        "total": _share(compared.total),
        "packages": [_share(share) for share in compared.packages[:limit]],
        "directories": [_share(share) for share in compared.directories[:limit]],
        "made": [fate.path for fate in compared.made],
        "of_base": [fate.path for fate in compared.of_base],
    }
    if files:
        document["dropped"] = [
            {
                "path": fate.path,
                "type": fate.type.value,
                "size": fate.size,
                "package": fate.package,
                "package_type": fate.package_type,
            }
            for fate in compared.dropped
        ]
    return document


def _share(share: Share) -> dict[str, Any]:
    return dataclasses.asdict(share)
