"""One layer as a value: what it adds and removes. Its bytes are read once and not kept."""

from __future__ import annotations

import hashlib
import itertools
import os
import posixpath
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from slimmer.image.archive.sources import (
    PIECE,
    FileSource,
    Source,
    StreamSource,
    decompressed,
)
from slimmer.image.archive.tar import (
    BLOCK_DEVICE,
    CHARACTER,
    DIRECTORY,
    FIFO,
    FILE,
    HARD_LINK,
    SYMLINK,
    Member,
    members,
)
from slimmer.values import Entry, EntryType

_WHITEOUT: Final = ".wh."
_OPAQUE: Final = ".wh..wh..opq"
_SMALL: Final = 32 * 1024
"""Bytes of files that are hashed as they pass by; of larger ones the place is remembered, where
the bytes can be read again."""
_HASHED_AT_ONCE: Final = 32 << 20
"""Bytes. The thread that hashes has to wait up to 5 ms for the interpreter after each piece, while
another reads members: with pieces of 1 MB it takes ten times as long."""
_TYPES: Final = {
    FILE: EntryType.FILE,
    HARD_LINK: EntryType.FILE,
    SYMLINK: EntryType.SYMLINK,
    CHARACTER: EntryType.CHARACTER_DEVICE,
    BLOCK_DEVICE: EntryType.BLOCK_DEVICE,
    DIRECTORY: EntryType.DIRECTORY,
    FIFO: EntryType.FIFO,
}
_inodes = itertools.count(1)


class Inspector(Protocol):
    """What somebody wants to know of files beyond their headers."""

    def wants(self, path: str, size: int, mode: int) -> int:
        """How many of a file's first bytes are to be shown; 0: none."""
        ...

    def inspect(self, path: str, head: bytes) -> Any:
        """What is to be remembered of the file; None: nothing."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerContent:
    """What one layer holds."""

    entries: Mapping[str, Entry]
    """By path; hard links of one file have its inode, which no other file of any layer has."""
    removed: tuple[str, ...]
    """Paths of lower layers that it removes."""
    emptied: tuple[str, ...]
    """Directories of which it hides all that lower layers have in them."""
    size: int
    """Bytes of content, each hard link's file once."""
    digest: Future[str]
    """`sha256:…` of the uncompressed tar: what an image's configuration calls its diff_id."""
    contents: dict[int, bytes] = field(repr=False)
    """Inode → SHA-256 of a file's content."""
    places: Mapping[int, tuple[FileSource, int]] = field(repr=False)
    """Inode → where its content lies, for those that are not in `contents`."""
    remarks: Mapping[str, Any] = field(repr=False)
    """Path → what the inspector remembers of it."""

    def hash_contents(self, sizes: Mapping[int, int]) -> None:
        """Fill `contents` for files of which there are several of one size (`sizes`)."""
        for entry in self.entries.values():
            place = self.places.get(entry.inode)
            if place and sizes.get(entry.size, 0) > 1 and entry.inode not in self.contents:
                source, start = place
                source.position = start
                self.contents[entry.inode] = _hash(source.part(entry.size))


def read_layer(source: Source, inspector: Inspector | None, pool: Executor) -> LayerContent:
    """Read a layer, compressed or not. Raises CutOff, and ValueError for what is no tar.

    A file's digest is computed beside the reading of its members.
    """
    chunks = decompressed(source)
    if chunks is None and isinstance(source, FileSource):
        whole = FileSource(source.descriptor, source.start, source.size)
        reader = _Reader(source, inspector)
        return reader.content(pool.submit(_digest_of, whole))
    hasher = hashlib.sha256()
    stream = StreamSource(_hashed(source.rest() if chunks is None else chunks, hasher))
    reader = _Reader(stream, inspector)
    for _ in stream.rest():
        pass
    digest: Future[str] = Future()
    digest.set_result(f"sha256:{hasher.hexdigest()}")
    return reader.content(digest)


def read_places(source: FileSource, digest: str) -> LayerContent:
    """Read a layer that is a file, uncompressed and hashed already. It has the place of each file's
    content, and none is looked at. Raises CutOff, and ValueError for what is no tar."""
    known: Future[str] = Future()
    known.set_result(digest)
    return _Reader(source, None, places=True).content(known)


