"""A saved trace as a value: what one or more traced runs of an original saw, without anything
that belongs to the moment or the machine, so that the same use of the same image gives the same
file."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from slimmer.values import Access, CallUse, Probe, Repair, Sighting, Source, Trace, in_role

BOOT, SHUTDOWN = "boot", "shutdown"
"""The phases in which a container starts and ends, whatever is probed between them."""
TESTS = "tests"
"""The phase in which others than slimmer's probes use the container."""
NOT_SAVED = "it was missing when the trace was saved"
"""Why a source saw nothing, as far as a saved trace knows."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What an original runs on: all of it that is not its application's own. Each sorted."""

    settings: Mapping[str, str]
    """Key of the configuration (`Cmd`, `Env PATH`) → `sha256:…` of its value; without labels."""
    packages: Mapping[str, str]
    """`dpkg libc6:amd64` → version."""
    installed: Mapping[str, str]
    """Path of a package that a language installed → `sha256:…` of its list of files."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The original that a trace is of, in terms that every engine gives alike."""

    reference: str
    """As the user named it; for people only, it identifies nothing."""
    platform: str
    """`linux/amd64`, `linux/arm64/v8`."""
    configuration: str
    """`sha256:…` of the image's configuration object, see `identity.identity_of`."""
    layers: tuple[str, ...]
    """diff_ids (`sha256:…`), lowest layer first."""
    contents: Contents | None = None
    """None for what says only whether it is the same image: traces of before 2026-12."""


class Kind(enum.Enum):
    """What a path leads to when all links are followed."""

    FILE = "file"
    DIRECTORY = "directory"
    OTHER = "other"
    """A device, a fifo or a socket."""
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """What a seen path led to in the original."""

    kind: Kind
    size: int = 0
    """Bytes of a regular file."""
    digest: str = ""
    """`sha256:…` of a regular file's content."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Use:
    """One manner in which a path was used: a `model.Sighting` without the path."""

    phase: str
    access: str
    """The value of a `model.Access`."""
    program: str
    source: str
    """The value of a `model.Source`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenPath:
    """One path, what it was, and how it was used."""

    fact: Fact
    runs: int
    """In how many of the trace's runs it was seen, in whatever manner."""
    uses: Mapping[Use, int]
    """Use → in how many runs. Never empty."""


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Passed:
    """An image that was made from the trace, and has passed a test."""

    image: str
    """`sha256:…` of its configuration object."""
    test: str
    """`sha256:…` of all that it was asked."""


@dataclass(frozen=True, kw_only=True)
class SavedRole:
    """How one of an image's roles ran; its phases begin with its name."""

    name: str
    """Empty for the only role of an image."""
    port: int | None
    """As in SavedTrace, like those below."""
    ready_within: int
    exit_status: int | None
    probes: tuple[Probe, ...]


@dataclass(frozen=True, kw_only=True)
class SavedTrace:
    """All that a build needs to know of the traced runs behind it."""

    identity: Identity
    runs: int
    """How many traced runs this is the union of."""
    sources: frozenset[Source]
    missing_sources: frozenset[Source]
    as_entitled: bool = False
    """As in Trace, in all runs; what saved no word on it ran under no_new_privs."""
    port: int | None
    """The container's port that probes without one spoke to."""
    ready_within: int
    """Seconds within which the application was ready, one of `READY_STEPS`: steps, since the
    time itself differs from run to run."""
    exit_status: int | None
    """Of the original's command where it ended by itself, in all runs alike."""
    notes: tuple[str, ...] = ()
    probes: tuple[Probe, ...]
    """Those that the original passed, in the order in which they ran."""
    roles: tuple[SavedRole, ...] = ()
    """Where the image has several; `port`, `exit_status` and `probes` are then theirs alone."""
    phases: tuple[str, ...]
    calls: tuple[CallUse, ...] = ()
    """As in Trace, of any of the runs; sorted."""
    repairs: tuple[Repair, ...] = ()
    """What no traced run used, and without which a slim image failed; sorted by path."""
    passed: tuple[Passed, ...] = ()
    """Sorted. None in a union: what one run's build has shown says nothing of it."""
    paths: Mapping[str, SeenPath] = field(default_factory=dict)
    """Sorted by path."""

    @property
    def all_roles(self) -> tuple[SavedRole, ...]:
        """The roles, or the only one."""
        return self.roles or (
            SavedRole(
                name="",
                port=self.port,
                ready_within=self.ready_within,
                exit_status=self.exit_status,
                probes=self.probes,
            ),
        )

    def trace(self) -> Trace:
        """As a traced run would have given it, in an order of its own: by path and phase."""
        position = {phase: number for number, phase in enumerate(self.phases)}
        sightings = tuple(
            Sighting(
                path=path,
                access=Access(use.access),
                phase=use.phase,
                program=use.program,
                source=Source(use.source),
            )
            for path, seen in self.paths.items()
            for use in sorted(seen.uses, key=lambda use: (position[use.phase], use))
        )
        return Trace(
            sources=self.sources,
            missing_sources=dict.fromkeys(
                sorted(self.missing_sources, key=lambda source: source.value), NOT_SAVED
            ),
            as_entitled=self.as_entitled,
            phases=self.phases,
            sightings=sightings,
            exit_status=self.exit_status,
            calls=self.calls,
            records=len(sightings),
        )

    def trace_of(self, role: SavedRole) -> Trace:
        """What one role saw, phases without its name."""
        whole = self.trace()
        if not role.name:
            return whole
        prefix = in_role(role.name, "")
        sightings = tuple(
            replace(sighting, phase=sighting.phase.removeprefix(prefix))
            for sighting in whole.sightings
            if sighting.phase.startswith(prefix)
        )
        return replace(
            whole,
            phases=tuple(
                phase.removeprefix(prefix) for phase in whole.phases if phase.startswith(prefix)
            ),
            sightings=sightings,
            calls=tuple(
                replace(call, phase=call.phase.removeprefix(prefix))
                for call in whole.calls
                if call.phase.startswith(prefix)
            ),
            exit_status=role.exit_status,
            records=len(sightings),
        )

    def unstable(self) -> dict[str, int]:
        """Path → in how many runs it was seen, for those that some runs did not see."""
        return {path: seen.runs for path, seen in self.paths.items() if seen.runs < self.runs}


READY_STEPS = (2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)


def ready_step(seconds: float) -> int:
    """The first step that is not below a time; the last for times beyond all."""
    return next((step for step in READY_STEPS if seconds <= step), READY_STEPS[-1])
