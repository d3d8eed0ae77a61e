"""What a failing container says of the right that it lacks."""

from __future__ import annotations

import re
from typing import Final

from slimmer.harden.candidate import Attempt
from slimmer.words import printable

_REFUSED: Final = re.compile(
    r"operation not permitted|permission denied|read-only file ?system|not permitted|EPERM|EACCES"
    r"|EROFS|can't set|failed to set|must be owned|cannot switch",
    re.IGNORECASE,
)
_READ_ONLY: Final = re.compile(r"read-only file ?system|EROFS", re.IGNORECASE)
_PATH: Final = re.compile(r"/[^\s'\"`,;:()\[\]]+")
_LONGEST: Final = 160


def tells_of_refusal(attempt: Attempt) -> bool:
    """Whether a failure is explained. Any other may be chance: a busy machine, a late answer."""
    return _REFUSED.search(attempt.said) is not None


def because(attempt: Attempt) -> str:
    """`it says "…"`, of the line that speaks of a refusal, else what the test found wrong."""
    lines = [line.strip() for line in attempt.said.splitlines() if _REFUSED.search(line)]
    if lines:
        return f'it says "{printable(lines[0][:_LONGEST])}"'
    return printable(attempt.problem.splitlines()[0][:_LONGEST]) if attempt.problem else "it fails"


def written_in_vain(attempt: Attempt) -> dict[str, str]:
    """Path that could not be written to for the root being read-only → reason."""
    return {
        path: f"the container said of {path}: read-only file system"
        for line in attempt.said.splitlines()
        if _READ_ONLY.search(line)
        for path in _PATH.findall(line)[-1:]
    }
