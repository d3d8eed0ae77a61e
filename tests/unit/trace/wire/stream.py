"""Trace streams for tests: one that the sensor recorded, and ones made by the words of WIRE.md,
for what no sensor can be brought to say."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from pathlib import Path

RECORDED = Path(__file__).parent / "recorded.trace"
"""A shell in a root file system of Debian 12: `cd /usr/share; cat ../../etc/hostname`, a lookup of
a path with a newline, exit status 3; then, in the phase `after`, a command that joined."""

HEADER = struct.pack("<8sHHI", b"SLIMTRC\0", 1, 0, 0)


def text(value: bytes) -> bytes:
    """A text field."""
    return struct.pack("<H", len(value)) + value


def record(kind: int, body: bytes, time: int = 0) -> bytes:
    """One record."""
    return struct.pack("<IIQ", len(body), kind, time) + body


def hello(sources: int = 3) -> bytes:
    """HELLO of a trace with these sources."""
    texts = (b"6.1", b"x86_64", b"" if sources & 1 else b"why not", b"" if sources & 2 else b"no")
    return record(1, struct.pack("<II", sources, 1) + b"".join(text(item) for item in texts))


def complete(*records: bytes) -> bytes:
    """A stream of these records with the trailer that belongs to it."""
    content = HEADER + b"".join(records)
    counts = Counter(struct.unpack_from("<I", item, 4)[0] for item in records)
    body = struct.pack("<II", zlib.crc32(content), 16)
    body += b"".join(struct.pack("<Q", counts[kind]) for kind in range(16))
    return content + record(13, body + struct.pack("<QQQ", 10, 20, 30))


def program(number: int, path: bytes) -> bytes:
    """PROGRAM."""
    return record(2, struct.pack("<I", number) + text(path))


def call(number: int, name: bytes) -> bytes:
    """CALL."""
    return record(3, struct.pack("<H", number) + text(name))


def lookup(
    path: bytes, directory: bytes = b"", *, access: int = 3, flags: int = 0, by: int = 1
) -> bytes:
    """LOOKUP by call 1."""
    return record(4, struct.pack("<IHBBI", 7, 1, access, flags, by) + text(directory) + text(path))


def opened(path: bytes, *, access: int = 1, by: int = 1) -> bytes:
    """OPENED."""
    return record(5, struct.pack("<IHBBI", 7, 0, access, 0, by) + text(path))


def phase(name: bytes) -> bytes:
    """PHASE."""
    return record(6, text(name))
