"""A way to run the image, and how a container that was run in it did."""

from __future__ import annotations

from dataclasses import dataclass

from slimmer.values import WritablePlace


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One way to run the image."""

    user: str = ""
    """`UID` or `UID:GID`; empty: as it is run without hardening."""
    capabilities: frozenset[str]
    read_only: bool = False
    no_new_privileges: bool = False
    places: tuple[WritablePlace, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """How a container that was run in such a way did."""

    passed: bool
    problem: str = ""
    """Why it did not."""
    said: str = ""
    """Its last lines, and what its commands said."""
    users: tuple[tuple[int, int], ...] = ()
    """(user id, group id) of its processes, the first one's first; none where they are unknown."""
    changed: tuple[str, ...] = ()
    """Paths of its root that were added or changed."""
