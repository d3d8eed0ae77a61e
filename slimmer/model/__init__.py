"""The values that travel between the stages: frozen, with units, and free of any behaviour
that needs an engine.

Paths are absolute inside the image, normalised (no `//`, `.` or `..`, no trailing slash but
for the root `/`), and decoded as UTF-8 with `surrogateescape`, so any byte sequence survives.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from slimmer.model.probes import Capture as Capture
from slimmer.model.probes import CommandProbe as CommandProbe
from slimmer.model.probes import Exchange as Exchange
from slimmer.model.probes import HostProbe as HostProbe
from slimmer.model.probes import HttpOrigin as HttpOrigin
from slimmer.model.probes import HttpProbe as HttpProbe
from slimmer.model.probes import HttpRequest as HttpRequest
from slimmer.model.probes import JsonExpectation as JsonExpectation
from slimmer.model.probes import LogProbe as LogProbe
from slimmer.model.probes import NetworkProbe as NetworkProbe
from slimmer.model.probes import Probe as Probe
from slimmer.model.probes import ReplayProbe as ReplayProbe
from slimmer.model.probes import SignalProbe as SignalProbe
from slimmer.model.probes import Step as Step
from slimmer.model.probes import TcpProbe as TcpProbe
from slimmer.model.probes import Upload as Upload

# --------------------------------------------------------------------------- the original


@dataclass(frozen=True, kw_only=True, slots=True)
class CopiedFiles:
    """One COPY or ADD instruction, as the image's history has it."""

    destination: str
    """Absolute; a directory, or the path of a single file."""
    sources: tuple[str, ...] = ()
    """As written, relative to the build's context or another stage's root; empty where the builder
    wrote down digests instead."""


@dataclass(frozen=True, kw_only=True)
class Original:
    """The image that the user names, as the engine describes it. Never changed."""

    reference: str
    """What the user typed, e.g. `my-app:latest` or `sha256:…`."""
    id: str
    """The engine's image id, `sha256:…`; every container of a run is made from this id."""
    config: Mapping[str, Any]
    """The `config` object of the image (`Env`, `Cmd`, `Entrypoint`, …), keys as in the OCI and
    Docker image specifications; keys with empty values are left out."""
    architecture: str
    """`amd64`, `arm64`, …"""
    variant: str
    """`v8`, …; empty where the image states none."""
    os: str
    created: str
    """RFC 3339 time of the image's creation; empty where the image states none."""
    author: str = ""
    """What MAINTAINER says; empty where the image states none."""
    size: int
    """Bytes of all layers, uncompressed, as the engine reports them."""
    layers: tuple[str, ...]
    """diff_ids (`sha256:…`), lowest layer first."""
    copied: tuple[CopiedFiles, ...] = ()
    """What was copied into it and into the images below, oldest first; empty where the engine has
    no history of it."""


# --------------------------------------------------------------------------- rootfs index


class EntryType(enum.Enum):
    """What a path of the root file system is. Values are the wire format's codes."""

    FILE = "f"
    DIRECTORY = "d"
    SYMLINK = "l"
    CHARACTER_DEVICE = "c"
    BLOCK_DEVICE = "b"
    FIFO = "p"
    SOCKET = "s"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One path of the original's root file system."""

    path: str
    type: EntryType
    mode: int
    """Permission bits including setuid, setgid and sticky: 0 to 0o7777."""
    uid: int
    gid: int
    size: int
    """Bytes of content; 0 for all but regular files."""
    mtime_ns: int
    """Nanoseconds since the epoch."""
    inode: int = 0
    """Equal for two entries exactly when they are hard links of one file (and not 0)."""
    link_count: int = 1
    link_target: str = ""
    """The text of a symbolic link, as stored; empty for other types."""
    device: tuple[int, int] = (0, 0)
    """Major and minor number of a device node."""
    xattrs: tuple[tuple[str, bytes], ...] = ()
    """Extended attributes, sorted by name; `security.capability` among them."""


class Content(Protocol):
    """The bytes of the original's regular files, fetched from the untouched original.

    `fetch` is one round trip for any number of paths; reading a path that was not fetched
    fetches it alone, which is slow.
    """

    def fetch(self, paths: Iterable[str]) -> None:
        """Make the content of these regular files available; those that are there are skipped."""
        ...

    def open(self, path: str) -> BinaryIO:
        """A readable, seekable binary stream over the whole file."""
        ...

    def head(self, path: str, size: int) -> bytes:
        """The first `size` bytes (fewer where the file is shorter)."""
        ...


