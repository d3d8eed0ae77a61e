"""The spool: one file on disk that holds the content of every fetched file, end to end.

Memory holds 3 numbers per file, whatever the size of the image.
"""

from __future__ import annotations

import errno
import os
import weakref
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from slimmer.errors import NO_SPACE, NoSpaceError
from slimmer.files.part import part_stream


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """Where in the spool the bytes of one file lie."""

    offset: int
    size: int


class Spool:
    """Appends while `append` is called, reads anywhere at any time; threads may do both."""

    def __init__(self, file: Path) -> None:
        """Creates `file`, which must not exist, readable by its owner alone: it holds whatever
        secrets the image holds. `close` removes it, and so does the end of the value.
        """
        self._file = file
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._closing = weakref.finalize(self, _close, self._descriptor, file)
        self.end = 0
        """Bytes in the spool."""

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, piece: bytes) -> None:
        """Write at the end; a full disk is NoSpaceError."""
        view = memoryview(piece)
        try:
            while view:
                written = os.pwrite(self._descriptor, view, self.end)
                self.end += written
                view = view[written:]
        except OSError as error:
            if error.errno in (*NO_SPACE, errno.EFBIG):
                raise NoSpaceError(
                    f"no space left in {self._file.parent} for the files to keep",
                    hint="free space there, or set TMPDIR to a directory on a larger disk",
                    details=f"{self.end} bytes were written before: {error.strerror}",
                ) from error
            raise

    def read(self, segment: Segment, size: int, offset: int = 0) -> bytes:
        """Up to `size` bytes of a segment from `offset` on; fewer only at its end."""
        size = min(size, segment.size - offset)
        return os.pread(self._descriptor, size, segment.offset + offset) if size > 0 else b""

    def open(self, segment: Segment) -> BinaryIO:
        """A seekable stream over one segment, with a position of its own."""
        return part_stream(partial(self.read, segment), segment.size)

    def close(self) -> None:
        """Close and remove the file; streams that are open fail from now on."""
        self._closing()
        self._descriptor = -1


def _close(descriptor: int, file: Path) -> None:
    os.close(descriptor)
    file.unlink(missing_ok=True)
