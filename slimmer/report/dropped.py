"""dropped.json: every path of the original that the slim image does not have.

A document of its own beside report.json, which it would make several times as long: an original
has 20,000 paths or more of which nothing is told but that they are gone. One line per directory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from typing import Any, Final

from slimmer import __version__
from slimmer.report.groups import content_sizes
from slimmer.values import Entry

DROPPED_VERSION: Final = 1
"""Raised as the report's `schema_version` is."""


def dropped_document(
    entries: Collection[Entry],
    kept: Container[str],
    *,
    package: Callable[[str], str],
    debug_paths: Iterable[str],
    original_id: str,
    manifest_digest: str,
) -> str:
    """The document as text (ASCII), ending in a newline. Takes some 50 ms for 20,000 paths.

    `entries` is the whole index of the original, `kept` the slim image's paths; `debug_paths`
    are those that the debug image has above them; `manifest_digest` is the slim image's.
    """
    sizes = content_sizes(entries, kept)
    packages: dict[str, int] = {"": 0}
    directories: dict[str, list[list[Any]]] = {}
    for entry in entries:
        path = entry.path
        if path in kept:
            continue
        directory, _, name = path.rpartition("/")
        owner = packages.setdefault(package(path), len(packages))
        row: list[Any] = [name, entry.type.value, sizes.get(path, 0), owner]
        if entry.link_target:
            row.append(entry.link_target)
        directories.setdefault(directory or "/", []).append(row)
    head: Mapping[str, Any] = {
        "slimmer_version": __version__,
        "schema_version": DROPPED_VERSION,
        "original": original_id,
        "manifest_digest": manifest_digest,
        "packages": list(packages),
        "debug": sorted(debug_paths),
    }
    members = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    lines = ",\n".join(
        f"    {json.dumps(directory)}: {json.dumps(rows, separators=(',', ':'))}"
        for directory, rows in directories.items()
    )
    members.append(f'  "directories": {{\n{lines}\n  }}')
    return "{\n" + ",\n".join(members) + "\n}\n"
