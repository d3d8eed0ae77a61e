"""What slim images of one base have in common, as an image that they can stand on.

A file is shared if at least two of them keep it the same, and the original of each has it: an image
gets nothing from its foundation that its original did not have. What is more than that is left to
each image; so is the application, which changes at each commit.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import BinaryIO, Final

from slimmer import __version__
from slimmer.base import BaseImage
from slimmer.files import ancestors
from slimmer.pack import clamped_seconds, pack_image
from slimmer.values import Entry, EntryType, LayerPlan, Original, PackedImage

FOUNDATION_LABEL: Final = "dev.slimmer.foundation"
"""On a foundation: the version of slimmer that made it."""
_LAYER: Final = "base"
_STATUS: Final = "/var/lib/dpkg/status.d/"
_SUMS: Final = ".md5sums"
_MOST: Final = 0.5
"""The share of all members that has to keep what all of them get."""
LEAST: Final = 256 * 1024
"""Bytes on a node that a layer has to save."""
_MOST_PAIRED: Final = 64
"""Members up to which pairs of them are looked at."""
Known = tuple[EntryType, int]
"""Type and bytes of a path of an original that the slim image does not have."""
Form = tuple[object, ...]
"""All that has to be the same of a file, a link or a device."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A slim image that may stand on a foundation."""

    name: str
    image: BaseImage
    own: frozenset[str]
    """Paths that are never shared: the application's."""
    dropped: Mapping[str, Known]
    """What its original has, and it has not."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A foundation to be made."""

    members: tuple[Member, ...]
    paths: Mapping[str, Member]
    """What it has → who gives it."""
    saved: int
    """Bytes on a node that has all members."""


def common_ground(members: Sequence[Member]) -> list[list[Ground]]:
    """The foundations for these images: each is a way up, of one layer for all of them and one for
    those that have still more in common; the members of its last one are the images that stand
    there. None where nothing worth a layer is the same."""
    survey = _Survey(members)
    first = survey.ground(range(len(members)), frozenset(), users=_MOST * len(members))
    if first.saved < LEAST:
        first = replace(first, paths={}, saved=0)
    below = frozenset(first.paths)
    ways: list[list[Ground]] = []
    others: list[Member] = []
    """Those that have no more in common than all have."""
    for group in survey.groups(below):
        own = [members[number] for number in group]
        second = survey.ground(group, below)
        if second.saved < LEAST:
            others += own
        else:
            ways.append([*([first] if first.paths else []), replace(second, members=tuple(own))])
    if others and first.paths:
        ways.append([replace(first, members=tuple(others))])
    return ways


