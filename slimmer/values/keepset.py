"""What stays, and why."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Strategy(enum.Enum):
    """How much is kept around what was seen."""

    MINIMAL = "minimal"
    BALANCED = "balanced"
    SAFE = "safe"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a path is kept."""

    rule: str
    """The rule's name: `trace`, `link`, `directory`, `elf-needed`, `include`, …"""
    detail: str
    """One phrase for humans: `opened by /usr/sbin/nginx in phase boot`."""
    because: str = ""
    """The kept path that led here; empty where the reason stands for itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeavyOmission:
    """Something that may be needed and was dropped for its size."""

    what: str
    """`the Node package typescript`, or a path."""
    size: int
    """Bytes, with all that it would have brought along."""
    why: str
    """What speaks for it, or against it: `/app/server.js mentions it`, `nothing requires it`."""
    include: str = ""
    """The path that `--include` has to name; empty where it is more than one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unstartable:
    """A kept program that the original could start and the slim image cannot."""

    path: str
    missing: str
    """The interpreter or library of the original that is not kept."""


@dataclass(frozen=True, kw_only=True)
class KeepSet:
    """What stays, and why. Each path exists in the rootfs index."""

    reasons: Mapping[str, tuple[Reason, ...]]
    """path → at least one reason; sorted by path; parents of kept paths are kept as well. Stage
    metadata adds paths that slimmer generates, which need not be in the index."""
    excluded: tuple[str, ...] = ()
    """Paths that would have been kept but for `--exclude`."""
    notes: tuple[str, ...] = ()
    """Sentences for the report: setuid programs that ran without effect, missing libraries."""
    heavy: tuple[HeavyOmission, ...] = ()
    """The largest first."""
    unstartable: tuple[Unstartable, ...] = ()
    """Sorted by path."""
    application: frozenset[str] = frozenset()
    """Regular files of the original that are the application's own, kept or not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Repair:
    """A path of the original that a finished image was seen to miss while its probes failed."""

    path: str
    """As it was looked up, or its canonical form where that leads the same way."""
    program: str
    """The executable that missed it; empty where it was gone already."""
    phase: str
    """Of the slim image's traced run."""
    listing: str = ""
    """The directory that the program listed, and where it did not find the path; empty where it
    looked the path up itself."""
    whole: bool = False
    """Whether all that is below the path belongs to the repair."""

    @property
    def detail(self) -> str:
        """One phrase for humans."""
        who = f" by {self.program}" if self.program else ""
        if self.listing:
            return f"missing where {self.listing} was listed{who} in phase {self.phase}"
        return f"looked up and not found{who} in phase {self.phase} of the slim image"
