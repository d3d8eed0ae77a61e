"""The fidelity check: a finished image's files as a container of it shows them to the sensor, and
its configuration as the engine has it, against the original's.

It runs beside the smoke test. Content is compared by digests that the sensor computes inside of
the containers, on both sides: nothing is fetched, and what was fetched for packing is not taken
for the original's word.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Set
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.engine import Session
from slimmer.errors import OriginalUnreadableError, PackingError
from slimmer.files import BrokenStreamError
from slimmer.image import read_original
from slimmer.pack import DEFAULT_PATH
from slimmer.trace.run import FileServer, container_marks
from slimmer.values import Content, Entry, EntryType, Fidelity, ImageKind, Original
from slimmer.verify.fidelity import (
    Difference,
    Expected,
    configuration_differences,
    content_differences,
    file_differences,
)

_SHOWN: Final = 20
"""Differences in an error's details."""
_CHUNK: Final = 1 << 20
_AT_ONCE: Final = 20_000
"""Files whose digests are held in memory for both images."""


@dataclass(frozen=True, kw_only=True)
class Blueprint:
    """What one finished image has to be."""

    kind: ImageKind
    original: Original
    entries: Mapping[str, Entry]
    """All that it has to hold, and nothing else."""
    read: tuple[str, ...]
    """The regular files whose content is compared. An image whose lower layers are another's,
    by digest, need only have its own read."""
    labels: Mapping[str, str]
    """What it has beside the original's own labels."""
    path_folders: tuple[str, ...] = ()
    """What it has in PATH behind the original's own folders."""
    created: str = ""
    """The time of creation that was packed."""
    latest: int | None = None
    """SOURCE_DATE_EPOCH."""
    of_base: Set[str] = frozenset()
    """As in `Expected`."""


def digests_of(paths: Iterable[str], content: Content) -> dict[str, bytes]:
    """BLAKE2b digests of files that no server can be asked for: those that slimmer made."""
    found: dict[str, bytes] = {}
    for path in paths:
        digest = hashlib.blake2b(digest_size=32)
        with content.open(path) as stream:
            while piece := stream.read(_CHUNK):
                digest.update(piece)
        found[path] = digest.digest()
    return found


def check_fidelity(
    session: Session,
    image: str,
    blueprint: Blueprint,
    digests: Future[dict[str, bytes]],
    spool: Path,
) -> Fidelity:
    """Hold the loaded `image` against the blueprint.

    `digests` gives what the files in `blueprint.read` must have, and more. `spool` is a file for
    what is fetched, which is nothing. Raises PackingError that names the first difference.
    """
    inspection = session.engine.inspect_image(image)
    finished = read_original(image, inspection)
    wanted, got = _configurations(blueprint, finished)
    differences = list(configuration_differences(wanted, got))
    server = FileServer(session, finished, spool)
    try:
        found = server.index(known=blueprint.entries).entries
        expected = Expected(
            entries=blueprint.entries,
            latest=blueprint.latest,
            of_base=blueprint.of_base,
            marks=container_marks(finished),
        )
        differences += file_differences(expected, found)
        readable = [path for path in blueprint.read if _is_file(found.get(path))]
        due = digests.result()
        for begin in range(0, len(readable), _AT_ONCE):
            some = readable[begin : begin + _AT_ONCE]
            differences += content_differences(some, due, server.content.digests(some))
    except BrokenStreamError:
        raise
    except OriginalUnreadableError as error:
        if digests.done() and digests.exception() is error:
            raise  # it is the original that cannot be read
        raise PackingError(
            f"the {blueprint.kind} image cannot be read in full: {error.message}",
            hint="no tag was moved; the engine's storage may be damaged",
            details=error.details,
        ) from error
    finally:
        server.close()
        server.content.close()
    _raise_for(blueprint.kind, differences)
    return Fidelity(
        image=blueprint.kind,
        paths=len(blueprint.entries),
        files_read=len(readable),
        bytes_read=sum(found[path].size for path in readable),
    )


def _raise_for(kind: ImageKind, differences: list[Difference]) -> None:
    if not differences:
        return
    others = len(differences) - 1
    lines = [str(difference) for difference in differences[:_SHOWN]]
    if len(differences) > _SHOWN:
        lines.append(f"and {len(differences) - _SHOWN:,} more")
    raise PackingError(
        f"the {kind} image is not what was to be packed: {differences[0]}"
        + (f" (and {others:,} more)" if others else ""),
        hint="no tag was moved; this is a bug in slimmer or in the engine: please report it "
        "with the lines above",
        details="\n".join(lines),
    )


def _configurations(
    blueprint: Blueprint, finished: Original
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the configuration has to be, and what the engine says that it is."""
    original = blueprint.original
    wanted = _outline(original) | {"created": blueprint.created}
    wanted["Labels"] = {**(original.config.get("Labels") or {}), **blueprint.labels}
    if blueprint.path_folders:
        wanted["Env"] = _with_folders(original.config.get("Env") or [], blueprint.path_folders)
    return wanted, _outline(finished)


def _outline(image: Original) -> dict[str, Any]:
    return {
        **image.config,
        "architecture": image.architecture,
        "variant": image.variant,
        "os": image.os,
        "author": image.author,
        "created": image.created,
    }


def _with_folders(environment: list[str], folders: tuple[str, ...]) -> list[str]:
    before = [each for each in environment if each.startswith("PATH=")] or ["PATH=" + DEFAULT_PATH]
    after = "PATH=" + ":".join((*filter(None, [before[0].removeprefix("PATH=")]), *folders))
    if before[0] in environment:
        return [after if each == before[0] else each for each in environment]
    return [*environment, after]


def _is_file(entry: Entry | None) -> bool:
    return entry is not None and entry.type is EntryType.FILE
