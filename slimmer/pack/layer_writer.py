"""A layer plan → a tar on disk, named by its digest.

Contents stream through one buffer, so memory does not depend on any file's size, and the
digest is computed from the very bytes that are written.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, Final

from slimmer.disk import file_beside, space_errors
from slimmer.errors import PackingError
from slimmer.pack.layering import hard_link_sources
from slimmer.pack.tar_header import END_OF_ARCHIVE, entry_header, padding
from slimmer.values import Content, Entry, EntryType, Layer, LayerPlan

_CHUNK: Final = 1 << 20


def write_layer(
    plan: LayerPlan, content: Content, directory: Path, *, latest: int | None = None
) -> Layer:
    """Write the layer's tar into `directory` and return what was written.

    `latest` (seconds since the epoch; SOURCE_DATE_EPOCH) is what modification times are
    clamped to. Raises PackingError when a file's content is not as long as the index says,
    NoSpaceError when the disk is full; nothing is left in `directory` then.
    """
    links = hard_link_sources(plan.entries)
    content.fetch(
        entry.path
        for entry in plan.entries
        if entry.type is EntryType.FILE and entry.size and entry.path not in links
    )
    with (
        space_errors(directory, f"writing the {plan.name} layer"),
        file_beside(directory / f"{plan.name}.tar") as written,
    ):
        hashing = _HashingWriter(written.stream)
        for entry in plan.entries:
            source = links.get(entry.path, "")
            hashing.write(entry_header(entry, hard_link_to=source, latest=latest))
            if entry.type is EntryType.FILE and entry.size and not source:
                _copy_content(entry, content, hashing)
        hashing.write(END_OF_ARCHIVE)
        digest = hashing.digest()
        # By content, so that two runs into one directory never meet under one name.
        file = directory / f"{digest.removeprefix('sha256:')}.tar"
        written.rename_to(file)
    return Layer(
        name=plan.name,
        digest=digest,
        size=hashing.size,
        file=file,
        entries=len(plan.entries),
    )


class _HashingWriter:
    """Writes to a stream and hashes what it writes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self.size = 0
        """Bytes written so far."""

    def write(self, data: bytes | memoryview) -> None:
        self._stream.write(data)
        self._hash.update(data)
        self.size += len(data)

    def digest(self) -> str:
        return "sha256:" + self._hash.hexdigest()


def _copy_content(entry: Entry, content: Content, target: _HashingWriter) -> None:
    """Exactly `entry.size` bytes, padded; the header has promised them already."""
    left = entry.size
    with content.open(entry.path) as stream:
        while left:
            data = stream.read(min(left, _CHUNK))
            if not data:
                raise PackingError(
                    f"{entry.path} ended {left} bytes before the {entry.size} of the index",
                    hint="the original must not change while it is read; run slim again",
                )
            target.write(data)
            left -= len(data)
        if stream.read(1):
            raise PackingError(
                f"{entry.path} goes on after the {entry.size} bytes of the index",
                hint="the original must not change while it is read; run slim again",
            )
    target.write(padding(entry.size))