# --------------------------------------------------------------------------- trace


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
    phases: tuple[str, ...]
    """In the order in which they ran."""
    sightings: tuple[Sighting, ...]
    exit_status: int | None
    """The exit status of the original's command where it ended by itself, else None."""
    records: int
    """Records in the stream, for the report."""


def in_role(role: str, name: str) -> str:
    """What the phase or the probe of a role is called beside those of other roles: `worker: boot`.
    The name itself for the only role of an image, which has none."""
    return f"{role}: {name}" if role else name


# --------------------------------------------------------------------------- keep-set


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
        return f"looked up in vain{who} in phase {self.phase} of the slim image"


# --------------------------------------------------------------------------- packed image


@dataclass(frozen=True, kw_only=True)
class LayerPlan:
    """The entries of one layer-to-be, parents of each entry included."""

    name: str
    """`system`, `dependencies`, `application`, `debug`."""
    entries: tuple[Entry, ...]
    """Sorted by path."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One packed layer: an uncompressed tar in a file of its own."""

    name: str
    digest: str
    """`sha256:…` of the tar; diff_id and blob digest alike, as it is not compressed."""
    size: int
    """Bytes of the tar."""
    file: Path
    entries: int
    """Number of tar entries."""


@dataclass(frozen=True, kw_only=True)
class PackedImage:
    """An image as files on disk, not yet in any engine."""

    config: bytes
    """The image configuration, canonical JSON."""
    config_digest: str
    manifest: bytes
    """The OCI image manifest, canonical JSON."""
    manifest_digest: str
    layers: tuple[Layer, ...]
    """Lowest first."""


# --------------------------------------------------------------------------- probes


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A body or an output as it came, to be held against another one."""

    data: bytes
    """The bytes, or the first of them: at most probing.RECORD_LIMIT."""
    size: int
    """Bytes that were read: all that came, up to the reader's limit."""
    digest: str
    """`sha256:…` of the bytes that were read."""
    complete: bool = True
    """False where more came than was read."""


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    """What a server answered, before anybody judged it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    """In order of arrival, names as they were sent."""
    body: Recorded
    own_names: tuple[tuple[str, str], ...] = ()
    """What this very container is called, (text, `hostname`, `address`, `port` or `mac`): no two
    containers answer with the same."""


@dataclass(frozen=True, kw_only=True)
class CommandAnswer:
    """What a command left when it ended."""

    exit_status: int
    stdout: Recorded
    stderr: Recorded
    own_names: tuple[tuple[str, str], ...] = ()
    """As in HttpAnswer."""


@dataclass(frozen=True, kw_only=True)
class ReplayAnswer:
    """What a server answered to the requests of a ReplayProbe."""

    answers: tuple[tuple[str, HttpAnswer], ...]
    """(`GET /path`, answer) in the order of the requests; those without an answer are left out. Of
    two equal requests the later one is called `GET /path #2`."""


@dataclass(frozen=True, kw_only=True)
class TcpAnswer:
    """What came over a connection."""

    received: Recorded
    own_names: tuple[tuple[str, str], ...] = ()
    """As in HttpAnswer."""


Answer = HttpAnswer | CommandAnswer | TcpAnswer | ReplayAnswer


class Verdict(enum.Enum):
    """How an answer of a finished image stands to the original's."""

    SAME = "same"
    """The same, whatever the container is called."""
    ALIKE = "alike"
    """The same where the original answers the same each time."""
    INCOMPARABLE = "incomparable"
    """Nearly all of it differs each time: status and headers are the same, no more can be said."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """It is not the original's one known answer, and what of that is noise cannot be told."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One part of an answer that differs."""

    part: str
    """`status`, `header Content-Type`, `body`, `exit status`, `stdout`, `stderr`; `answer` of a
    TCP exchange."""
    lines: tuple[str, ...]
    """As in a unified diff: `-` in front of what the original has, `+` of what the finished image
    has instead, a space of what both have; `…` stands for what differs each time."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """An answer of a finished image, held against the original's."""

    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    unstable: tuple[str, ...] = ()
    """The parts in which the original's own answers differ."""
    reordered: tuple[str, ...] = ()
    """Parts that are the same in another order, which counts as unstable too."""
    references: int = 0
    """How many answers of the original it was held against."""


