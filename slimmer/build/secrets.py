"""Private keys and tokens among what is kept: whoever pulls the image has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from slimmer.build.job import Job
from slimmer.build.values import Assembly
from slimmer.ecosystems import source_of
from slimmer.files import PackageDatabase, PathGlobs, name_of
from slimmer.pack import DEPENDENCIES
from slimmer.secrets import secrets_of_file
from slimmer.values import Content, EntryType, LayerPlan
from slimmer.words import printable

_LARGEST: Final = 256 * 1024
"""Bytes of a file that is looked into: keys and settings are smaller."""
_NAMED: Final = 5
"""Files that a warning names."""


def warn_of_secrets(job: Job, assembly: Assembly) -> None:
    """Name the files that hold what looks like a secret; not those that `--allow-secret` names."""
    allowed = PathGlobs(job.options.allowed_secrets)
    found = [
        f"{printable(path)} ({what}, line {line})"
        for path, what, line in assembly.secrets.result()
        if not allowed.covers(path)
    ]
    if found:
        further = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
        job.warn(
            f"the image holds what looks like secrets: {', '.join(found[:_NAMED])}{further}; "
            "--exclude leaves a file out, --allow-secret GLOB says that it belongs there"
        )


def secrets_kept(
    layers: Iterable[LayerPlan], content: Content, packages: PackageDatabase
) -> tuple[tuple[str, str, int], ...]:
    """(path, what it is, number of the line) of the first secret of each file.

    What packages brought is public, and the test keys of libraries are many: neither is looked at,
    nor is the byte code that was made of it as it was installed.
    """
    paths = [
        entry.path
        for layer in layers
        if layer.name != DEPENDENCIES
        for entry in layer.entries
        if entry.type is EntryType.FILE
        and 0 < entry.size <= _LARGEST
        and packages.owner(source_of(entry.path)) is None
    ]
    content.fetch(paths)
    found = (
        (path, next(secrets_of_file(name_of(path), content.head(path, _LARGEST)), None))
        for path in paths
    )
    return tuple((path, *secret) for path, secret in found if secret is not None)
