"""One layer as a value: what it adds and removes. Its bytes are read once and not kept."""

from __future__ import annotations

import hashlib
import itertools
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from slimmer.image.archive.hashing import Digest, Hashing, known
from slimmer.image.archive.hashing_process import digests
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
from slimmer.values import Entry, EntryType, entry_of

_WHITEOUT: Final = ".wh."
_OPAQUE: Final = ".wh..wh..opq"
SMALL: Final = 32 * 1024
"""Bytes of files that are hashed as they pass by; of larger ones the place is remembered, where
the bytes can be read again."""
_FEW: Final = 8 << 20
"""Bytes that are hashed sooner here than another process has started."""
_TYPES: Final = {
    FILE: EntryType.FILE,
    HARD_LINK: EntryType.FILE,
    SYMLINK: EntryType.SYMLINK,
    CHARACTER: EntryType.CHARACTER_DEVICE,
    BLOCK_DEVICE: EntryType.BLOCK_DEVICE,
    DIRECTORY: EntryType.DIRECTORY,
    FIFO: EntryType.FIFO,
}
_UNUSUAL: Final = ("", ".", "/")
"""How the names of most layers do not begin."""
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
    digest: Digest
    """`sha256:…` of the uncompressed tar: what an image's configuration calls its diff_id. Raises
    ImageDigestError where the configuration says another one."""
    contents: dict[int, bytes] = field(repr=False)
    """Inode → SHA-256 of a file's content, for those that were hashed as they passed by."""
    source: FileSource | None = field(repr=False)
    """Where files can be read again; None where the layer came as a stream."""
    places: Mapping[int, tuple[int, int]] = field(repr=False)
    """Inode → where in the source a file begins, and its size, for those that are not in
    `contents`."""
    remarks: Mapping[str, Any] = field(repr=False)
    """Path → what the inspector remembers of it."""


class Contents:
    """The digests of files' contents, computed by another process."""

    def __init__(self) -> None:
        self._hashing = Hashing()
        self._asked: list[int] = []
        self._found: dict[int, bytes] = {}
        self._is_answered = False

    def ask(self, source: FileSource, files: Mapping[int, tuple[int, int]]) -> None:
        """Inode → where in the source a file begins, and its size."""
        begin = source.start
        self._hashing.ask(
            source.descriptor, [(begin + start, size) for start, size in files.values()]
        )
        self._asked += files

    def add(self, layer: LayerContent) -> None:
        """What was hashed as it passed by."""
        self._found |= layer.contents

    def answers(self) -> Mapping[int, bytes]:
        """Inode → SHA-256. Nothing is asked for afterwards."""
        if not self._is_answered:
            self._found |= zip(self._asked, self._hashing.answers(), strict=True)
            self._is_answered = True
        return self._found

    def close(self) -> None:
        self._hashing.close()


def read_layer(
    source: Source, inspector: Inspector | None, layers: Hashing, contents: Contents
) -> LayerContent:
    """Read a layer, compressed or not. Raises CutOff, and ValueError for what is no tar.

    A large file's digest and those of its members are computed beside it: by `layers`, by
    `contents`.
    """
    chunks = decompressed(source)
    if chunks is None and isinstance(source, FileSource):
        whole = (source.descriptor, source.start, source.size)
        if source.size < _FEW:
            (digest,) = digests(whole[0], [whole[1:]])
            return _Reader(source, inspector).content(known(digest))
        later = layers.digest_of(*whole)
        layer = _Reader(source, inspector, is_hashing=False).content(later)
        contents.ask(
            source, {inode: each for inode, each in layer.places.items() if each[1] <= SMALL}
        )
        return layer
    hasher = hashlib.sha256()
    stream = StreamSource(_hashed(source.rest() if chunks is None else chunks, hasher))
    reader = _Reader(stream, inspector)
    for _ in stream.rest():
        pass
    return reader.content(known(hasher.digest()))


def read_places(source: FileSource, digest: Digest) -> LayerContent:
    """Read a layer that is a file, uncompressed and hashed already. It has the place of each file's
    content, and none is looked at. Raises CutOff, and ValueError for what is no tar."""
    return _Reader(source, None, places=True).content(digest)


