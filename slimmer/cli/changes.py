"""What `slim diff` prints of two slim images."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from typing import Any

import click

from slimmer.explain import Account, Changes, ChangeShare, Share
from slimmer.report import Fate, package_of_type
from slimmer.words import count, printable, size

_NO_PACKAGE = "(in no package)"


def print_changes(first: Account, second: Account, found: Changes, limit: int) -> None:
    """Sums, and the largest groups."""
    total = found.total
    rows = (
        ("first", size(first.image_size), first.image),
        ("second", size(second.image_size), second.image),
        ("gone", size(total.gone_size), f"{count(total.gone_files, 'file')} of the first alone"),
        ("new", size(total.new_size), f"{count(total.new_files, 'file')} of the second alone"),
    )
    for word, amount, text in rows:
        click.echo(f"{word:8}  {amount:>7}  {printable(text)}")
    if found.resized:
        more = sum(after.size - before.size for before, after in found.resized)
        sign = "-" if more < 0 else "+"
        files = count(len(found.resized), "file")
        click.echo(f"{'resized':8}  {sign + size(abs(more)):>7}  {files} of both")
    click.echo(f"{'same':8}  {'':7}  {count(found.same_files, 'file')} of one size")
    for what, shares in (("package", found.packages), ("directory", found.directories)):
        _table(what, shares, limit)


def print_changed_files(found: Changes) -> None:
    """A line for each file, fit for `sort`: sign, bytes, package, path."""
    for line in _lines(found):
        click.echo("\t".join(line))


def changes_document(first: Account, second: Account, found: Changes, limit: int | None) -> str:
    """As JSON, all files included."""
    document: dict[str, Any] = {
        "schema_version": 1,
        "first": {"reference": first.image, "size": first.image_size},
        "second": {"reference": second.image, "size": second.image_size},
        "notes": (*first.notes, *second.notes),
        "total": dataclasses.asdict(found.total),
        "same_files": found.same_files,
        "packages": [dataclasses.asdict(each) for each in found.packages[:limit]],
        "directories": [dataclasses.asdict(each) for each in found.directories[:limit]],
        "gone": [_file(fate) for fate in found.gone],
        "new": [_file(fate) for fate in found.new],
        "resized": [_file(after) | {"size_before": before.size} for before, after in found.resized],
    }
    return json.dumps(document, indent=2)


def _table(what: str, shares: Sequence[ChangeShare], limit: int) -> None:
    if not shares:
        return
    click.echo()
    click.secho(f"{'gone':>7} {'files':>7}   {'new':>7} {'files':>7}   by {what}", bold=True)
    for share in shares[:limit]:
        gone = _cells(share.gone_size, share.gone_files)
        new = _cells(share.new_size, share.new_files)
        click.echo(f"{gone}   {new}   {share_name(share)}")
    if len(shares) > limit:
        click.echo(f"{'':33}   {len(shares) - limit:,} more (--limit)")


def share_name(share: ChangeShare | Share) -> str:
    """A directory, or a package with what manages it where that is not the distribution."""
    kind = f" ({package_of_type(share.type)})" if share.type else ""
    return f"{printable(share.name)}{kind}" if share.name else _NO_PACKAGE


def _cells(amount: int, files: int) -> str:
    return f"{size(amount):>7} {files:>7,}" if files else f"{'-':>7} {'-':>7}"


def _lines(found: Changes) -> Iterator[tuple[str, ...]]:
    for sign, fates in (("-", found.gone), ("+", found.new)):
        for fate in fates:
            yield sign, str(fate.size), printable(fate.package) or "-", printable(fate.path)
    for before, after in found.resized:
        amount = f"{after.size - before.size:+d}"
        yield "~", amount, printable(after.package) or "-", printable(after.path)


def _file(fate: Fate) -> dict[str, Any]:
    return {
        "path": fate.path,
        "type": fate.type.value,
        "size": fate.size,
        "package": fate.package,
        "package_type": fate.package_type,
    }
