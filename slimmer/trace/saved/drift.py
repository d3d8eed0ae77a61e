"""What of the seen paths is not what it was when the trace was saved."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from slimmer.files import RootfsIndex
from slimmer.trace.saved.recording import facts_of
from slimmer.trace.saved.saved import Fact, Kind, SavedTrace
from slimmer.values import Content


class Change(enum.Enum):
    """How a path has changed."""

    GONE = "gone"
    NEW = "new"
    """It was looked for in vain, and now it is there."""
    TYPE = "type"
    """A file was a directory, or the other way round."""
    CONTENT = "content"


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """One seen path that is another one now."""

    path: str
    change: Change
    layer: str = ""
    """The layer in which a slim image has it; empty where nobody has asked."""


def drift(saved: SavedTrace, index: RootfsIndex, content: Content) -> Iterator[Drift]:
    """The changes, sorted by path. Fetches the files whose size tells nothing."""
    present = facts_of(saved.paths, index, content, digests=False)
    facts = {path: seen.fact for path, seen in saved.paths.items()}
    unclear = [
        path
        for path, fact in facts.items()
        if fact.kind is present[path].kind is Kind.FILE and fact.size == present[path].size
    ]
    present |= facts_of(unclear, index, content)
    for path, fact in facts.items():
        change = _change(fact, present[path])
        if change is not None:
            yield Drift(path=path, change=change)


def _change(before: Fact, now: Fact) -> Change | None:
    if before == now:
        return None
    if now.kind is Kind.MISSING:
        return Change.GONE
    if before.kind is Kind.MISSING:
        return Change.NEW
    return Change.CONTENT if before.kind is now.kind else Change.TYPE
