"""What becomes of an exception that is no error of slimmer's."""

from __future__ import annotations

import errno
import traceback
from typing import Final

from slimmer.errors.build import NoSpaceError, UsageError
from slimmer.errors.interface import InterruptedRunError, SlimError

NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT)
"""What the system says where a disk is full or a quota used up."""


def as_slim_error(error: BaseException) -> SlimError:
    """Any exception as the user is told of it. What is not known here is a bug in slimmer, and
    comes with its traceback."""
    if isinstance(error, SlimError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return InterruptedRunError("interrupted")
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        place = f" to {error.filename}" if error.filename else ""
        return NoSpaceError(
            f"a disk is full, or a quota used up: nothing more can be written{place}",
            hint="free some where slim's output, its reports or its temporary files go (TMPDIR)",
        )
    if isinstance(error, PermissionError) and isinstance(error.filename, str):
        return UsageError(
            f"this user may not use {error.filename}: {error.strerror}",
            hint="name another place, or let this user read it (and write there what is written)",
        )
    return SlimError(
        f"internal error: {type(error).__name__}: {error}",
        hint="this is a bug in slimmer: please report it with the lines above",
        details="".join(traceback.format_exception(error)),
    )
