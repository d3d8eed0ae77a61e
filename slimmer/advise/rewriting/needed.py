"""What an image needs, in words short enough to be read: whole packages, and paths.

A slim build decides file by file; a Dockerfile that names a thousand files helps nobody. So a
package of which a good part is kept is taken whole, and a directory of which little is dropped.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from slimmer.values import EntryType

_SHARE_OF_PACKAGE: Final = 0.25
"""A package is taken whole from this part of its bytes on,"""
_LARGE_REST: Final = 6_000_000
"""where no more bytes would come with it than this: libc6 has 9 MB of character sets."""
_SMALL_REST: Final = 200_000
"""Or where what would come with it has no more bytes than this."""
_MOST_PARTS: Final = 20
"""Or where its parts are more words than this."""
_FEW_PARTS: Final = 12
_REST_OF_FEW: Final = 100_000
"""But not where it is needed in so few parts, and more than this or than the parts would come with
them."""
_LITTER: Final = 16_000
"""A directory is taken whole where what would come with it has no more bytes than this, or than a
tenth of what is needed of it."""
_MOST_ENTRIES: Final = 8
"""A directory in more parts than this is taken whole, where that does not double it."""
_DOCUMENTATION: Final = re.compile(r"/usr/share/(?:doc|info|lintian|locale|man)/")
_KERNEL: Final = re.compile(r"/(?:dev|proc|sys)(?:/|$)")
_SYSTEM: Final = re.compile(
    r"/?|/(?:etc|usr|var|run|opt|srv|home|root|tmp|usr/(?:bin|lib|local|sbin|share|local/\w+)|var/\w+)"
    r"|/usr/lib/\w+-linux-\w+"
)
"""Directories of many masters: whole only where nothing of them is dropped."""


class PathFate(Protocol):
    """What became of a path of the original, as a report tells it."""

    @property
    def path(self) -> str: ...
    @property
    def type(self) -> EntryType: ...
    @property
    def size(self) -> int: ...
    @property
    def kept(self) -> bool: ...
    @property
    def package(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def made(self) -> bool: ...
    @property
    def in_original(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Needed:
    """What a slim image consists of, in the words of its original."""

    packages: tuple[str, ...]
    """Distribution packages to be taken whole, by name."""
    in_parts: tuple[str, ...]
    """Those of which only files are taken."""
    whole: tuple[str, ...]
    """Files, links, and directories with all that is in them."""
    bare: tuple[str, ...]
    """Directories without what is in them."""
    links: Mapping[str, str]
    """Links that stand for directories at the top: `/lib` → `usr/lib`."""
    has_links: bool
    """Whether one of `whole` is a link, which COPY would follow."""


@dataclass(slots=True)
class _Place:
    """A path with all below it."""

    path: str
    type: EntryType = EntryType.DIRECTORY
    is_kept: bool = False
    kept_size: int = 0
    kept: int = 0
    """Paths but for directories."""
    dropped_size: int = 0
    dropped: int = 0
    below: dict[str, _Place] = field(default_factory=dict)


def needed_of(fates: Iterable[PathFate]) -> Needed:
    """What the slim image of a report needs of its original."""
    known = [each for each in fates if each.in_original and not _KERNEL.match(each.path)]
    whole, in_parts = _packages(known)
    root = _Place("/")
    for each in known:
        is_left_out = each.package not in in_parts and _is_documentation(each)
        if each.type is EntryType.DIRECTORY or not (each.package in whole or is_left_out):
            _put(root, each)
        elif is_left_out or _is_documentation(each):
            _put(root, each, is_left_out=True)  # or its directory would be taken whole
    _sum_up(root)
    places = _chosen(root)
    owned = {posixpath.dirname(each.path) for each in known if each.package in whole}
    directories = {each.path for each in known if each.type is EntryType.DIRECTORY}
    links = {
        each.path: each.target.strip("/")
        for each in known
        if each.type is EntryType.SYMLINK and each.path.count("/") == 1
    }
    return Needed(
        packages=tuple(sorted(whole)),
        in_parts=tuple(sorted(in_parts)),
        whole=tuple(place.path for place in places),
        bare=tuple(_bare(root, owned | {place.path for place in places})),
        links={path: target for path, target in links.items() if f"/{target}" in directories},
        has_links=any(place.type is EntryType.SYMLINK for place in places),
    )


def _packages(fates: Iterable[PathFate]) -> tuple[frozenset[str], frozenset[str]]:
    """Names of packages that are taken whole, and of those of which parts are."""
    kept: dict[str, int] = {}
    parts: Counter[str] = Counter()
    sizes: dict[str, int] = {}
    for each in fates:
        if not each.package or each.type is EntryType.DIRECTORY or _is_documentation(each):
            continue
        sizes[each.package] = sizes.get(each.package, 0) + each.size
        if each.kept and not each.made:
            kept[each.package] = kept.get(each.package, 0) + each.size
            parts[each.package] += 1
    whole = frozenset(
        name for name, size in kept.items() if _is_worth_it(size, sizes[name] - size, parts[name])
    )
    return whole, frozenset(kept) - whole


def _is_worth_it(kept: int, rest: int, parts: int) -> bool:
    """Whether a package is taken whole, by its bytes and its number of files."""
    if parts > _MOST_PARTS:
        return True
    if parts <= _FEW_PARTS and rest > min(kept, _REST_OF_FEW):
        return False
    return rest <= _SMALL_REST or (
        kept >= _SHARE_OF_PACKAGE * (kept + rest) and rest <= _LARGE_REST
    )


def _is_documentation(fate: PathFate) -> bool:
    """Of a package: what a licence asks for comes with the package."""
    return bool(fate.package) and _DOCUMENTATION.match(fate.path) is not None


def _put(root: _Place, fate: PathFate, *, is_left_out: bool = False) -> None:
    place = root
    for part in fate.path.strip("/").split("/"):
        if part:
            place = place.below.setdefault(part, _Place(f"{place.path.rstrip('/')}/{part}"))
    place.type = fate.type
    place.is_kept = fate.kept and not fate.made and not is_left_out
    if fate.type is EntryType.DIRECTORY:
        return
    if place.is_kept:
        place.kept, place.kept_size = 1, fate.size
    elif not fate.made:
        place.dropped, place.dropped_size = 1, fate.size


def _sum_up(place: _Place) -> None:
    """Counts of all below, for each directory. Paths are at most some hundred names deep."""
    for each in place.below.values():
        _sum_up(each)
        place.kept += each.kept
        place.kept_size += each.kept_size
        place.dropped += each.dropped
        place.dropped_size += each.dropped_size


def _chosen(place: _Place) -> list[_Place]:
    if not place.kept:
        return []
    if place.type is not EntryType.DIRECTORY:
        return [place]
    is_system = _SYSTEM.fullmatch(place.path) is not None
    if place.path != "/" and (not place.dropped or place.path.endswith("/__pycache__")):
        return [place]
    if not is_system and place.dropped_size <= max(_LITTER, place.kept_size // 10):
        return [place]
    parts = [found for each in place.below.values() for found in _chosen(each)]
    if not is_system and len(parts) > _MOST_ENTRIES and place.dropped_size <= place.kept_size:
        return [place]
    return parts


def _bare(place: _Place, taken: Collection[str]) -> Iterator[str]:
    """Kept directories of which nothing else is taken."""
    for name in sorted(place.below):
        each = place.below[name]
        if each.type is EntryType.DIRECTORY and not _DOCUMENTATION.match(f"{each.path}/"):
            is_empty = not each.kept and not any(kept.is_kept for kept in each.below.values())
            if each.is_kept and is_empty and each.path not in taken:
                yield each.path
            yield from _bare(each, taken)
