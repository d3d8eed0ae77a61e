"""Fidelity: what a finished image is, held against what it has to be, path by path and field by
field. Pure: it takes two indexes and two configurations, and names each difference.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Final

from slimmer.files import ContainerMarks
from slimmer.pack import clamped_seconds, is_of_the_host
from slimmer.values import Entry, EntryType

MOUNTED: Final = frozenset({"/proc", "/sys", "/dev"})
"""Whatever the image has there, a container shows the engine's mounts."""

_MADE_BY_ENGINES: Final = frozenset({"/run/.containerenv", "/run/secrets"})
"""What engines put into every container, beside mount points."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field of one path, or of the configuration, that is not as it has to be."""

    place: str
    """The path, or the configuration's key."""
    field: str
    """`mode`, `owner`, `content`, …; `configuration` for a key."""
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: {self.field} is {self.found}, not {self.expected}"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The file system that an image has to have."""

    entries: Mapping[str, Entry]
    """As the original's index has them, or as they were made for the image; and no others."""
    latest: int | None = None
    """SOURCE_DATE_EPOCH: what times are clamped to."""
    of_base: Set[str] = frozenset()
    """Paths that lie in the layers of another image: their times are as that has them, whatever
    `latest` is. Of a directory that none of its layers names nobody knows the time."""
    marks: ContainerMarks = field(default_factory=ContainerMarks)
    """What the engine makes or changes for a container: the time of such a path is the
    container's, and a directory may be there although the image has none."""


def file_differences(expected: Expected, found: Mapping[str, Entry]) -> Iterator[Difference]:
    """Everything but content: paths that are missing or too many, types, modes, owners, sizes,
    times, link targets, devices, extended attributes, and which names are one file."""
    for path, entry in expected.entries.items():
        there = found.get(path)
        if there is None:
            yield Difference(
                place=path, field="the path", expected=f"a {_word(entry)}", found="missing"
            )
        elif path in MOUNTED:
            if there.type is not entry.type:
                yield _type_difference(entry, there)
        else:
            yield from _entry_differences(entry, there, expected)
    for path, there in found.items():
        if path not in expected.entries and not _is_of_the_engine(there, expected.marks):
            yield Difference(
                place=path, field="the path", expected="in the image", found=f"a {_word(there)}"
            )
    yield from _link_differences(expected.entries, found)


def content_differences(
    paths: Iterable[str], expected: Mapping[str, bytes], found: Mapping[str, bytes]
) -> Iterator[Difference]:
    """Those of these regular files whose digests differ."""
    for path in paths:
        digest = expected[path]
        if found.get(path) != digest:
            yield Difference(
                place=path,
                field="content (BLAKE2b)",
                expected=digest.hex()[:16] + "…",
                found=(found.get(path) or b"").hex()[:16] + "…",
            )


def configuration_differences(
    expected: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[Difference]:
    """Key by key; a key that one side does not have is `null`."""
    for key in sorted({*expected, *found}):
        if expected.get(key) != found.get(key):
            yield Difference(
                place=key,
                field="configuration",
                expected=_json(expected.get(key)),
                found=_json(found.get(key)),
            )


def _entry_differences(entry: Entry, there: Entry, expected: Expected) -> Iterator[Difference]:
    if there.type is not entry.type:
        yield _type_difference(entry, there)
        return
    pairs: list[tuple[str, str, str]] = [
        ("mode", f"{entry.mode:04o}", f"{there.mode:04o}"),
        ("owner", f"{entry.uid}:{entry.gid}", f"{there.uid}:{there.gid}"),
        ("size", str(entry.size), str(there.size)),
        ("link target", repr(entry.link_target), repr(there.link_target)),
        ("device", "{}:{}".format(*entry.device), "{}:{}".format(*there.device)),
    ]
    if expected.marks.covers(entry):
        pass
    elif entry.path in expected.of_base:
        if entry.mtime_ns or entry.type is not EntryType.DIRECTORY:
            before, after = (str(clamped_seconds(each.mtime_ns, None)) for each in (entry, there))
            pairs.append(("mtime", before, after))
    else:
        seconds = clamped_seconds(entry.mtime_ns, expected.latest)
        pairs.append(("mtime", _time(seconds * 10**9), _time(there.mtime_ns)))
    for name, wanted, got in pairs:
        if wanted != got:
            yield Difference(place=entry.path, field=name, expected=wanted, found=got)
    if entry.xattrs or there.xattrs:
        yield from _attribute_differences(entry, there)


def _attribute_differences(entry: Entry, there: Entry) -> Iterator[Difference]:
    wanted, got = (
        {name: value for name, value in each.xattrs if not is_of_the_host(name)}
        for each in (entry, there)
    )
    for name in sorted({*wanted, *got}):
        if wanted.get(name) != got.get(name):
            yield Difference(
                place=entry.path,
                field=f"extended attribute {name}",
                expected=_attribute(wanted.get(name)),
                found=_attribute(got.get(name)),
            )


def _link_differences(
    expected: Mapping[str, Entry], found: Mapping[str, Entry]
) -> Iterator[Difference]:
    """Names of one file must be names of one file, and of no other."""
    wanted, got = _links(expected), _links(found)
    for path in sorted({*wanted, *got}):
        if path in expected and path in found and wanted.get(path) != got.get(path):
            yield Difference(
                place=path,
                field="hard links",
                expected=_names(wanted.get(path)),
                found=_names(got.get(path)),
            )


def _links(entries: Mapping[str, Entry]) -> dict[str, tuple[str, ...]]:
    """Path → all names of its file, for whatever has more than one; directories have not."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    for entry in entries.values():
        if entry.inode and entry.link_count > 1 and entry.type is not EntryType.DIRECTORY:
            names[entry.inode].append(entry.path)
    return {
        path: tuple(sorted(paths)) for paths in names.values() if len(paths) > 1 for path in paths
    }


def _is_of_the_engine(entry: Entry, marks: ContainerMarks) -> bool:
    if entry.path in _MADE_BY_ENGINES or entry.path.startswith("/run/secrets/"):
        return True
    return entry.path in marks.touched and entry.type is EntryType.DIRECTORY


def _type_difference(entry: Entry, there: Entry) -> Difference:
    return Difference(
        place=entry.path, field="type", expected=f"a {_word(entry)}", found=f"a {_word(there)}"
    )


def _word(entry: Entry) -> str:
    return entry.type.name.lower().replace("_", " ")


def _time(nanoseconds: int) -> str:
    """Seconds since the epoch, a fraction only where there is one."""
    return f"{nanoseconds / 10**9:.9f}".rstrip("0").rstrip(".")


def _attribute(value: bytes | None) -> str:
    return "missing" if value is None else "0x" + value[:32].hex()


def _names(names: tuple[str, ...] | None) -> str:
    return " = ".join(names) if names else "a file of one name"


def _json(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 200 else text[:199] + "…"
