"""A run's temporary folder, which goes with the run, and what crashed runs left of theirs."""

from __future__ import annotations

import contextlib
import errno
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from slimmer.engine import owner, owner_is_alive
from slimmer.errors import NoSpaceError, UsageError

_PREFIX = "slimmer-"
_OWNER_FILE = "owner"


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """A new folder below the system's temporary one (TMPDIR), removed whatever happens.

    Layers and fetched files lie there, so it takes about three times the slim image's size.
    Raises NoSpaceError where the disk fills up inside the block.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    except OSError as error:
        raise explained(error, Path(tempfile.gettempdir()), "TMPDIR") from error
    try:
        (folder / _OWNER_FILE).write_text(owner(), "utf-8")
        yield folder
    except OSError as error:
        raise explained(error, folder.parent, "TMPDIR") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def abandoned_workspaces() -> list[Path]:
    """Folders of runs that are no more."""
    found = []
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        with contextlib.suppress(OSError):
            if owner_is_alive((folder / _OWNER_FILE).read_text("utf-8")) is False:
                found.append(folder)
    return sorted(found)


def explained(error: OSError, place: Path, setting: str) -> Exception:
    """The error to raise for a failure to write to `place`, which `setting` names."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpaceError(
            f"no space left in {place}",
            hint=f"free some, or point {setting} at a larger disk",
            details=str(error),
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return UsageError(
            f"{place} cannot be written to: {error.strerror}",
            hint=f"name another place with {setting}",
        )
    return error
