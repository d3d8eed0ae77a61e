"""What this process has made outside of itself, and has not seen to be gone.

Whoever makes something that must go with the run holds on to it here. So the end of the process
takes away what an interruption has kept from going, and tells truthfully what stays.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

ALL_REMOVED: Final = "everything that this run created in the engine has been removed"


@dataclass(frozen=True, kw_only=True)
class Remaining:
    """One thing that may still be there."""

    what: str
    """`container 1f2e3d (target)`."""
    removal: str
    """The command that removes it."""


class Holder(Protocol):
    """Something that has made things."""

    def close(self) -> None:
        """Remove them. Called again where it was cut off, or did not succeed."""
        ...

    def remains(self) -> Sequence[Remaining]:
        """What was made and not seen to be gone. Asks nobody."""
        ...


_holders: list[Holder] = []
_finished: dict[str, None] = {}


def hold(holder: Holder) -> None:
    """It has made something, or is about to."""
    if holder not in _holders:
        _holders.append(holder)


def settle(holder: Holder) -> None:
    """It has tried to remove everything; it is forgotten if nothing remains."""
    if holder in _holders and not holder.remains():
        _holders.remove(holder)


def close_all() -> None:
    """Let everybody try once more."""
    for holder in reversed(_holders.copy()):
        with contextlib.suppress(Exception):  # what it could not do shows in what remains
            holder.close()


def finished(result: str) -> None:
    """One of several results is done: it stays whatever interrupts the others."""
    if result:
        _finished[result] = None


def all_finished() -> tuple[str, ...]:
    """In the order in which they were done."""
    return tuple(_finished)


def all_remains() -> tuple[Remaining, ...]:
    """What is left of all."""
    return tuple(each for holder in _holders for each in holder.remains())
