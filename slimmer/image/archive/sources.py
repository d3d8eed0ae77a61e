"""Bytes that are read forwards: of a file on disk, where skipping costs nothing, or of a stream."""

from __future__ import annotations

import bz2
import lzma
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_WINDOW: Final = 64 * 1024
"""Bytes that are read ahead of a file, where most members are small."""
PIECE: Final = 1 << 20


class CutOff(Exception):
    """The bytes end before what they hold does."""


class Source(Protocol):
    """Bytes with a position."""

    position: int
    """Bytes that were read or skipped."""

    def read(self, size: int) -> bytes:
        """Exactly so many bytes. Raises CutOff."""
        ...

    def read_up_to(self, size: int) -> bytes:
        """So many bytes, or what is left."""
        ...

    def peek(self, size: int) -> bytes:
        """What `read_up_to` would give."""
        ...

    def skip(self, size: int) -> None:
        """Raises CutOff."""
        ...

    def part(self, size: int) -> Source:
        """The next bytes as a source of their own, which are skipped here. It is read before
        anything more is read here."""
        ...

    def rest(self) -> Iterator[bytes]:
        """All that is left, in pieces."""
        ...


class FileSource:
    """A part of an open file."""

    def __init__(self, descriptor: int, start: int, size: int) -> None:
        self.descriptor = descriptor
        self.start = start
        self.size = size
        self.position = 0
        self._window = b""
        self._begin = 0

    def read(self, size: int) -> bytes:
        offset = self.position - self._begin
        piece = self._window[offset : offset + size] if offset >= 0 else b""
        if len(piece) < size:
            piece = self._fetch(size)
            if len(piece) < size:
                raise CutOff
        self.position += size
        return piece

    def read_up_to(self, size: int) -> bytes:
        offset = self.position - self._begin
        if offset >= 0 and offset + size <= len(self._window):  # that is where most headers are
            self.position += size
            return self._window[offset : offset + size]
        left = self.size - self.position
        return self.read(size if size < left else left)

    def peek(self, size: int) -> bytes:
        position = self.position
        piece = self.read_up_to(size)
        self.position = position
        return piece

    def skip(self, size: int) -> None:
        if self.position + size > self.size:
            raise CutOff
        self.position += size

    def part(self, size: int) -> FileSource:
        inner = FileSource(self.descriptor, self.start + self.position, size)
        self.skip(size)
        return inner

    def rest(self) -> Iterator[bytes]:
        while self.position < self.size:
            yield self.read_up_to(PIECE)

    def _fetch(self, size: int) -> bytes:
        wanted = min(max(size, _WINDOW), self.size - self.position)
        self._window = os.pread(self.descriptor, max(wanted, 0), self.start + self.position)
        self._begin = self.position
        return self._window[:size]


class StreamSource:
    """Chunks that come one after the other, and only once."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._window = b""
        self._offset = 0
        self.position = 0

    def read(self, size: int) -> bytes:
        piece = self.read_up_to(size)
        if len(piece) < size:
            raise CutOff
        return piece

    def read_up_to(self, size: int) -> bytes:
        piece = self.peek(size)
        self._offset += len(piece)
        self.position += len(piece)
        return piece

    def peek(self, size: int) -> bytes:
        piece = self._window[self._offset : self._offset + size]
        if len(piece) == size:
            return piece
        pieces, length = [self._window[self._offset :]], len(piece)
        while length < size and (chunk := next(self._chunks, None)) is not None:
            pieces.append(chunk)
            length += len(chunk)
        self._window, self._offset = b"".join(pieces), 0
        return self._window[:size]

    def skip(self, size: int) -> None:
        for _ in self._pieces(size):
            pass

    def part(self, size: int) -> StreamSource:
        return StreamSource(self._pieces(size))

    def rest(self) -> Iterator[bytes]:
        while piece := self.read_up_to(PIECE):
            yield piece

    def _pieces(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self.read_up_to(min(size, PIECE))
            if not piece:
                raise CutOff
            size -= len(piece)
            yield piece


def decompressed(source: Source) -> Iterator[bytes] | None:
    """The bytes that compressed ones stand for; None where they are not compressed. The pieces
    raise CutOff, and ValueError for what is damaged."""
    head = source.peek(6)
    for magic, opener in _FORMATS.items():
        if head.startswith(magic):
            return _decompress(source.rest(), opener)
    return None


def _decompress(pieces: Iterator[bytes], opener: Callable[[], Any]) -> Iterator[bytes]:
    """A format may consist of several streams, one behind the other."""
    decompressor = opener()
    for piece in pieces:
        while piece:
            try:
                yield decompressor.decompress(piece)
            except (zlib.error, lzma.LZMAError, zstd.ZstdError, OSError, EOFError) as error:
                raise ValueError(str(error)) from error
            piece = decompressor.unused_data
            if not decompressor.eof:
                break
            if not piece.strip(b"\0"):
                break  # its end, or what pads it to a block
            decompressor = opener()
    if not decompressor.eof:
        raise CutOff


_FORMATS: Final[dict[bytes, Callable[[], Any]]] = {
    b"\x1f\x8b": lambda: zlib.decompressobj(wbits=31),
    b"\x28\xb5\x2f\xfd": zstd.ZstdDecompressor,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lzma.LZMADecompressor,
}
"""The first bytes of a compressed layer → what reads it."""
