"""What probes get, and how two answers stand to each other."""

from __future__ import annotations

import enum
from collections.abc import Iterator
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
class Fact:
    """Part of an answer: one word, which must be one that the original has said."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Headers:
    """Part of an answer: names with values, each compared by itself."""

    values: tuple[tuple[str, str], ...]
    """In order of arrival, names as they were sent."""
    word: str = "header"


@dataclass(frozen=True, kw_only=True)
class Text:
    """Part of an answer: a body or an output, in which some of it may differ each time."""

    name: str
    recorded: Recorded
    encoding: str = ""
    """As in HTTP's Content-Encoding, lower case."""


Part = Fact | Headers | Text


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a probe got, before anybody judged it: one subclass for each kind that has answers."""

    own_names: tuple[tuple[str, str], ...] = ()
    """What this very container is called, (text, `hostname`, `address`, `port` or `mac`): no two
    containers answer with the same."""

    def parts(self) -> Iterator[Part]:
        """What is compared, the same parts for all answers of a kind, facts first."""
        raise NotImplementedError

    def each(self) -> Iterator[tuple[str, Answer]]:
        """(what it answers, answer) of each answer that this one is made of; a single one answers
        ``."""
        yield "", self


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
    """`status`, `header Content-Type`, `body`, `exit status`, `stdout`, …"""
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
    """Whether the application has said something definite. False where it may only not be ready
    yet: nothing listened, the connection broke, it said 503, a command failed."""
    faulty: bool = False
    """Whether it said in any attempt that it failed itself, as one may that is still starting."""
    exit_status: int | None = None
    """What a program ended with; None for other probes and for programs that did not end."""
    seconds: float = 0.0
    attempts: int = 1
    answered_with: Answer | None = None
    """The answer itself; None where none came, none in time, or none that could be compared."""
    captured: tuple[tuple[str, str], ...] = ()
    """(name, value) of the step's captures."""
    comparison: Comparison | None = None
    """How the answer stands to the original's; None where it was not compared."""
