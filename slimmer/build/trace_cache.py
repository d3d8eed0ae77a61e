"""Traces that a build keeps for the next ones, in a folder of bounded size.

The lists of the original's files are not kept: they belong to an image's id, which is another one
after each commit, and reading them takes less time than starting the container that is needed
for the files' bytes anyway.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import time
from pathlib import Path
from typing import Any, Final

from slimmer.disk import PRIVATE, file_beside, space_errors
from slimmer.errors import TraceFileError, UsageError
from slimmer.options import BuildOptions, Role
from slimmer.trace.saved import PROBES, read_saved_trace

MOST_BYTES: Final = 64_000_000
"""Of all traces in the folder: some 200 of usual size, and little to hand from run to run."""
MOST_SECONDS: Final = 30 * 86_400
"""Since a trace was last used."""
_FOLDER: Final = "traces"
_NOTE: Final = (
    "Traces that slim build --cache-dir keeps between runs. They may be removed at any time.\n"
)


def with_cached_trace(options: BuildOptions, folder: Path) -> BuildOptions:
    """The options with the folder's trace for this image as `from_trace`, to be renewed where it
    is missing or does not fit. Another trace of the user's own goes before it. Raises UsageError
    for a folder that cannot be made."""
    if options.from_trace is not None or options.save_trace is not None:
        return options
    traces = folder / _FOLDER
    try:
        traces.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UsageError(
            f"the folder of --cache-dir cannot be made: {error}",
            hint="name a folder that this user may write to",
        ) from error
    _write_note(folder)
    file = traces / _name(options)
    if file.exists():
        _use(file)
    remove_old(traces, now=time.time())
    return dataclasses.replace(options, from_trace=file, retrace=True)


def _use(file: Path) -> None:
    """One that cannot be read is of no use: a cache may come back cut off, or from another
    version."""
    try:
        read_saved_trace(file)
    except TraceFileError:
        file.unlink(missing_ok=True)
    else:
        os.utime(file)


def remove_old(
    traces: Path, *, now: float, most_bytes: int = MOST_BYTES, most_seconds: float = MOST_SECONDS
) -> None:
    """Remove what was not used for so long, and then what was used longest ago, until the rest is
    small enough. `now` is in seconds since the epoch."""
    left = 0
    by_use = sorted(_files(traces), key=lambda each: each[1].st_mtime, reverse=True)
    for file, status in by_use:
        left += status.st_size
        if left > most_bytes or now - status.st_mtime > most_seconds:
            file.unlink(missing_ok=True)


def _files(traces: Path) -> list[tuple[Path, os.stat_result]]:
    """Another build may remove some in the meantime."""
    found = []
    for file in traces.glob("*.trace"):
        try:
            found.append((file, file.stat()))
        except FileNotFoundError:
            continue
    return found


def _name(options: BuildOptions) -> str:
    """By the image's name without its tag, which is another one for each commit, and all that the
    traced run depends on."""
    name = options.image.partition("@")[0]
    path, separator, tag = name.rpartition(":")
    if separator and "/" not in tag:
        name = path
    readable = re.sub(r"[^a-z0-9.-]+", "_", name.lower()).strip("_") or "image"
    asked = {
        "image": name,
        "roles": [_asked(role) for role in options.all_roles],
        "compose": options.compose,
        "sources": sorted(source.value for source in options.sources),
    }
    text = json.dumps(asked, sort_keys=True, default=_plain)
    return f"{readable[-80:]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.trace"


def _asked(role: Role) -> dict[str, Any]:
    return {
        "name": role.name,
        "service": role.service,
        "run": dataclasses.asdict(role.run),
        "probes": [PROBES.encode(probe) for probe in role.probes],
        "crawl": role.crawl,
        "openapi": role.openapi,
        "healthcheck": role.healthcheck,
    }


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return sorted(map(repr, value)) if isinstance(value, frozenset | set) else repr(value)


def _write_note(folder: Path) -> None:
    note = folder / "README"
    if not note.exists():
        with space_errors(note, "writing to --cache-dir"), file_beside(note, mode=PRIVATE) as made:
            made.stream.write(_NOTE.encode())
            made.rename_to(note)
