"""What a crawl has still to ask for, and what it leaves out because of which limit."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from slimmer.probing.explore.crawl.options import CrawlOptions
from slimmer.probing.explore.crawl.shape import goes_in_circles, shape
from slimmer.values import LeftOut

LONGEST: Final = 2000
"""Characters of a request target: servers refuse longer ones, and only traps make them."""
OF_ONE_SHAPE: Final = 500
"""Requests whose paths differ in numbers, dates and the like alone."""
OF_ONE_QUERY: Final = 30
"""The same for paths with a query: they are the same code with other values."""
CHAIN: Final = 20
"""Addresses of one shape, each found on the one before: the months of a calendar."""
_EXAMPLES: Final = 3
_REMEMBERED: Final = 100_000
"""Targets that are left out and known again; further ones may be counted twice."""

ANOTHER_ORIGIN: Final = "of another origin"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A request target that is worth a request."""

    target: str
    depth: int
    """Links from the start."""
    source: str = ""
    """The target whose answer led here; empty for the start and for guesses."""
    guessed: bool = False
    """Whether nothing says that it exists: `/robots.txt`."""
    chain: int = 1
    """How many of one shape led here one after the other, this one among them."""


@dataclass
class Frontier:
    """Grows by `offer`, level by level, so that it does not depend on which answer comes first."""

    options: CrawlOptions
    _known: set[str] = field(default_factory=set)
    _accepted: int = 0
    _shapes: Counter[str] = field(default_factory=Counter)
    _next: list[Found] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _examples: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._excluded = [re.compile(fnmatch.translate(glob)) for glob in self.options.excludes]

    def offer(self, target: str, source: Found | None, *, guessed: bool = False) -> None:
        """A request target that `source` links to; None: where the crawl starts."""
        if target in self._known:
            return
        like = shape(target)
        found = Found(
            target=target,
            depth=source.depth + 1 if source else 0,
            source=source.target if source else "",
            guessed=guessed,
            chain=source.chain + 1 if source and shape(source.target) == like else 1,
        )
        reason = self._objection(found, like) if source else ""
        if reason:
            self.leave_out(reason, target)
            return
        self._known.add(target)
        self._shapes[like] += 1
        self._accepted += 1
        self._next.append(found)

    def leave_out(self, reason: str, what: str) -> None:
        """Count what is not asked for, once."""
        if what in self._known:
            return
        if len(self._known) < _REMEMBERED:
            self._known.add(what)
        self._counts[reason] += 1
        examples = self._examples.setdefault(reason, [])
        if len(examples) < _EXAMPLES:
            examples.append(what[:LONGEST])

    def leave_out_late(self, target: str) -> None:
        """What was accepted, and had no time any more."""
        self._known.discard(target)
        self.leave_out(f"later than {self.options.seconds:g} s (--crawl-time)", target)

    def level(self) -> list[Found]:
        """What was offered since the last level; empty at the end of the crawl."""
        level, self._next = self._next, []
        return level

    def left_out(self) -> tuple[LeftOut, ...]:
        """In the order in which the reasons came up."""
        return tuple(
            LeftOut(reason=reason, count=count, examples=tuple(self._examples[reason]))
            for reason, count in self._counts.items()
        )

    def _objection(self, found: Found, like: str) -> str:
        """Why it is left out; empty where it is not."""
        options, target = self.options, found.target
        if any(pattern.match(target) for pattern in self._excluded):
            return "excluded (--crawl-exclude)"
        if len(target) > LONGEST:
            return f"longer than {LONGEST:,} characters"
        if found.depth > options.depth:
            return f"deeper than {options.depth} links (--crawl-depth)"
        if goes_in_circles(target):
            return "a path that repeats itself"
        if found.chain > CHAIN:
            return f"behind {CHAIN} of the same shape, each found on the one before"
        limit = OF_ONE_QUERY if "?" in like else OF_ONE_SHAPE
        if self._shapes[like] >= limit:
            return f"more than {limit} of the same shape"
        if self._accepted >= options.pages:
            return f"more than {options.pages:,} requests (--crawl-pages)"
        return ""
