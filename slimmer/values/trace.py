"""What a traced run saw."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from slimmer.values.calls import CallUse


class Source(enum.Enum):
    """Where a sighting comes from."""

    NOTIFY = "notify"
    """seccomp user notification: every lookup by path, failed ones included."""
    FANOTIFY = "fanotify"
    """fanotify: real paths of files that were opened, whoever opened them."""


class Access(enum.Enum):
    """How a path was used."""

    OPEN = "open"
    EXECUTE = "execute"
    LOOKUP = "lookup"
    """stat, access, readlink, chdir, and whatever else names a path without opening it."""
    CREATE = "create"
    """The path, or its last component, may be created, renamed, removed or changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One path, seen in one phase, in one manner, by one program (repeats are folded)."""

    path: str
    """Absolute, without `//`, `.` or a trailing slash; `..` stays where the program wrote it,
    since it may follow a link, which only the rootfs index can tell."""
    access: Access
    phase: str
    """`boot`, a probe's name, or `shutdown`."""
    program: str
    """The executable that asked, as an absolute path; empty where it was gone already."""
    source: Source


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Everything that a traced run saw, complete by construction (else there is no Trace)."""

    sources: frozenset[Source]
    missing_sources: Mapping[Source, str]
    """For each source that was not available: why."""
    as_entitled: bool = False
    """Whether programs could gain privileges (setuid, file capabilities) as in the original."""
    phases: tuple[str, ...]
    """In the order in which they ran."""
    sightings: tuple[Sighting, ...]
    exit_status: int | None
    """The exit status of the original's command where it ended by itself, else None."""
    records: int
    """Records in the stream, for the report."""
    calls: tuple[CallUse, ...] = ()
    """Every system call, where the run was asked to record them: then there is one at least."""
    unnamed: int = 0
    """Lookups of what the original does not have that are here without their names, since there
    were too many: the deepest directory on the way stands for each. Every file that was used is
    here."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of it."""
        if not self.unnamed:
            return ()
        return (
            f"{self.unnamed:,} lookups of paths that the image does not have are not listed, since "
            "there were too many: the trace has every file that was used, and is incomplete about "
            "failed lookups only",
        )


def in_role(role: str, name: str) -> str:
    """What the phase or the probe of a role is called beside those of other roles: `worker: boot`.
    The name itself for the only role of an image, which has none."""
    return f"{role}: {name}" if role else name
