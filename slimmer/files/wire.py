"""The file server's protocol, client side: requests to bytes, bytes to index entries.

The layout is fixed by probes/sensor/WIRE.md; everything is little-endian. The server is our own
program, but it runs in a container of the user's image: lengths are bounded before they are
believed, and whatever does not fit is an error with a name.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

from slimmer.errors import BETWEEN, OriginalUnreadableError
from slimmer.values import Entry, EntryType, entry_of

MAGIC = b"SLIMSRV\0"
VERSION = 2
HEADER = struct.Struct("<8sHHI")
U32 = struct.Struct("<I")
U64 = struct.Struct("<Q")

INDEX_REQUEST = b"I"
FILES_REQUEST = b"F"
DIGESTS_REQUEST = b"D"
DIGEST = struct.Struct("<Q32sI")
"""Bytes that were read, their BLAKE2b digest, and the errno of a read that failed, or 0."""

# type, 0, mode, uid, gid, size, mtime_ns, dev, ino, nlink, major, minor, path_len, target_len,
# xattr_count, 0
_ENTRY = struct.Struct("<cBHIIQqQQIIIIIHH")
_XATTR = struct.Struct("<HI")
_UNREADABLE = b"!"
# A path and a link target of 4 KiB each and 64 KiB of attributes (the kernel's limits), with room.
_LONGEST_RECORD = 1 << 20

_TYPES = {kind.value.encode(): kind for kind in EntryType}


class BrokenStreamError(OriginalUnreadableError):
    """The answer did not come, or not as it was sent: that says nothing about the files."""


class Incoming:
    """The server's answers as exact pieces: a short read is an error and never short data."""

    def __init__(self, reader: IO[bytes]) -> None:
        self._reader = reader
        self._checksum = 0

    def begin(self, letter: bytes) -> None:
        """Read the first byte of an answer, which is that of its request."""
        self._checksum = 0
        if (first := self.take(1)) != letter:
            raise out_of_step(f"the answer to {letter!r} starts with {first!r}")

    def end(self) -> None:
        """Read the checksum of an answer: nothing of it may be used before."""
        found = self._checksum
        (sent,) = U32.unpack(self.take(U32.size))
        if found != sent:
            raise damaged(f"checksum {found:08x} of what arrived, {sent:08x} of what was sent")

    def take(self, size: int) -> bytes:
        """Exactly `size` bytes. Never asks for more than the protocol owes, which would block."""
        piece = self._read(size)
        if len(piece) == size:
            return piece
        gathered = bytearray(piece)
        while len(gathered) < size:
            piece = self._read(size - len(gathered))
            if not piece:
                raise ended_early(f"{size - len(gathered)} of {size} bytes were still to come")
            gathered += piece
        return bytes(gathered)

    def some(self, limit: int) -> bytes:
        """Between 1 and `limit` bytes."""
        piece = self._read(limit)
        if not piece:
            raise ended_early(f"at least {limit} bytes were still to come")
        return piece

    def _read(self, size: int) -> bytes:
        try:
            piece = self._reader.read(size) or b""
        except TimeoutError as error:
            raise BrokenStreamError(
                "the file server does not answer any more",
                hint="the engine or the machine may hang or be overloaded: run again",
                details=f"{size} bytes were still to come",
            ) from error
        self._checksum = zlib.crc32(piece, self._checksum)
        return piece


def damaged(evidence: str) -> BrokenStreamError:
    """The error for an answer that is not as it was sent."""
    return BrokenStreamError(
        "what the file server sent did not arrive as it was sent",
        hint=f"run again; if that fails too, {BETWEEN}",
        details=evidence,
    )


def ended_early(evidence: str) -> BrokenStreamError:
    """The error for a server that went away in the middle of an answer."""
    return BrokenStreamError(
        "the file server ended in the middle of an answer",
        hint="the container may have been stopped or killed for lack of memory; run again",
        details=evidence,
    )


def out_of_step(evidence: str) -> BrokenStreamError:
    """The error for an answer that is not of the protocol."""
    return BrokenStreamError(
        "the file server answered with something else than asked",
        hint="this is a bug in slimmer, or its sensor program is of another version",
        details=evidence,
    )