class _Reader:
    def __init__(
        self, source: Source, inspector: Inspector | None, *, places: bool = False
    ) -> None:
        self._source = source
        self._inspector = inspector
        self._all_places = places
        self.entries: dict[str, Entry] = {}
        self.removed: list[str] = []
        self.emptied: list[str] = []
        self.contents: dict[int, bytes] = {}
        self.places: dict[int, tuple[FileSource, int]] = {}
        self.remarks: dict[str, Any] = {}
        self._names: dict[int, list[str]] = {}
        self.size = 0
        for member in members(source):
            self._add(member)

    def content(self, digest: Future[str]) -> LayerContent:
        for inode, names in self._names.items():
            for name in names:
                entry = self.entries[name]
                if entry.inode == inode:
                    self.entries[name] = replace(entry, link_count=len(names))
        return LayerContent(
            entries=self.entries,
            removed=tuple(self.removed),
            emptied=tuple(self.emptied),
            size=self.size,
            digest=digest,
            contents=self.contents,
            places=self.places,
            remarks=self.remarks,
        )

    def _add(self, member: Member) -> None:
        path = _absolute(member.name)
        if _WHITEOUT in path and self._marks(path):
            return
        kind = member.kind
        inode = 0
        if kind == FILE:
            inode = next(_inodes)
            self.size += member.size
            if self._inspector is not None:
                self._look(path, member, inode)
            elif self._all_places and isinstance(self._source, FileSource):
                self.places[inode] = (self._source, self._source.position)
        elif kind == HARD_LINK:
            first = self.entries.get(_absolute(member.link))
            if first is not None and first.type is EntryType.FILE:
                self.entries[path] = replace(first, path=path)
                self._names.setdefault(first.inode, [first.path]).append(path)
                return
        self.entries[path] = Entry(
            path=path,
            type=_TYPES[kind],
            mode=member.mode,
            uid=member.uid,
            gid=member.gid,
            size=member.size,
            mtime_ns=int(member.mtime * 1e9),
            inode=inode,
            link_target=member.link if kind == SYMLINK else "",
            device=member.device,
            xattrs=tuple(sorted(member.attributes.items())) if member.attributes else (),
        )

    def _marks(self, path: str) -> bool:
        """Whether it stands for what is removed, or is a note of the storage's own."""
        folder, _, name = path.rpartition("/")
        if name == _OPAQUE:
            self.emptied.append(folder or "/")
        elif "/" + 2 * _WHITEOUT not in path:
            if not name.startswith(_WHITEOUT):
                return False
            self.removed.append(f"{folder}/{name.removeprefix(_WHITEOUT)}")
        return True

    def _look(self, path: str, member: Member, inode: int) -> None:
        """Show the inspector what it wants of a file, and hash its content, or remember where it
        lies."""
        size, source = member.size, self._source
        assert self._inspector is not None
        wanted = min(self._inspector.wants(path, size, member.mode), size)
        if size <= _SMALL or wanted == size:
            data = source.read(size)
            if wanted:
                self._remark(path, data[:wanted])
            if size:
                self.contents[inode] = hashlib.sha256(data).digest()
            return
        if wanted:
            self._remark(path, source.peek(wanted))
        if isinstance(source, FileSource):
            self.places[inode] = (source, source.position)
        else:
            self.contents[inode] = _hash(source.part(size))

    def _remark(self, path: str, head: bytes) -> None:
        assert self._inspector is not None
        remark = self._inspector.inspect(path, head)
        if remark is not None:
            self.remarks[path] = remark
        else:
            self.remarks.pop(path, None)


def _absolute(name: str) -> str:
    """`/usr/bin` for `usr/bin/`, `./usr/bin` and their like; nothing leads out of the root."""
    if "//" not in name and "." not in (name[:1], name[-1:]) and "/." not in name:
        return name.rstrip("/") if name.startswith("/") else "/" + name.rstrip("/")
    return posixpath.normpath("/" + name).replace("//", "/")


def _hash(source: Source) -> bytes:
    hasher = hashlib.sha256()
    for piece in source.rest():
        hasher.update(piece)
    return hasher.digest()


def _digest_of(source: FileSource) -> str:
    """In a thread of its own; a file that is cut off is told of by who reads its members."""
    hasher = hashlib.sha256()
    buffer = memoryview(bytearray(min(_HASHED_AT_ONCE, max(1, source.size))))
    position, end = source.start, source.start + source.size
    while position < end:
        size = os.preadv(source.descriptor, [buffer[: end - position]], position)
        if not size:
            return ""
        hasher.update(buffer[:size])
        position += size
    return f"sha256:{hasher.hexdigest()}"


def _hashed(chunks: Iterator[bytes], hasher: Any) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            piece = chunk[start : start + PIECE]
            hasher.update(piece)
            yield piece
