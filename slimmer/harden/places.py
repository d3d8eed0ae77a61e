"""Where an application writes → what has to be writable below a root that is not.

A tmpfs hides what the image has at its path, so it goes where nothing of the image lies. Where
something does, a volume of the container begins with it. What was written comes from the trace,
which sees every call that may create or change a path, and from what the engine finds changed in a
container, which sees writes into files that were there, too.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from slimmer.files import RootfsIndex, ancestors, is_below, join, parent_of
from slimmer.values import Access, Entry, EntryType, PlaceKind, Trace, WritablePlace

_VIRTUAL: Final = ("/dev", "/proc", "/sys")
"""The engine mounts them, and they stay as they are."""
_DISPENSABLE: Final = frozenset({"__pycache__"})
"""Directories whose writers go on without them."""
_TEMPORARY: Final = "/tmp"
_GIVEN_AWAY: Final = ("/etc", "/run", "/var")
"""Where a directory that is not root's is state or settings; elsewhere it is code as often."""
_FOR_ALL: Final = 0o1002
"""All may write, and nobody removes what is another one's."""
_MOST_NESTED: Final = 8
"""Empty directories of the image in a tmpfs that are mounted again; beyond, it is a volume."""
_LINKS: Final = 40


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What there is before anything is written."""

    index: RootfsIndex
    """Of the original, which knows the links."""
    kept: Mapping[str, Entry]
    """Path → entry of the slim image."""
    mounted: tuple[str, ...] = ()
    """Directories that are writable as it is: volumes and tmpfs of the user's and of the image."""
    executed: frozenset[str] = frozenset()
    """Paths that the original does not have and that were executed or loaded as libraries."""
    occupied: frozenset[str] = field(init=False)
    """Directories with something of the slim image below them that is no directory."""

    def __post_init__(self) -> None:
        found = {
            above
            for entry in self.kept.values()
            if entry.type is not EntryType.DIRECTORY
            for above in ancestors(entry.path)
        }
        object.__setattr__(self, "occupied", frozenset(found))

    def is_directory(self, path: str) -> bool:
        """Whether the slim image has a directory there."""
        entry = self.kept.get(path)
        return entry is not None and entry.type is EntryType.DIRECTORY


def written_in(trace: Trace) -> dict[str, str]:
    """Path that may have been created, changed or removed → who did, and when."""
    found: dict[str, str] = {}
    for sighting in trace.sightings:
        if sighting.access is Access.CREATE and sighting.path not in found:
            who = f" by {sighting.program}" if sighting.program else ""
            found[sighting.path] = f"{sighting.path} was written{who} in phase {sighting.phase}"
    return found


def executed_new_in(trace: Trace, index: RootfsIndex) -> frozenset[str]:
    """Paths that the run made itself, and executed or loaded."""
    return frozenset(
        sighting.path
        for sighting in trace.sightings
        if (sighting.access is Access.EXECUTE or ".so" in posixpath.basename(sighting.path))
        and index.resolve(sighting.path).entry is None
    )


def writable_places(ground: Ground, written: Mapping[str, str]) -> tuple[WritablePlace, ...]:
    """The places for what was written (path → reason), sorted by path, and `/tmp`. What lies in
    the root itself has no place: nothing but a writable root would do."""
    targets = {
        real: reason
        for path, reason in sorted(written.items())
        for real in (real_target(ground.index, path),)
        if not _is_left_out(ground, real)
    }
    made = {above for path in targets for above in ancestors(path)}
    found: dict[str, WritablePlace] = {}
    for path, reason in targets.items():
        for place in _place(ground, path, reason, made):
            found.setdefault(place.path, place)
    if _TEMPORARY not in found and not _is_left_out(ground, f"{_TEMPORARY}/x"):
        for place in _memory(ground, _TEMPORARY, "programs put temporary files there"):
            found.setdefault(place.path, place)
    return joined(found.values(), ())


def doubtful_places(ground: Ground, written: Mapping[str, str]) -> tuple[WritablePlace, ...]:
    """The places for directories of the image that are among `written`: either they were to be made
    and are there (`mkdir -p`), or something in them was, of which a saved trace knows no more."""
    inside = {
        f"{real}/*": reason
        for path, reason in written.items()
        for real in (real_target(ground.index, path),)
        if real != "/" and ground.is_directory(real)
    }
    return tuple(each for each in writable_places(ground, inside) if each.path != _TEMPORARY)