@dataclass(frozen=True, kw_only=True)
class ProbeResult:
    """What a probe got."""

    probe: Probe
    passed: bool
    answer: str
    """One line: `200 OK, 17 bytes`, `exit status 1`, `connection refused`."""
    excerpt: str = ""
    """The start of the body or of the output, decoded for reading."""
    answered: bool = True
    """False where the application was not ready to answer: nothing listened, the connection
    broke, or it said 502, 503 or 504."""
    exit_status: int | None = None
    """What a command ended with; None for other probes and for commands that did not end."""
    seconds: float = 0.0
    attempts: int = 1
    answered_with: Answer | None = None
    """The answer itself; None where none came, none in time, or none that could be compared."""
    captured: tuple[tuple[str, str], ...] = ()
    """(name, value) of the step's captures."""
    comparison: Comparison | None = None
    """How the answer stands to the original's; None where it was not compared."""


# --------------------------------------------------------------------------- explorations


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What an exploration knew of and did not ask for."""

    reason: str
    """`deeper than 20 links`, `of another origin`, …"""
    count: int
    examples: tuple[str, ...]
    """The first few."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """An answer of the original that a user of it would not like."""

    request: str
    """`GET /missing`."""
    answer: str
    """`404 Not Found`, `no answer in time`."""
    source: str = ""
    """The page that led there; empty where none did."""


@dataclass(frozen=True, kw_only=True)
class ExplorationSummary:
    """What came of finding out on the original what there is to ask for."""

    name: str
    """`crawl` or `openapi`."""
    role: str = ""
    """The role that was explored; empty for the only one of an image."""
    source: str
    """Where it began: an address of the target, or a file."""
    requests: int
    """How many were sent."""
    statuses: Mapping[str, int]
    """Status → how many answers had it; `none` for requests without an answer."""
    left_out: tuple[LeftOut, ...]
    faults: tuple[Fault, ...]
    seconds: float


# --------------------------------------------------------------------------- a container's run


@dataclass(frozen=True, kw_only=True)
class NetworkEndpoint:
    """A network that a container joins, and what it is called there."""

    network: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What `docker run` would be given, for the traced run and the smoke test alike."""

    environment: tuple[tuple[str, str], ...] = ()
    volumes: tuple[str, ...] = ()
    """`SOURCE:TARGET[:ro]`, as for `docker run --volume`."""
    network: str = ""
    endpoints: tuple[NetworkEndpoint, ...] = ()
    """Where the container has names of its own in networks, or is in several: the first is
    `network`."""
    user: str = ""
    entrypoint: tuple[str, ...] | None = None
    """None: the image's own; empty: cleared."""
    command: tuple[str, ...] | None = None
    workdir: str = ""
    hostname: str = ""
    extra_hosts: tuple[str, ...] = ()
    """`NAME:ADDRESS`."""
    port: int | None = None
    """The container's port that HTTP probes speak to; None: from EXPOSE, or what listens."""
    start_timeout: float = 60.0
    """Seconds that an application may take until its first probe passes."""
    probe_timeout: float = 30.0
    """Seconds that one probe may take."""
    probe_workers: int = 1
    """How many probes are under way at a time: those that stand alone, and what a step repeats."""
    stop_timeout: float = 10.0
    """Seconds between the stop signal and the kill."""
    settle: float = 0.0
    """Seconds that the application is watched after its last probe: it must stay up, and pass
    its first probe once more."""


@dataclass(frozen=True, kw_only=True)
class PortBinding:
    """One port of a container at an address of the engine's machine."""

    port: int
    protocol: str = "tcp"
    """`tcp`, `udp` or `sctp`."""
    host_address: str = ""
    """Empty: all addresses."""
    host_port: str = ""
    """A number, or a range to choose from (`8000-8010`); empty: any free one."""


# --------------------------------------------------------------------------- time per stage


@dataclass(frozen=True, kw_only=True)
class StageTime:
    """How long one stage took."""

    stage: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """Figures of one run, for the report."""

    stages: tuple[StageTime, ...] = field(default_factory=tuple)
    total_seconds: float = 0.0
    peak_memory: int = 0
    """Bytes: the highest resident set of the slimmer process."""
