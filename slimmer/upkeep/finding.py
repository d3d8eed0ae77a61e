"""One thing that `slim doctor` has looked at."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class State(enum.Enum):
    """How serious a finding is."""

    GOOD = "good"
    LIMITED = "limited"
    """Builds work, but something is missing or tight."""
    BROKEN = "broken"
    """No build can work."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: State
    found: str
    advice: str = ""
    """What to do about it; empty where all is well."""
