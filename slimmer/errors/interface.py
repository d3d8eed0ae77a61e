"""What every error has."""

from __future__ import annotations

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
