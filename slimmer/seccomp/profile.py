"""A profile as a value: what is allowed, with which arguments, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from slimmer.errors import SeccompProfileError
from slimmer.seccomp.deciding import DECIDING
from slimmer.seccomp.names import TABLES, names_of
from slimmer.seccomp.superset import FALLS_BACK, GROUPS, Group
from slimmer.values import CallUse

SEEN: Final = "seen"
"""The reason of what the application was seen to call."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a container may call; everything else fails."""

    architecture: str
    """Of the image: `amd64`, `arm64`."""
    allowed: Mapping[str, frozenset[int] | None]
    """Call → the values that its deciding argument may have, in the bits of its mask; None: any
    arguments. Sorted by name."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Call → SEEN, the title of a group, or what a file was called that allows it."""

    @property
    def absent(self) -> tuple[str, ...]:
        """Calls that answer as if the kernel did not have them."""
        return tuple(sorted(name for name in FALLS_BACK if name not in self.allowed))

    def stops(self, call: CallUse) -> bool:
        """Whether the profile does not let a call pass."""
        if call.name not in self.allowed:
            return True
        values = self.allowed[call.name]
        if values is None or call.argument < 0:
            return False
        return call.argument & DECIDING[call.name].mask not in values


@dataclass(frozen=True, kw_only=True)
class Additions:
    """What others than this run have seen or allowed."""

    calls: tuple[CallUse, ...] = ()
    profiles: tuple[Profile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProfileInForce:
    """The profile that finished images are tested under."""

    profile: Profile
    added: tuple[str, ...] = ()
    """Calls that no traced run made, and that an image was seen to need."""


def compose_profile(
    calls: Iterable[CallUse], architecture: str, *, ordinary: bool = True
) -> Profile:
    """What was seen, and the superset; without `ordinary` no more of it than every program needs.

    Raises SeccompProfileError for an architecture whose calls nobody has named.
    """
    if architecture not in TABLES:
        raise SeccompProfileError(
            f"slimmer makes no seccomp profiles for {architecture}",
            hint=f"it makes them for {' and '.join(TABLES)}",
        )
    calls = tuple(calls)
    native, compat = TABLES[architecture]
    present = set(names_of(native))
    if any(call.architecture == compat for call in calls):
        present |= names_of(compat)
    allowed: dict[str, set[int] | None] = {}
    reasons: dict[str, str] = {}
    for call in calls:
        if call.name != "clone3":  # its flags cannot be looked at, see superset
            _allow(allowed, call.name, (call.argument,) if call.argument >= 0 else ())
            reasons.setdefault(call.name, SEEN)
    seen = frozenset(allowed)
    for group in GROUPS:
        if _applies(group, seen, ordinary=ordinary):
            for name in group.calls:
                if name in present:
                    _allow(allowed, name, group.arguments.get(name, ()))
                    reasons.setdefault(name, group.title)
    return Profile(architecture=architecture, allowed=_frozen(allowed), reasons=reasons)


def join(one: Profile, other: Profile) -> Profile:
    """What either allows. Raises SeccompProfileError where they are for different architectures."""
    if one.architecture != other.architecture:
        raise SeccompProfileError(
            f"a seccomp profile for {other.architecture} says nothing of {one.architecture}",
            hint="name profiles of the image's own architecture with --seccomp-from",
        )
    allowed: dict[str, set[int] | None] = {}
    for profile in (one, other):
        for name, values in profile.allowed.items():
            known = allowed.get(name, set())
            allowed[name] = None if known is None or values is None else known | values
    return Profile(
        architecture=one.architecture,
        allowed=_frozen(allowed),
        reasons={**other.reasons, **one.reasons},
    )


def _applies(group: Group, seen: frozenset[str], *, ordinary: bool) -> bool:
    if group.ordinary and not ordinary:
        return False
    return not group.with_any or not seen.isdisjoint(group.with_any)


def _allow(allowed: dict[str, set[int] | None], name: str, arguments: Iterable[int]) -> None:
    """With these arguments, where one decides; one that a group names without any gets none."""
    deciding = DECIDING.get(name)
    if deciding is None:
        allowed[name] = None
        return
    known = allowed.setdefault(name, set())
    if known is not None:
        known.update(argument & deciding.mask for argument in arguments)


def _frozen(allowed: Mapping[str, set[int] | None]) -> dict[str, frozenset[int] | None]:
    return {
        name: None if values is None else frozenset(values)
        for name, values in sorted(allowed.items())
    }
