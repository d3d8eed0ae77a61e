"""Files that appear whole or not at all, a full disk as an error with a name, and whether a file is
there."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from slimmer.errors import NO_SPACE, NoSpaceError, UsageError

_REFUSED: Final = (
    *(errno.EACCES, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.EPERM, errno.EROFS),
)


PRIVATE: Final = 0o600
"""The mode of files that may hold secrets: a probe's headers are in a saved trace."""


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


class StagedFiles:
    """Files that are written beside those of a directory, and take their places together."""

    def __init__(self, folder: Path, directory: Path) -> None:
        self.folder = folder
        """Where they are written."""
        self._directory = directory

    def publish(self, *, stale: Iterable[str] = ()) -> None:
        """Let all of them appear in the directory under their names, replacing what is there, and
        remove `stale` names that are not among them."""
        names = sorted(path.name for path in self.folder.iterdir())
        for name in names:
            os.replace(self.folder / name, self._directory / name)
        for name in {*stale} - {*names}:
            (self._directory / name).unlink(missing_ok=True)


@contextlib.contextmanager
def files_beside(directory: Path) -> Iterator[StagedFiles]:
    """Files that appear in `directory`, which is made where it is not there, all or none."""
    directory.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=directory))
    try:
        yield StagedFiles(folder, directory)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def own_text(file: Path, *, limit: int = 64 * 1024) -> str:
    """The first `limit` bytes of a file of this user's, in a folder of this user's.

    Whatever else lies there is not opened, since somebody may have put it there for us: a FIFO
    would wait for ever, a link leads elsewhere. Raises OSError, and UnicodeDecodeError.
    """
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _require_own(os.fstat(folder))
        status = os.stat(file.name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(file))
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(file.name, flags, dir_fd=folder)
        with open(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            _require_own(status)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "not a regular file", str(file))
            return stream.read(limit).decode("utf-8")
    finally:
        os.close(folder)


def _require_own(status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "it belongs to another user")


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


def write_result(target: Path, data: bytes, doing: str) -> None:
    """Write a file that appears whole; what is no regular file (`/dev/stdout`, a pipe) is written
    to as it is. `doing`, and what is raised, are as in `space_errors`."""
    with space_errors(target, doing):
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        with file_beside(target) as unfinished:
            unfinished.stream.write(data)
            unfinished.rename_to(target)


@contextlib.contextmanager
def space_errors(place: Path, doing: str) -> Iterator[None]:
    """Turn a full disk into NoSpaceError, and a place that may not be written to into
    UsageError; `doing` is a phrase such as `writing the system layer`."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise NoSpaceError(
                f"no space left at {place} while {doing}",
                hint="free some there, or let it go to a larger disk: by the option that names the "
                "place, or TMPDIR for what is temporary",
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


def exists(place: Path) -> bool:
    """Whether anything is there. This and the next two raise PermissionError where this user may
    not know; `Path.exists` says False there from Python 3.14 on."""
    return _status(place) is not None


def is_regular(place: Path) -> bool:
    """Whether a regular file is there, links followed."""
    status = _status(place)
    return status is not None and stat.S_ISREG(status.st_mode)


def is_directory(place: Path) -> bool:
    """Whether a directory is there, links followed."""
    status = _status(place)
    return status is not None and stat.S_ISDIR(status.st_mode)


def _status(place: Path) -> os.stat_result | None:
    try:
        return place.stat()
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP):
            return None
        raise
    except ValueError:  # a null byte
        return None