def check_header(incoming: Incoming) -> None:
    """Read the 16 bytes that a server sends on its start."""
    magic, version, _, _ = HEADER.unpack(incoming.take(HEADER.size))
    if magic != MAGIC:
        raise out_of_step(f"the stream starts with {magic!r} and not with {MAGIC!r}")
    if version != VERSION:
        raise out_of_step(f"the server speaks version {version}, slimmer speaks {VERSION}")


def path_list(letter: bytes, paths: Iterable[str]) -> bytearray:
    """A request: its letter, the number of paths, each path with its length."""
    request = bytearray(letter + U32.pack(0))
    count = 0
    for path in paths:
        encoded = os.fsencode(path)
        request += U32.pack(len(encoded))
        request += encoded
        count += 1
    U32.pack_into(request, len(letter), count)
    return request


def index_records(incoming: Incoming, unreadable: dict[str, int]) -> Iterator[Entry]:
    """The entries of an index answer, in the server's order.

    Paths that the server could not read go to `unreadable` with their errno. Inode numbers are
    made unique over all devices (an image's volumes are devices of their own), and 0 for files
    with one name.
    """
    incoming.begin(INDEX_REQUEST)
    inodes: dict[tuple[int, int], int] = {}
    # Neighbours mostly have the same mode and time: one number for all of them.
    last_mode = last_mtime_ns = 0
    received = 0
    (size,) = U32.unpack(incoming.take(U32.size))
    while size:
        if not _ENTRY.size <= size <= _LONGEST_RECORD:
            raise out_of_step(f"an index record of {size} bytes")
        # One read for the record and the size of the next: there always is one, or the 0.
        record = incoming.take(size + U32.size)
        received += 1
        (
            kind, _, mode, uid, gid, content_size, mtime_ns, dev, ino, link_count,
            major, minor, path_length, target_length, xattr_count, _,
        ) = _ENTRY.unpack_from(record)  # fmt: skip
        path_end = _ENTRY.size + path_length
        target_end = path_end + target_length
        if target_end > size:
            raise out_of_step("an index record that is shorter than its path")
        path = os.fsdecode(record[_ENTRY.size : path_end])
        if not path.startswith("/"):
            raise out_of_step(f"an index record with the path {path!r}")
        if kind == _UNREADABLE:
            unreadable[path] = mode
        else:
            entry_type = _TYPES.get(kind)
            if entry_type is None:
                raise out_of_step(f"an index record of type {kind!r}")
            linked = link_count > 1 and entry_type is not EntryType.DIRECTORY
            last_mode = last_mode if mode == last_mode else mode
            last_mtime_ns = last_mtime_ns if mtime_ns == last_mtime_ns else mtime_ns
            yield entry_of(
                path,
                entry_type,
                last_mode,
                uid,
                gid,
                content_size,
                last_mtime_ns,
                inodes.setdefault((dev, ino), len(inodes) + 1) if linked else 0,
                link_count,
                os.fsdecode(record[path_end:target_end]) if target_length else "",
                (major, minor) if major or minor else (0, 0),
                _xattrs(record[target_end:size], xattr_count) if xattr_count else (),
            )
        (size,) = U32.unpack_from(record, size)
    (announced,) = U64.unpack(incoming.take(U64.size))
    incoming.end()
    if announced != received:
        raise out_of_step(f"{received} index records came, the server counted {announced}")


def _xattrs(packed: bytes, count: int) -> tuple[tuple[str, bytes], ...]:
    attributes = []
    position = 0
    for _ in range(count):
        if position + _XATTR.size > len(packed):
            raise out_of_step("an index record that is shorter than its attributes")
        name_length, value_length = _XATTR.unpack_from(packed, position)
        name_end = position + _XATTR.size + name_length
        position = name_end + value_length
        if position > len(packed):
            raise out_of_step("an index record that is shorter than its attributes")
        name = os.fsdecode(packed[name_end - name_length : name_end])
        attributes.append((name, packed[name_end:position]))
    return tuple(sorted(attributes))
