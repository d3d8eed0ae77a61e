"""The records of a trace as values; probes/sensor/WIRE.md says when each is written.

Paths and other texts are decoded as UTF-8 with `surrogateescape`, so any byte sequence survives.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass

from slimmer.values import Access, Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What every record has."""

    time: int
    """Nanoseconds since the watcher started."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hello(Record):
    """The first record: what this trace is made of."""

    sources: frozenset[Source]
    as_entitled: bool
    """Whether programs can gain privileges (setuid, file capabilities) as in the original."""
    census: bool = False
    """Whether every system call is recorded: SystemCall."""
    target: int
    """Process id of the target's first program, as the watcher sees it."""
    kernel: str
    machine: str
    missing: Mapping[Source, str]
    """For each source that is not there: why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Program(Record):
    """From here on, this number stands for this executable."""

    number: int
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Call(Record):
    """From here on, this number stands for this system call."""

    number: int
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookup(Record):
    """A system call that names a path, before the kernel carried it out."""

    thread: int
    call: str
    access: Access
    program: str
    """The executable that asked; empty where it was gone."""
    directory: str
    """What `path` is relative to; empty for the root directory."""
    path: str
    """As the program gave it; empty where it named `directory` itself."""
    follows: bool
    """Whether a link at the end of the path is followed."""
    readable: bool
    """False: the address was bad, and the call fails with EFAULT."""
    compat: bool
    """A call of a 32-bit program."""
    anchored: bool
    """False: the path is relative to something that has none, such as a socket."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened(Record):
    """A file that was opened, by its real path, whoever opened it."""

    process: int
    access: Access
    program: str
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase(Record):
    """What follows belongs to this phase."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listening(Record):
    """A TCP socket of the target that accepts connections."""

    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int

    @property
    def loopback(self) -> bool:
        """True where nobody outside of the container can reach it."""
        mapped = getattr(self.address, "ipv4_mapped", None)
        return (mapped or self.address).is_loopback


@dataclass(frozen=True, kw_only=True, slots=True)
class Exiting(Record):
    """The target's first program ends; it is held until the trace is finished."""

    status: int
    """0 to 255; 128 and the signal's number where a signal ended it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signals(Record):
    """What the target's first program does with signals: bit N-1 stands for signal N."""

    caught: int
    blocked: int
    ignored: int

    def takes(self, number: int) -> bool:
        """Whether the signal would reach the program: the kernel drops one that PID 1 neither
        handles nor waits for (a blocked one may be read by sigwait or a signalfd)."""
        return bool((self.caught | self.blocked) >> (number - 1) & 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Adopted(Record):
    """A command that the engine started in the container has joined the trace, or has not."""

    process: int
    """0: it did not, and `text` says why."""
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemCall(Record):
    """A system call that the target has made in the phase that ends here."""

    architecture: int
    """AUDIT_ARCH_* of the table that numbers it."""
    number: int
    index: int
    """Of the argument that decides, from 1; 0 where none does."""
    argument: int
    """Its lower 32 bits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity(Record):
    """What the target's threads do at this moment, but those of commands of ours."""

    running: int
    """Threads that run, may run, or wait for a disk."""
    waiting: int
    """Threads that wait for an event without a time limit."""
    limited: int
    """Threads that wait for some time, or of which the kernel does not tell."""
    connected: bool
    """Whether the target has a connection to somebody outside of its container who may answer, or
    nobody knows."""
    left: float
    """Seconds that each of `limited` goes on to wait at least, but for an event."""
    used: float
    """Seconds of processor time since the target's start."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Note(Record):
    """Something that a human should know."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss(Record):
    """Events that happened and are not in this stream."""

    source: str
    """What lost them."""
    count: int
    """0: nobody knows."""
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Trailer(Record):
    """The last record: what the watcher wrote, to be compared with what arrived."""

    checksum: int
    """CRC-32 of all bytes before this record."""
    counts: tuple[int, ...]
    """Records before this one, by type number."""
    notifications: int
    opens: int
    folded: int
    """Events that repeated what their phase had, and were not written."""