class _Reader:
    def __init__(
        self,
        source: Source,
        inspector: Inspector | None,
        *,
        places: bool = False,
        is_hashing: bool = True,
    ) -> None:
        self._source = source
        self._small = SMALL if is_hashing else 0
        self._inspector = inspector
        self._all_places = places
        self.entries: dict[str, Entry] = {}
        self.removed: list[str] = []
        self.emptied: list[str] = []
        self.contents: dict[int, bytes] = {}
        self.places: dict[int, tuple[int, int]] = {}
        self.remarks: dict[str, Any] = {}
        self._names: dict[int, list[str]] = {}
        self.size = 0
        self._read(members(source))

    def content(self, digest: Digest) -> LayerContent:
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
            source=self._source if isinstance(self._source, FileSource) else None,
            places=self.places,
            remarks=self.remarks,
        )

    def _read(self, found: Iterable[Member]) -> None:
        entries, places, source = self.entries, self.places, self._source
        inspector, is_file = self._inspector, isinstance(source, FileSource)
        is_passed_by = is_file and not self._small
        for name, kind, mode, uid, gid, size, mtime, link, device, attributes in found:
            if "/." not in name and "//" not in name and name[:1] not in _UNUSUAL:
                path = "/" + (name[:-1] if name[-1] == "/" else name)
            else:
                path = posixpath.normpath("/" + name).replace("//", "/")
                if _WHITEOUT in path and self._marks(path):
                    continue
            inode = 0
            if kind == FILE:
                inode = next(_inodes)
                self.size += size
                if inspector is None:
                    if self._all_places and is_file:
                        places[inode] = (source.position, size)
                elif size:
                    wanted = inspector.wants(path, size, mode)
                    if is_passed_by and not wanted:  # as most are
                        places[inode] = (source.position, size)
                    else:
                        self._look(inspector, path, size, wanted, inode)
            elif kind == HARD_LINK:
                first = entries.get(_absolute(link))
                if first is not None and first.type is EntryType.FILE:
                    entries[path] = replace(first, path=path)
                    self._names.setdefault(first.inode, [first.path]).append(path)
                    continue
            entries[path] = entry_of(
                path,
                _TYPES[kind],
                mode,
                uid,
                gid,
                size,
                int(mtime * 1e9),
                inode,
                1,
                link if kind == SYMLINK else "",
                device,
                tuple(sorted(attributes.items())) if attributes else (),
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

    def _look(self, inspector: Inspector, path: str, size: int, wanted: int, inode: int) -> None:
        """Show the inspector what it wants of a file, and hash its content, or remember where it
        lies."""
        source = self._source
        if size <= self._small or wanted >= size:
            data = source.read(size)
            if wanted:
                self._remark(inspector, path, data[:wanted])
            self.contents[inode] = hashlib.sha256(data).digest()
            return
        if wanted:
            self._remark(inspector, path, source.peek(wanted))
        if isinstance(source, FileSource):
            self.places[inode] = (source.position, size)
        else:
            self.contents[inode] = _digest(source.part(size).rest())

    def _remark(self, inspector: Inspector, path: str, head: bytes) -> None:
        remark = inspector.inspect(path, head)
        if remark is not None:
            self.remarks[path] = remark
        else:
            self.remarks.pop(path, None)


def _absolute(name: str) -> str:
    """`/usr/bin` for `usr/bin/`, `./usr/bin` and their like; nothing leads out of the root."""
    if "/." not in name and "//" not in name and name[:1] not in _UNUSUAL:
        return "/" + name.rstrip("/")
    return posixpath.normpath("/" + name).replace("//", "/")


def _digest(pieces: Iterable[bytes]) -> bytes:
    hasher = hashlib.sha256()
    for piece in pieces:
        hasher.update(piece)
    return hasher.digest()


def _hashed(chunks: Iterator[bytes], hasher: Any) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            piece = chunk[start : start + PIECE]
            hasher.update(piece)
            yield piece
