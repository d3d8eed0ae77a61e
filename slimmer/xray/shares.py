"""Where the bytes of a container's files are: by directory and by type; and what is there twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from slimmer.files import parent_of
from slimmer.image.archive import LayerContent
from slimmer.values import Entry, EntryType
from slimmer.xray.document import Copy, Duplicate, Duplicates, Share
from slimmer.xray.kinds import OTHER, kind_by_name

_WORTH_NAMING: Final = 0.01
_SHOWN_GROUPS: Final = 100
_SHOWN_PLACES: Final = 10
_OF_THE_SYSTEM: Final = re.compile(
    r"/(?:usr|opt|srv|home|var|root|app)|/home/[^/]+|/(?:usr/)?(?:local/)?(?:lib|lib64|share|libexec|src)"
    r"|/var/(?:lib|cache)|/(?:usr/)?lib/[\w-]+-linux-(?:gnu|musl)\w*|/root/\.cache|/opt/[^/]+"
    r"|.*/(?:lib|venv|\.venv|node_modules|site-packages|dist-packages|lib/python3(?:\.\d+)?)|/srv/[^/]+|/app/[^/]+"
)


def content_sizes(entries: Iterable[Entry], used: Container[str]) -> dict[str, int]:
    """Path → bytes for all but directories; a file with several names counts for the first, or for
    the first that was used."""
    sizes: dict[str, int] = {}
    holders: dict[int, str] = {}
    directory = EntryType.DIRECTORY
    for entry in entries:
        if entry.type is directory:
            continue
        sizes[entry.path] = entry.size
        if entry.link_count > 1:
            holder = holders.setdefault(entry.inode, entry.path)
            if holder == entry.path:
                continue
            if entry.path in used and holder not in used:
                holders[entry.inode], sizes[holder] = entry.path, 0
            else:
                sizes[entry.path] = 0
    return sizes


def directory_shares(sizes: Mapping[str, int], used: Container[str] | None) -> tuple[Share, ...]:
    """Directories with all that is below them, sorted by path; small ones are left out."""
    own: defaultdict[str, list[int]] = defaultdict(list)
    used_bytes: defaultdict[str, int] = defaultdict(int)
    for path, size in sizes.items():
        own[path[: path.rfind("/")]].append(size)
        if used is not None and path in used:
            used_bytes[parent_of(path)] += size
    files = defaultdict(int, {path or "/": len(each) for path, each in own.items()})
    bytes_ = defaultdict(int, {path or "/": sum(each) for path, each in own.items()})
    missing = {above for path in files for above in _above(path)}
    for directory in sorted({*files, *missing}, key=lambda path: -path.count("/")):
        if directory != "/":
            above = parent_of(directory)
            files[above] += files[directory]
            bytes_[above] += bytes_[directory]
            used_bytes[above] += used_bytes[directory]
    least = max(1, int(bytes_["/"] * _WORTH_NAMING))
    return tuple(
        Share(
            name=directory,
            files=files[directory],
            size=bytes_[directory],
            used_size=None if used is None else used_bytes[directory],
        )
        for directory in sorted(bytes_)
        if bytes_[directory] >= least or directory == "/"
    )


def used_size(
    paths: list[str], sizes: Mapping[str, int], used: Container[str] | None
) -> int | None:
    """Bytes of those of the paths that were used; None where that is not known."""
    return None if used is None else sum([sizes[path] for path in paths if path in used])


def unused_shares(
    sizes: Mapping[str, int], used: Container[str], layer_of: Mapping[str, int]
) -> dict[int, tuple[Share, ...]]:
    """Layer → the directories that most of its unused bytes are in. Those that every image has,
    such as /usr/lib, are told by what is in them."""
    by_layer: defaultdict[int, dict[str, list[int]]] = defaultdict(dict)
    for path, size in sizes.items():
        if path in used or not size:
            continue
        found = by_layer[layer_of[path]].setdefault(_place(path), [0, 0])
        found[0] += 1
        found[1] += size
    return {
        number: tuple(
            Share(name=name, files=files, size=size, used_size=0)
            for name, (files, size) in sorted(
                places.items(), key=lambda each: (-each[1][1], each[0])
            )[:_SHOWN_PLACES]
        )
        for number, places in by_layer.items()
    }


def _place(path: str) -> str:
    """The directory by which an unused file is told: the first one that is not of the system."""
    parts = path.split("/")[1:-1]
    for depth in range(len(parts)):
        place = "/" + "/".join(parts[: depth + 1])
        if not _OF_THE_SYSTEM.fullmatch(place):
            return place
    return "/" + "/".join(parts)


def _above(path: str) -> Iterable[str]:
    while path != "/":
        path = parent_of(path)
        yield path


def type_shares(
    index: Iterable[Entry],
    sizes: Mapping[str, int],
    by_content: Mapping[int, str],
    used: Container[str] | None,
) -> tuple[Share, ...]:
    """The types of regular files, the largest first. `by_content`: inode → type of those of which
    the name tells none."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    regular = EntryType.FILE  # looked up once: as long as all else of the loop otherwise
    for entry in index:
        if entry.type is regular:
            kind = kind_by_name(entry.path) or by_content.get(entry.inode, OTHER)
            kinds[kind].append(entry.path)
    shares = [
        Share(
            name=kind,
            files=len(paths),
            size=sum([sizes[path] for path in paths]),
            used_size=used_size(paths, sizes, used),
        )
        for kind, paths in kinds.items()
    ]
    return tuple(sorted(shares, key=lambda share: (-share.size, share.name)))


def duplicates(
    layers: Sequence[LayerContent], contents: Mapping[int, bytes], visible: Container[int]
) -> Duplicates:
    """Contents that an image has more than once, in all layers. `visible`: inodes that a container
    can read."""
    copies: defaultdict[bytes, list[tuple[int, Entry]]] = defaultdict(list)
    for number, layer in enumerate(layers):
        seen: set[int] = set()
        for entry in layer.entries.values():
            if entry.size and (digest := contents.get(entry.inode)) is not None:
                if entry.link_count > 1:
                    if entry.inode in seen:
                        continue
                    seen.add(entry.inode)
                copies[digest].append((number, entry))
    groups = [found for found in copies.values() if len(found) > 1]
    groups.sort(key=lambda found: (-found[0][1].size * (len(found) - 1), found[0][1].path))
    return Duplicates(
        groups=len(groups),
        extra_size=sum(found[0][1].size * (len(found) - 1) for found in groups),
        largest=tuple(_duplicate(found, visible) for found in groups[:_SHOWN_GROUPS]),
    )


def _duplicate(found: list[tuple[int, Entry]], visible: Container[int]) -> Duplicate:
    size = found[0][1].size
    return Duplicate(
        size=size,
        copies=len(found),
        extra_size=size * (len(found) - 1),
        places=tuple(
            Copy(path=entry.path, layer=number, is_hidden=entry.inode not in visible)
            for number, entry in found[:_SHOWN_PLACES]
        ),
    )
