"""A second, independent implementation of the file server's protocol, over a real directory.

Run as a program it serves the directory in its first argument on stdin and stdout, and imports
nothing of slimmer; tests talk to it through pipes, as slimmer talks to `sensor serve`. The second
argument may name a fault: `truncate` ends in the middle of a file, `foreign` speaks another
protocol, `garbled` sends the checksum of something else, `silent` sends none and goes on,
`input-error` says that a read failed, `miscount` and `unreadable` answer an index that is not
whole.
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import sys
import zlib
from collections.abc import Iterator
from typing import BinaryIO

TYPES = {
    stat.S_IFREG: b"f",
    stat.S_IFDIR: b"d",
    stat.S_IFLNK: b"l",
    stat.S_IFCHR: b"c",
    stat.S_IFBLK: b"b",
    stat.S_IFIFO: b"p",
    stat.S_IFSOCK: b"s",
}


class Answers:
    """Standard output, and the checksum of what was written to it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.checksum = 0

    def write(self, data: bytes) -> None:
        self.checksum = zlib.crc32(data, self.checksum)
        self.stream.write(data)

    def flush(self) -> None:
        self.stream.flush()


def record(root: bytes, path: bytes) -> bytes:
    real = root + path
    info = os.lstat(real)
    target = os.readlink(real) if stat.S_ISLNK(info.st_mode) else b""
    attributes = b""
    names = os.listxattr(real, follow_symlinks=False)
    for name in names:
        value = os.getxattr(real, name, follow_symlinks=False)
        attributes += struct.pack("<HI", len(name), len(value)) + name.encode() + value
    fixed = struct.pack(
        "<cBHIIQqQQIIIIIHH",
        TYPES[stat.S_IFMT(info.st_mode)],
        0,
        stat.S_IMODE(info.st_mode),
        info.st_uid,
        info.st_gid,
        info.st_size if stat.S_ISREG(info.st_mode) else 0,
        info.st_mtime_ns,
        info.st_dev,
        info.st_ino,
        info.st_nlink,
        os.major(info.st_rdev),
        os.minor(info.st_rdev),
        len(path),
        len(target),
        len(names),
        0,
    )
    body = fixed + path + target + attributes
    return struct.pack("<I", len(body)) + body


def walk(root: bytes, opaque: set[bytes]) -> Iterator[bytes]:
    pending = [b"/"]
    while pending:
        path = pending.pop()
        yield record(root, path)
        real = root + path
        if path in opaque or os.path.islink(real) or not os.path.isdir(real):
            continue
        pending += [path.rstrip(b"/") + b"/" + name for name in os.listdir(real)]


def answer_files(root: bytes, paths: list[bytes], out: Answers, fault: str) -> None:
    out.write(b"F")
    for path in paths:
        try:
            descriptor = os.open(root + path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            out.write(struct.pack("<I", error.errno or 0))
            continue
        with open(descriptor, "rb") as file:
            info = os.fstat(descriptor)
            if not stat.S_ISREG(info.st_mode):
                out.write(struct.pack("<I", 22))
                continue
            out.write(struct.pack("<IQ", 0, info.st_size))
            content = file.read()
            if fault == "truncate":
                out.write(content[: len(content) // 2])
                out.flush()
                sys.exit(1)
            out.write(content + struct.pack("<I", 5 if fault == "input-error" else 0))


def answer_digests(root: bytes, paths: list[bytes], out: Answers, fault: str) -> None:
    out.write(b"D")
    for path in paths:
        if not stat.S_ISREG(os.lstat(root + path).st_mode):
            out.write(struct.pack("<I", 22))
            continue
        with open(root + path, "rb") as file:
            content = file.read()
        digest = hashlib.blake2b(content, digest_size=32).digest()
        status = 5 if fault == "input-error" else 0
        out.write(struct.pack("<IQ32sI", 0, len(content), digest, status))


def serve(root: bytes, fault: str) -> None:
    requests, out = sys.stdin.buffer, Answers(sys.stdout.buffer)
    out.write(
        b"HTTP/1.1 400 Bad" if fault == "foreign" else struct.pack("<8sHHI", b"SLIMSRV\0", 2, 0, 0)
    )
    out.flush()
    while letter := requests.read(1):
        (count,) = struct.unpack("<I", requests.read(4))
        paths = []
        for _ in range(count):
            (length,) = struct.unpack("<I", requests.read(4))
            paths.append(requests.read(length))
        out.checksum = 0
        if letter == b"I":
            out.write(b"I")
            count = 0
            for count, packed in enumerate(walk(root, set(paths)), start=1):  # noqa: B007
                if fault == "unreadable" and packed.endswith(b"/etc/fifo"):
                    packed = packed[:4] + b"!\0" + struct.pack("<H", 13) + packed[8:]
                out.write(packed)
            out.write(struct.pack("<IQ", 0, count + (fault == "miscount")))
        elif letter == b"D":
            answer_digests(root, paths, out, fault)
        else:
            answer_files(root, paths, out, fault)
        if fault != "silent":
            out.write(struct.pack("<I", out.checksum ^ (fault == "garbled")))
        out.flush()


if __name__ == "__main__":
    serve(os.fsencode(sys.argv[1]).rstrip(b"/"), sys.argv[2])
