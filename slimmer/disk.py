"""Files that appear whole or not at all, and a full disk as an error with a name."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from slimmer.errors import NoSpaceError, UsageError

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_REFUSED: Final = (
    *(errno.EACCES, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.EPERM, errno.EROFS),
)


class UnfinishedFile:
    """A file under a temporary name, beside the place where it will appear."""

    def __init__(self, stream: BinaryIO, name: Path) -> None:
        self.stream = stream
        self._name = name
        self._renamed = False

    def rename_to(self, target: Path) -> None:
        """Close the file and let it appear under its name, replacing what is there."""
        self.stream.close()
        os.replace(self._name, target)
        self._renamed = True

    def discard(self) -> None:
        """Remove what was written, unless it has got its name."""
        if not self._renamed:
            self._name.unlink(missing_ok=True)


@contextlib.contextmanager
def file_beside(target: Path, *, mode: int = 0o644) -> Iterator[UnfinishedFile]:
    """An unfinished file in the directory of `target`; gone at the end unless it was renamed.

    At an error closing may fail once more (a buffer that does not fit on the full disk); the
    first error is the one that is told.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    stream = os.fdopen(descriptor, "wb", buffering=1 << 18)
    unfinished = UnfinishedFile(stream, Path(name))
    try:
        # mkstemp makes files for their owner alone; results are as other files are.
        os.fchmod(descriptor, mode & ~_creation_mask())
        yield unfinished
    finally:
        with contextlib.suppress(OSError):
            stream.close()
        unfinished.discard()


@contextlib.contextmanager
def space_errors(place: Path, doing: str) -> Iterator[None]:
    """Turn a full disk into NoSpaceError, and a place that may not be written to into
    UsageError; `doing` is a phrase such as `writing the system layer`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpaceError(
                f"no space left at {place} while {doing}",
                hint="free some space, or set TMPDIR or --output to a larger disk",
                details=str(error),
            ) from error
        if error.errno in _REFUSED:
            raise UsageError(
                f"{place} cannot be written to while {doing}: {error.strerror}",
                hint="name a place that this user may write to",
            ) from error
        raise


def _creation_mask() -> int:
    """The process' umask, read without changing it where the kernel tells."""
    with contextlib.suppress(OSError), open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    return 0o022
