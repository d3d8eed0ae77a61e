"""A run's temporary folder, which goes with the run, and what crashed runs left of theirs."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from slimmer.disk import own_text
from slimmer.engine import owner, owner_is_alive
from slimmer.errors import NO_SPACE, NoSpaceError, UsageError
from slimmer.interruption import uninterrupted
from slimmer.remains import Remaining, hold, settle

_PREFIX = "slimmer-"
_OWNER_FILE = "owner"
_REFUSED: Final = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)
_HOUR = 3600.0
"""Seconds after which an empty folder is no run's that has just begun."""


class _Workspace:
    """A remains.Holder."""

    def __init__(self) -> None:
        hold(self)
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        (self.folder / _OWNER_FILE).write_text(owner(), "utf-8")

    def close(self) -> None:
        with uninterrupted():
            remove_folder(self.folder)
            settle(self)

    def remains(self) -> list[Remaining]:
        folder = getattr(self, "folder", None)
        if folder is None or not os.path.lexists(folder):
            return []
        return [Remaining(what=f"folder {folder}", removal=f"rm -r {folder}")]


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """A new folder below the system's temporary one (TMPDIR), removed whatever happens.

    Layers and fetched files lie there, so it takes about three times the slim image's size.
    Raises NoSpaceError where the disk fills up inside the block.
    """
    try:
        held = _Workspace()
    except OSError as error:
        raise explained(error, Path(tempfile.gettempdir()), "TMPDIR") from error
    try:
        yield held.folder
    except OSError as error:
        raise explained(error, held.folder.parent, "TMPDIR") from error
    finally:
        held.close()


def remove_folder(folder: Path) -> None:
    """Remove all that is in it, then what says whose it is, then the folder: whoever is killed on
    the way leaves a folder that `slim clean` finds."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            elif entry.name != _OWNER_FILE:
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)
        if os.listdir(folder) == [_OWNER_FILE]:
            os.unlink(folder / _OWNER_FILE)
        os.rmdir(folder)


def abandoned_workspaces(*, everything: bool = False) -> list[Path]:
    """Folders of runs that are no more; `everything` includes those of runs that go on, or of which
    that cannot be seen from here. Others' folders are not looked into."""
    found = []
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if _is_bare(folder):
                found.append(folder)
                continue
            alive = owner_is_alive(own_text(folder / _OWNER_FILE))
            if alive is False or everything:
                found.append(folder)
    return sorted(found)


def _is_bare(folder: Path) -> bool:
    """Whether a run was killed before it had said whose the folder is, or after it had emptied it.
    Raises OSError."""
    status = folder.lstat()
    is_own = status.st_uid == os.geteuid() and folder.is_dir() and not folder.is_symlink()
    return is_own and time.time() - status.st_mtime > _HOUR and not os.listdir(folder)


def _is_elsewhere(refused: object, place: Path) -> bool:
    if not isinstance(refused, str):
        return False
    return not (Path(refused).is_relative_to(place) or place.is_relative_to(refused))


def explained(error: OSError, place: Path, setting: str) -> Exception:
    """The error to raise for a failure to write to `place`, which `setting` names."""
    if error.errno in NO_SPACE:
        return NoSpaceError(
            f"no space left in {place}",
            hint=f"free some, or point {setting} at a larger disk",
            details=str(error),
        )
    if error.errno in _REFUSED and not _is_elsewhere(error.filename, place):
        return UsageError(
            f"{place} cannot be written to: {error.strerror}",
            hint=f"name another place with {setting}",
        )
    return error
