"""What every error has, and what becomes of an exception that is none of them."""

from __future__ import annotations

import traceback
from typing import ClassVar


class SlimError(Exception):
    """A failure that slimmer can explain. Subclasses own one exit code each.

    `message` says what was found, `hint` what to do next, `details` holds the evidence
    (log lines, a probe's answer) that is shown below the message.
    """

    exit_code: ClassVar[int] = 1
    cause: ClassVar[str] = "internal error: a bug in slimmer"

    def __init__(self, message: str, *, hint: str = "", details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details
        self.report_file = ""
        """The report.json of the run that failed; empty where there is none."""


class InterruptedRunError(SlimError):
    """The user pressed Ctrl-C, or the process was asked to end."""

    exit_code = 130
    cause = "interrupted"


def as_slim_error(error: BaseException) -> SlimError:
    """Any exception as the user is told of it: a bug in slimmer with its traceback."""
    if isinstance(error, SlimError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return InterruptedRunError("interrupted")
    return SlimError(
        f"internal error: {type(error).__name__}: {error}",
        hint="this is a bug in slimmer: please report it with the lines above",
        details="".join(traceback.format_exception(error)),
    )
