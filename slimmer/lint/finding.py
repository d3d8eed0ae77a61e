"""What a linter says of one place in a Dockerfile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from slimmer.codec import Keywords

SEVERITIES: Final = ("error", "warning", "info", "style")
"""The most severe first; hadolint's words."""
Severity = Annotated[str, Keywords(words=SEVERITIES)]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to mend."""

    code: str
    """`SL020`, or hadolint's: `DL3008`, `SC2086`."""
    severity: Severity
    line: Annotated[int, Keywords(minimum=1)]
    """Of the Dockerfile, from 1."""
    column: Annotated[int, Keywords(minimum=1)] = 1
    message: str
    """What is wrong, and what to do."""
    details: tuple[str, ...] = ()
    """Evidence: paths with their sizes, one on a line."""
    source: Annotated[str, Keywords(words=("slim", "hadolint"))] = "slim"


def is_at_least(severity: str, threshold: str) -> bool:
    """Whether a severity counts: `none` is a threshold that nothing reaches."""
    return threshold != "none" and SEVERITIES.index(severity) <= SEVERITIES.index(threshold)
