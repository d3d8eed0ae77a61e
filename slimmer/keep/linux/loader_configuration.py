"""The files in which the dynamic loaders of an image are told where to look: glibc's ld.so.cache
and ld.so.conf, musl's ld-musl-ARCH.path.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

from slimmer.files import PathGlobs, RootfsIndex, join, parent_of
from slimmer.values import Content, EntryType

CACHE = "/etc/ld.so.cache"
CONFIGURATION = "/etc/ld.so.conf"

_CACHE_MAGIC = b"glibc-ld.so.cache1.1"
_OLD_CACHE_MAGIC = b"ld.so-1.7.0"
# struct cache_file_new and file_entry_new of glibc's sysdeps/generic/dl-cache.h.
_CACHE_HEADER = struct.Struct("20sIIB3sI12s")
_CACHE_ENTRY = struct.Struct("iIIIQ")
_LARGEST_CACHE = 16 << 20
_LARGEST_CONFIGURATION = 1 << 20
_MOST_INCLUDES = 1000


def loader_files(index: RootfsIndex) -> list[str]:
    """Every file of the index that this module may read, before their includes are known: as
    good as all images include /etc/ld.so.conf.d and nothing else."""
    configuration = [CACHE, CONFIGURATION, *musl_path_files(index)]
    configuration += [entry.path for entry in index.subtree("/etc/ld.so.conf.d")]
    return [path for path in configuration if _is_file(index, path)]


def musl_path_files(index: RootfsIndex) -> list[str]:
    """musl's path files for all architectures: `/etc/ld-musl-x86_64.path`."""
    return [
        entry.path
        for entry in index.children("/etc")
        if entry.path.startswith("/etc/ld-musl-") and entry.path.endswith(".path")
    ]


def cached_libraries(index: RootfsIndex, content: Content) -> dict[str, list[str]]:
    """Library name → paths, as ldconfig wrote them to ld.so.cache, best first; empty where there
    is no cache, or one that cannot be read (glibc ignores such a cache as well)."""
    entry = index.resolve(CACHE).entry
    if entry is None or entry.type is not EntryType.FILE:
        return {}
    cache = content.head(entry.path, _LARGEST_CACHE)
    start = cache.find(_CACHE_MAGIC) if cache.startswith(_OLD_CACHE_MAGIC) else 0
    cache = cache[max(start, 0) :]
    if not cache.startswith(_CACHE_MAGIC) or len(cache) < _CACHE_HEADER.size:
        return {}
    # The byte order is the image's: the right one gives a table that fits into the file.
    for order in "<>":
        header = struct.Struct(order + _CACHE_HEADER.format)
        entries = struct.Struct(order + _CACHE_ENTRY.format)
        count = header.unpack_from(cache)[1]
        end = header.size + count * entries.size
        if end <= len(cache):
            return _read_cache(cache, entries, header.size, end)
    return {}


def _read_cache(cache: bytes, entries: struct.Struct, start: int, end: int) -> dict[str, list[str]]:
    libraries: dict[str, list[str]] = {}
    for _, key, value, _, _ in entries.iter_unpack(cache[start:end]):
        name, path = _string(cache, key), _string(cache, value)
        if name and path.startswith("/"):
            libraries.setdefault(name, []).append(path)
    return libraries


def _string(cache: bytes, offset: int) -> str:
    end = cache.find(b"\0", offset, offset + 4096)
    return os.fsdecode(cache[offset:end]) if 0 < offset < end else ""


def configured_directories(index: RootfsIndex, content: Content) -> list[str]:
    """The directories that ld.so.conf and its includes name, in order."""
    directories: dict[str, None] = {}
    pending = [CONFIGURATION]
    seen: set[str] = set()
    while pending and len(seen) < _MOST_INCLUDES:
        path = pending.pop(0)
        if path in seen:
            continue
        seen.add(path)
        for line in _lines(index, content, path):
            word, _, argument = line.partition(" ")
            if word == "include":
                for pattern in argument.split():
                    pending += _matches(index, join(parent_of(path), pattern))
            elif word != "hwcap":
                # Before glibc 2.30 a directory could say `=TYPE`.
                for directory in line.replace(":", " ").replace(",", " ").split():
                    if directory.startswith("/"):
                        directories[directory.partition("=")[0]] = None
    return list(directories)


def musl_directories(index: RootfsIndex, content: Content, path: str) -> list[str]:
    """The directories of one musl path file, separated by newlines or colons."""
    text = "\n".join(_lines(index, content, path))
    return [part for part in text.replace(":", "\n").split("\n") if part.startswith("/")]


def _lines(index: RootfsIndex, content: Content, path: str) -> Iterable[str]:
    entry = index.resolve(path).entry
    if entry is None or entry.type is not EntryType.FILE:
        return []
    text = os.fsdecode(content.head(entry.path, _LARGEST_CONFIGURATION))
    lines = (" ".join(line.partition("#")[0].split()) for line in text.split("\n"))
    return [line for line in lines if line]


def _matches(index: RootfsIndex, pattern: str) -> list[str]:
    directory = parent_of(pattern)
    globs = PathGlobs([pattern])
    return [entry.path for entry in index.children(directory) if globs.covers(entry.path)]


def _is_file(index: RootfsIndex, path: str) -> bool:
    entry = index.resolve(path).entry
    return entry is not None and entry.type is EntryType.FILE