def owned_places(ground: Ground, uids: Iterable[int]) -> tuple[WritablePlace, ...]:
    """Directories that the image gives to one of these users who are not root, or to all, sorted by
    path: it means them to write there, whether a probe makes them do so or not."""
    others = set(uids) - {0}
    found: dict[str, WritablePlace] = {}
    for entry in sorted(ground.kept.values(), key=lambda each: each.path):
        if (
            entry.type is not EntryType.DIRECTORY
            or not (entry.uid in others or entry.mode & _FOR_ALL == _FOR_ALL)
            or not any(is_below(entry.path, each) for each in _GIVEN_AWAY)
            or _is_mounted(ground, entry.path)
            or any(is_below(entry.path, each) for each in found)
        ):
            continue
        is_occupied = entry.path in ground.occupied
        found[entry.path] = WritablePlace(
            path=entry.path,
            kind=PlaceKind.VOLUME if is_occupied else PlaceKind.TMPFS,
            options="" if is_occupied else _options(ground, entry.path),
            reason=f"the image gives it to user {entry.uid}"
            if entry.uid in others
            else "the image lets all users write there",
            is_needed=False,
        )
    return tuple(found.values())


def joined(
    needed: Iterable[WritablePlace], given: Iterable[WritablePlace]
) -> tuple[WritablePlace, ...]:
    """Both, sorted by path: what is needed goes before what is given away, and a volume takes in
    what lies below it."""
    found = {each.path: each for each in (*given, *needed)}
    volumes = [each.path for each in found.values() if each.kind == PlaceKind.VOLUME]
    return tuple(
        place
        for path, place in sorted(found.items())
        if not any(path != volume and is_below(path, volume) for volume in volumes)
    )


def real_target(index: RootfsIndex, path: str) -> str:
    """Where a write to `path` ends up: links are followed, also where they lead to what is not
    there yet."""
    for _ in range(_LINKS):
        found = index.resolve(path)
        if found.entry is not None:
            return found.entry.path
        if found.named is not None and found.named.type is EntryType.SYMLINK:
            path = join(parent_of(found.named.path), found.named.link_target)
            continue
        rest: list[str] = []
        above = path.rstrip("/")
        while above:
            above, _, name = above.rpartition("/")
            rest.append(name)
            holder = index.resolve(above or "/").entry
            if holder is not None:
                return posixpath.normpath(join(holder.path, "/".join(reversed(rest))))
        break
    return posixpath.normpath(path)


def owned_by(places: Iterable[WritablePlace], uid: int, gid: int) -> tuple[WritablePlace, ...]:
    """The same places for an application that runs as this user from its start."""

    def owned(place: WritablePlace) -> WritablePlace:
        words = [each for each in place.options.split(",") if not each.startswith(("uid=", "gid="))]
        mode = next((each[5:] for each in words if each.startswith("mode=")), "1777")
        if place.kind != PlaceKind.TMPFS or int(mode, 8) & 0o002:
            return place
        options = ",".join(filter(None, (*words, f"uid={uid}", f"gid={gid}")))
        return replace(place, options=options)

    return tuple(map(owned, places))


def _is_mounted(ground: Ground, path: str) -> bool:
    return any(is_below(path, each) for each in (*_VIRTUAL, *ground.mounted))


def _is_left_out(ground: Ground, path: str) -> bool:
    return (
        _is_mounted(ground, path)
        or not _DISPENSABLE.isdisjoint(path.split("/"))
        or ground.is_directory(path)  # `mkdir -p` of what is there
    )


def _place(
    ground: Ground, path: str, reason: str, made: frozenset[str] | set[str]
) -> Iterator[WritablePlace]:
    holder = next(each for each in reversed(ancestors(path)) if each == "/" or each in ground.kept)
    if holder != "/" and holder not in ground.occupied:
        yield from _memory(ground, holder, reason)
        return
    below = path[len(holder) :].strip("/").partition("/")[0]
    child = join(holder, below)
    if child in made and child not in ground.kept:
        yield from _memory(ground, child, reason)
    elif holder != "/":
        yield WritablePlace(path=holder, kind=PlaceKind.VOLUME, reason=reason)


def _memory(ground: Ground, path: str, reason: str) -> Iterator[WritablePlace]:
    """A tmpfs that looks as the image's directory does, and those of empty directories in it."""
    if path in ground.occupied:
        return
    nested = [
        entry.path
        for entry in ground.kept.values()
        if entry.path != path and is_below(entry.path, path)
    ]
    if len(nested) > _MOST_NESTED:
        yield WritablePlace(path=path, kind=PlaceKind.VOLUME, reason=reason)
        return
    for each in (path, *nested):
        why = reason if each == path else f"a directory in {path}"
        yield WritablePlace(
            path=each, kind=PlaceKind.TMPFS, options=_options(ground, each), reason=why
        )


def _options(ground: Ground, path: str) -> str:
    """Mode and owner of the image's directory; `exec` where something was executed below."""
    entry = ground.kept.get(path)
    words: list[str] = []
    if entry is not None:
        words.append(f"mode={entry.mode:o}")
        words += [f"uid={entry.uid}"] if entry.uid else []
        words += [f"gid={entry.gid}"] if entry.gid else []
    if any(is_below(each, path) for each in ground.executed):
        words.append("exec")
    return ",".join(words)
