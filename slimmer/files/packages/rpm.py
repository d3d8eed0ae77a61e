"""Packages of Red Hat, SUSE, Fedora and their like: rpm's database."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping, Sequence
from typing import Final

from slimmer.files.index import RootfsIndex
from slimmer.files.packages.database import Package
from slimmer.files.packages.rpm_databases import records
from slimmer.values import Content, EntryType

_PLACES: Final = ("/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm")
_DATABASES: Final = ("rpmdb.sqlite", "Packages.db", "Packages")
_JOURNAL = "-wal"

# The tags of a header that are read (rpm's include/rpm/rpmtag.h), and the types of their values.
_NAME, _VERSION, _RELEASE, _EPOCH, _ARCH, _SOURCE = 1000, 1001, 1002, 1003, 1022, 1044
_PROVIDES, _REQUIRES, _FOLDER_OF, _FILES, _FOLDERS = 1047, 1049, 1116, 1117, 1118
_TAGS = frozenset(
    (
        *(_NAME, _VERSION, _RELEASE, _EPOCH, _ARCH, _SOURCE),
        *(_PROVIDES, _REQUIRES, _FOLDER_OF, _FILES, _FOLDERS),
    )
)
_INT32, _STRING, _STRINGS, _TRANSLATED = 4, 6, 8, 9
_KEYS = "gpg-pubkey"
"""Keys of repositories are packages by this name."""

Header = Mapping[int, Sequence[str] | Sequence[int]]


def rpm_files(index: RootfsIndex) -> list[str]:
    """The files of rpm's database that `rpm_packages` reads, as real paths."""
    found: dict[str, None] = {}
    for folder in _PLACES:
        for name in _DATABASES:
            for path in (f"{folder}/{name}", f"{folder}/{name}{_JOURNAL}"):
                entry = index.resolve(path).entry
                if entry is not None and entry.type is EntryType.FILE and entry.size:
                    found[entry.path] = None
    return list(found)


def rpm_packages(index: RootfsIndex, content: Content) -> dict[Package, Sequence[str]]:
    """Each installed package with the paths that it recorded; none of a database that cannot be
    read."""
    data = {path: _bytes(content, path) for path in rpm_files(index)}
    headers: list[Header] = []
    for path, database in data.items():
        if not path.endswith(_JOURNAL):
            try:
                headers += [
                    _header(record) for record in records(database, data.get(path + _JOURNAL, b""))
                ]
            except (ValueError, struct.error, IndexError):
                continue
    # A package may require a file by its path, which no package says to provide.
    asked = {name for header in headers for name in _texts(header, _REQUIRES) if name[:1] == "/"}
    found: dict[Package, Sequence[str]] = {}
    for header in headers:
        files = _paths(header)
        package = _package(header, asked.intersection(files))
        if package.name and package.name != _KEYS:
            found[package] = files
    return found


def _header(record: bytes) -> Header:
    """Entries of tag, type, offset and count, and behind them the values that they point to."""
    entries, size = struct.unpack_from(">II", record)
    start = 8 + 16 * entries
    data = record[start : start + size]
    found: dict[int, Sequence[str] | Sequence[int]] = {}
    for number in range(min(entries, len(record) // 16)):
        tag, type, offset, count = struct.unpack_from(">IIII", record, 8 + 16 * number)
        if tag not in _TAGS or offset > len(data) or count > len(data):
            continue
        if type == _INT32:
            found[tag] = struct.unpack_from(f">{count}I", data, offset)
        elif type in (_STRING, _STRINGS, _TRANSLATED):
            found[tag] = [os.fsdecode(text) for text in data[offset:].split(b"\0", count)[:count]]
    return found


def _package(header: Header, files_asked_for: set[str]) -> Package:
    name, version = _text(header, _NAME), _text(header, _VERSION)
    epoch = next(iter(_numbers(header, _EPOCH)), 0)
    source = _text(header, _SOURCE).removesuffix(".rpm").removesuffix(".src")
    return Package(
        name=name,
        version=f"{f'{epoch}:' if epoch else ''}{version}-{_text(header, _RELEASE)}",
        architecture=_text(header, _ARCH),
        source=source.rsplit("-", 2)[0] or name,
        manager="rpm",
        # What rpm itself must know, and conditions, name no package.
        depends=tuple(
            (required,)
            for required in dict.fromkeys(_texts(header, _REQUIRES))
            if not required.startswith(("rpmlib(", "("))
        ),
        provides=(*dict.fromkeys(_texts(header, _PROVIDES)), *sorted(files_asked_for)),
    )


def _paths(header: Header) -> list[str]:
    folders = _texts(header, _FOLDERS)
    names = _texts(header, _FILES)
    return [
        f"{folders[number]}{name}"
        for name, number in zip(names, _numbers(header, _FOLDER_OF), strict=False)
        if number < len(folders)
    ]


def _texts(header: Header, tag: int) -> list[str]:
    return [value for value in header.get(tag, ()) if isinstance(value, str)]


def _numbers(header: Header, tag: int) -> list[int]:
    return [value for value in header.get(tag, ()) if isinstance(value, int)]


def _text(header: Header, tag: int) -> str:
    return next(iter(_texts(header, tag)), "")


def _bytes(content: Content, path: str) -> bytes:
    with content.open(path) as stream:
        return stream.read()
