"""The seccomp profile of a build, for its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slimmer.seccomp import ProfileInForce, compare
from slimmer.values import CallUse


@dataclass(frozen=True, kw_only=True)
class SeccompSummary:
    """What the profile allows, beside Docker's default one; calls of 32-bit programs are left
    out."""

    allowed: int
    """System calls that it allows, some with certain arguments only."""
    docker_default: int
    """Those that Docker's default profile allows on this architecture."""
    words: str
    """Both in one line, with the dangerous ones."""
    dangerous_gone: tuple[str, ...]
    """Allowed by Docker's default profile, and not by this one."""
    dangerous_left: tuple[str, ...]
    """Allowed by this one."""
    added_by_repair: tuple[str, ...]
    """What no traced run called, and an image that failed its test did."""
    calls: Mapping[str, str]
    """Each call that is allowed → `seen`, the group of the superset, the file that allows it, or
    `repair`."""
    phases: Mapping[str, int]
    """Phase of the traced run → different calls that were seen in it."""


def seccomp_summary(in_force: ProfileInForce, calls: tuple[CallUse, ...]) -> SeccompSummary:
    """What the report says of the profile, and of the calls that were seen."""
    found = compare(in_force.profile)
    names: dict[str, set[str]] = {}
    for call in calls:
        names.setdefault(call.phase, set()).add(call.name)
    return SeccompSummary(
        allowed=found.allowed,
        docker_default=found.default,
        words=found.words,
        dangerous_gone=found.dangerous_gone,
        dangerous_left=found.dangerous_left,
        added_by_repair=in_force.added,
        calls={name: in_force.profile.reasons.get(name, "") for name in in_force.profile.allowed},
        phases={phase: len(each) for phase, each in names.items()},
    )
