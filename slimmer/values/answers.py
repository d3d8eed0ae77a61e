"""What probes get, and how two answers stand to each other."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from slimmer.values.probes import Probe


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