class _Survey:
    """What each member has, comparable."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        paths = _shared_paths(members)
        self._forms = [_forms(member, paths) for member in members]

    def ground(self, group: Iterable[int], below: frozenset[str], users: float = 2) -> Ground:
        """What at least so many of the group have in the same form, and is not in `below`."""
        numbers, least = list(group), max(2, users)
        having: dict[str, Counter[Form]] = defaultdict(Counter)
        for number in numbers:
            for path, form in self._forms[number].items():
                if path not in below:
                    having[path][form] += 1
        chosen: dict[str, Member] = {}
        saved = 0
        for path, forms in having.items():
            form, having_it = forms.most_common(1)[0]
            if having_it < least or not all(
                self._original_has(each, path, form) for each in numbers
            ):
                continue
            giver = next(each for each in numbers if self._forms[each].get(path) == form)
            chosen[path] = self._members[giver]
            saved += (having_it - 1) * self._members[giver].image.index.entries[path].size
        return Ground(
            members=tuple(self._members[each] for each in numbers),
            paths=_standing(chosen),
            saved=saved,
        )

    def groups(self, below: frozenset[str]) -> list[list[int]]:
        """Members that have most in common besides, joined two by two as long as that saves."""
        groups = [[number] for number in range(len(self._members))]
        if len(groups) > _MOST_PAIRED:
            return [list(range(len(self._members)))]
        saved: dict[tuple[int, ...], int] = {(number,): 0 for number in range(len(groups))}

        def saves(group: Sequence[int]) -> int:
            key = tuple(sorted(group))
            if key not in saved:
                saved[key] = self.ground(key, below).saved
            return saved[key]

        while len(groups) > 1:
            gain, one, other = max(
                (saves([*one, *other]) - saves(one) - saves(other), one, other)
                for one, other in combinations(groups, 2)
            )
            if gain < LEAST:
                break
            groups = [each for each in groups if each not in (one, other)] + [[*one, *other]]
        return groups

    def _original_has(self, number: int, path: str, form: Form) -> bool:
        if path in self._forms[number]:
            return True
        known = self._members[number].dropped.get(path)
        return known is not None and known == (form[0], form[1])


def _shared_paths(members: Sequence[Member]) -> frozenset[str]:
    """Those that at least two have: only their content is read."""
    counts = Counter(
        entry.path
        for member in members
        for entry in member.image.index
        if entry.type is not EntryType.DIRECTORY and entry.path not in member.own
    )
    return frozenset(path for path, count in counts.items() if count > 1)


def _forms(member: Member, paths: frozenset[str]) -> dict[str, Form]:
    image = member.image
    found: dict[str, Form] = {}
    for entry in image.index:
        if entry.path not in paths or entry.path in member.own or entry.path.endswith(_SUMS):
            continue
        is_file = entry.type is EntryType.FILE
        found[entry.path] = (
            *(entry.type, entry.size, entry.mode, entry.uid, entry.gid, entry.link_target),
            *(entry.device, entry.xattrs, clamped_seconds(entry.mtime_ns, None)),
            image.content.digest(entry.path) if is_file and entry.size else b"",
        )
    return found


def _standing(chosen: Mapping[str, Member]) -> dict[str, Member]:
    """Without what would lie below a link, and descriptions of packages that have no file here."""
    kept = {
        path: giver for path, giver in chosen.items() if not any(
            above in chosen for above in ancestors(path)
        )
    }  # fmt: skip
    described = {path for path in kept if path.startswith(_STATUS)}
    files = kept.keys() - described
    return {
        path: giver
        for path, giver in sorted(kept.items())
        if path not in described or any(each in files for each, _ in _sums(giver, path))
    }


def _sums(member: Member, description: str) -> list[tuple[str, bytes]]:
    """(path, line) for each file of a package whose description lies there."""
    place = description + _SUMS
    if not member.image.index.is_file(place):
        return []
    with member.image.content.open(place) as stream:
        lines = stream.read().splitlines(keepends=True)
    return [
        ("/" + os.fsdecode(line.rstrip(b"\n").partition(b"  ")[2]).lstrip("/"), line)
        for line in lines
    ]


class _Given:
    """The content of a foundation (a values.Content)."""

    def __init__(self, givers: Mapping[str, Member], made: Mapping[str, bytes]) -> None:
        self._givers = givers
        self._made = made

    def fetch(self, paths: Iterable[str]) -> None:
        """All of it is on this machine's disk."""

    def open(self, path: str) -> BinaryIO:
        from io import BytesIO

        if path in self._made:
            return BytesIO(self._made[path])
        return self._givers[path].image.content.open(path)

    def head(self, path: str, size: int) -> bytes:
        with self.open(path) as stream:
            return stream.read(size)


def pack_foundation(way: Sequence[Ground], folder: Path) -> PackedImage:
    """The image of a way: a layer for each ground, the one for all members lowest."""
    image = way[0].members[0].image.image
    named = Original(
        reference="",
        id="",
        config={},
        architecture=image.architecture,
        variant=image.variant,
        os=image.os,
        created="",
        size=0,
        layers=(),
    )
    packed: PackedImage | None = None
    for ground in way:
        plan, content = _layer(ground)
        packed = pack_image(
            named,
            [plan],
            content,
            folder,
            labels={FOUNDATION_LABEL: __version__},
            below=packed.layers if packed else (),
        )
    assert packed is not None, "a way has at least one ground"
    return packed


def _layer(ground: Ground) -> tuple[LayerPlan, _Given]:
    made = {
        path + _SUMS: b"".join(sums)
        for path, giver in ground.paths.items()
        if path.startswith(_STATUS)
        and (sums := [line for each, line in _all_sums(ground, path) if each in ground.paths])
    }
    givers = {**ground.paths, **{path: ground.paths[path.removesuffix(_SUMS)] for path in made}}
    entries: dict[str, Entry] = {}
    for path, giver in givers.items():
        # A name of its own for each: who gives one name of a file may not give the others.
        entry = replace(giver.image.index.entries[path], inode=0, link_count=1)
        entries[path] = replace(entry, size=len(made[path])) if path in made else entry
        for above in ancestors(path):
            entries.setdefault(above, giver.image.index.entries[above])
    ordered = sorted(entries.values(), key=lambda each: os.fsencode(each.path))
    return LayerPlan(name=_LAYER, entries=tuple(ordered)), _Given(givers, made)


def _all_sums(ground: Ground, description: str) -> list[tuple[str, bytes]]:
    """Of all members, each file once."""
    found: dict[str, bytes] = {}
    for member in ground.members:
        if member.image.index.is_file(description):
            for path, line in _sums(member, description):
                found.setdefault(path, line)
    return sorted(found.items())
