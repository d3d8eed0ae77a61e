"""What was watched as a JSON file, and its paths read back by `slim build --include-from`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, Final

from slimmer.disk import file_beside, space_errors
from slimmer.errors import WatchFileError
from slimmer.watch.findings import Watched

FORMAT: Final = "slimmer watch"
SCHEMA_VERSION: Final = 1
_LARGEST: Final = 64 << 20
"""Bytes; a file with a hundred thousand paths has 20 MB."""


def to_json(watched: Watched) -> str:
    """JSON text (ASCII; bytes of a path that are no UTF-8 as lone surrogates), with a newline."""
    document = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        **dataclasses.asdict(watched),
    }
    return json.dumps(document, indent=1) + "\n"


def write_watched(watched: Watched, file: Path) -> None:
    """Write the document, whole or not at all. Raises NoSpaceError, and UsageError for a place
    that cannot be written to."""
    with space_errors(file.parent, "writing what was missed"), file_beside(file) as unfinished:
        unfinished.stream.write(to_json(watched).encode())
        unfinished.rename_to(file)


def read_missed_paths(file: Path) -> tuple[str, ...]:
    """The missed paths of a file that `slim watch --output` wrote. Raises WatchFileError."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise _unusable(file, f"cannot be read: {error.strerror}") from error
    if len(data) > _LARGEST:
        raise _unusable(file, "is too large to be one")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _unusable(file, "is no JSON, or cut off", str(error)) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _unusable(file, "was not written by slim watch")
    version = document.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _unusable(file, f"has no valid schema_version: {version!r}")
    if version > SCHEMA_VERSION:
        raise WatchFileError(
            f"{file} is of format {version}; this slimmer reads up to {SCHEMA_VERSION}",
            hint="use the version of slimmer that wrote it, or a newer one",
        )
    return tuple(_path(file, item) for item in _list(file, document.get("missed")))


def _list(file: Path, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise _unusable(file, "has no list `missed`")
    return value


def _path(file: Path, item: Any) -> str:
    path = item.get("path") if isinstance(item, dict) else None
    if not isinstance(path, str) or not path.startswith("/") or "\0" in path:
        raise _unusable(file, f"has an entry of `missed` without an absolute path: {item!r}"[:200])
    return path


def _unusable(file: Path, what: str, details: str = "") -> WatchFileError:
    return WatchFileError(
        f"{file} {what}", hint="name a file that `slim watch --output FILE` wrote", details=details
    )
