"""The file server against what Python's os module sees of the same files."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import socket
import stat
import struct
import subprocess
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.sensor.enclosure import why_impossible

ENTRY = struct.Struct("<cBHIIQqQQIIIIIHH")


class Server:
    """`sensor serve` in a root of its own (chroot, so it needs root), spoken to by the bytes of
    WIRE.md."""

    def __init__(self, sensor: Path, root: Path, *arguments: str) -> None:
        shutil.copy(sensor, root / ".slim" / "sensor")
        self._process = subprocess.Popen(
            ["chroot", root, "/.slim/sensor", "serve", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.requests = self._process.stdin
        self.answers = self._process.stdout
        self._checksum = 0

    def ask(self, request: bytes, paths: Sequence[bytes]) -> None:
        body = b"".join(struct.pack("<I", len(path)) + path for path in paths)
        self.requests.write(request + struct.pack("<I", len(paths)) + body)
        self.requests.flush()

    def take(self, layout: str) -> Any:
        size = struct.calcsize(layout)
        values = struct.unpack(layout, self.read(size))
        return values[0] if len(values) == 1 else values

    def read(self, size: int) -> bytes:
        data = self.answers.read(size)
        self._checksum = zlib.crc32(data, self._checksum)
        return data

    def begin(self, letter: bytes) -> None:
        self._checksum = 0
        assert self.take("<c") == letter

    def end(self) -> None:
        due = self._checksum
        assert self.take("<I") == due, "the checksum is that of all bytes before it"

    def index(self, *not_entered: bytes) -> dict[bytes, tuple[Any, ...]]:
        """path → (type, mode, uid, gid, size, mtime_ns, inode, links, device, target, xattrs)"""
        self.ask(b"I", not_entered)
        self.begin(b"I")
        entries: dict[bytes, tuple[Any, ...]] = {}
        while size := self.take("<I"):
            record = io.BytesIO(self.read(size))
            fields = ENTRY.unpack(record.read(ENTRY.size))
            (kind, _, mode, uid, gid, length, mtime, _, inode, links, major, minor, path_size,
             target_size, xattrs, _) = fields  # fmt: skip
            path, target = record.read(path_size), record.read(target_size)
            attributes = {}
            for _ in range(xattrs):
                name_size, value_size = struct.unpack("<HI", record.read(6))
                name = record.read(name_size)
                attributes[name] = record.read(value_size)
            assert record.read() == b""
            assert path not in entries
            assert path == b"/" or os.path.dirname(path) in entries, "parents come first"
            entries[path] = (
                kind, mode, uid, gid, length, mtime, inode, links, (major, minor), target,
                attributes,
            )  # fmt: skip
        assert self.take("<Q") == len(entries)
        self.end()
        return entries

    def fetch(self, *paths: bytes) -> list[tuple[int, bytes, int]]:
        """(errno, content, status) for each path."""
        self.ask(b"F", paths)
        self.begin(b"F")
        answers = []
        for _ in paths:
            error = self.take("<I")
            if error:
                answers.append((error, b"", 0))
                continue
            content = self.read(self.take("<Q"))
            answers.append((0, content, self.take("<I")))
        self.end()
        return answers

    def digests(self, *paths: bytes) -> list[tuple[int, int, str, int]]:
        """(errno, size, digest, status) for each path."""
        self.ask(b"D", paths)
        self.begin(b"D")
        answers = []
        for _ in paths:
            error = self.take("<I")
            if error:
                answers.append((error, 0, "", 0))
            else:
                size, digest, status = self.take("<Q32sI")
                answers.append((0, size, digest.hex(), status))
        self.end()
        return answers

    def close(self) -> int:
        """The exit status after the end of the requests."""
        self.requests.close()
        rest = self.answers.read()
        assert rest == b""
        return self._process.wait(60)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small root file system with one of everything."""
    root = tmp_path / "root"
    for directory in ("etc", "usr/bin", "proc/1", ".slim", "empty", "sticky"):
        (root / directory).mkdir(parents=True)
    (root / "sticky").chmod(0o1777)
    (root / ".dockerenv").touch()
    (root / "proc" / "1" / "status").write_text("not entered")
    (root / "etc" / "passwd").write_text("root:x:0:0::/:/bin/sh\n")
    os.utime(root / "etc" / "passwd", ns=(1, 1_234_567_890_123_456_789))
    os.chown(root / "etc" / "passwd", 12345, 54321)
    (root / "usr" / "bin" / "setuid").write_bytes(os.urandom(300_000))
    (root / "usr" / "bin" / "setuid").chmod(0o4755)
    os.link(root / "usr" / "bin" / "setuid", root / "usr" / "bin" / "hard")
    (root / "bin").symlink_to("usr/bin")
    os.symlink(b"dangling\xff\n", os.fsencode(root) + b"/etc/link\xfe")
    os.mkfifo(root / "fifo")
    os.mknod(root / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.mknod(root / "block", stat.S_IFBLK | 0o600, os.makedev(7, 300))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(root / "socket"))
    os.setxattr(root / "etc" / "passwd", "user.plain", b"a\0b")
    os.setxattr(root / "etc" / "passwd", "trusted.empty", b"")
    return root


@pytest.fixture
def server(sensors: dict[str, Path], root: Path) -> Iterator[Server]:
    problem = why_impossible()
    if problem:
        pytest.skip(problem)
    # The static one: a sanitized sensor needs libraries that this root does not have.
    server = Server(sensors["shipped"], root)
    assert server.take("<8sHHI") == (b"SLIMSRV\0", 2, 0, 0)
    yield server
    assert server.close() == 0


def seen_by_python(root: Path, path: bytes) -> tuple[Any, ...]:
    """The same fields by lstat."""
    full = os.fsencode(root) + path
    status = os.lstat(full)
    letters = {
        stat.S_IFREG: b"f", stat.S_IFDIR: b"d", stat.S_IFLNK: b"l", stat.S_IFCHR: b"c",
        stat.S_IFBLK: b"b", stat.S_IFIFO: b"p", stat.S_IFSOCK: b"s",
    }  # fmt: skip
    regular, link = stat.S_ISREG(status.st_mode), stat.S_ISLNK(status.st_mode)
    return (
        letters[stat.S_IFMT(status.st_mode)],
        stat.S_IMODE(status.st_mode),
        status.st_uid,
        status.st_gid,
        status.st_size if regular else 0,
        status.st_mtime_ns,
        status.st_ino,
        status.st_nlink,
        (os.major(status.st_rdev), os.minor(status.st_rdev)),
        os.readlink(full) if link else b"",
        {
            name.encode(): os.getxattr(full, name, follow_symlinks=False)
            for name in os.listxattr(full, follow_symlinks=False)
        },
    )


def test_the_index_is_what_lstat_sees(server: Server, root: Path) -> None:
    entries = server.index(b"/proc")
    expected = {b"/"}
    for folder, directories, files in os.walk(os.fsencode(root)):
        relative = folder[len(os.fsencode(root)) :]
        expected |= {relative + b"/" + name for name in directories + files}
    expected -= {b"/.slim", b"/.slim/sensor", b"/.dockerenv"}
    expected -= {b"/proc/1", b"/proc/1/status"}
    assert entries.keys() == expected
    assert entries == {path: seen_by_python(root, path) for path in expected}


def test_a_directory_comes_before_what_is_in_it(server: Server, root: Path) -> None:
    """Whichever thread lists it, and however many others wait for work."""
    for first in range(30):
        for second in range(10):
            folder = root / "wide" / str(first) / str(second) / "deep" / "er"
            folder.mkdir(parents=True)
            (folder / "file").touch()
    (root / "wide" / "empty").mkdir()
    for _ in range(5):
        entries = server.index(b"/proc")
        told: set[bytes] = set()
        for path in entries:
            assert path == b"/" or (os.path.dirname(path) in told), path
            told.add(path)
        assert len([path for path in told if path.startswith(b"/wide/")]) == 30 * (1 + 10 * 4) + 1


def test_files_come_whole_and_in_order(server: Server, root: Path) -> None:
    program = (root / "usr" / "bin" / "setuid").read_bytes()
    (root / "etc" / "nothing").touch()
    answers = server.fetch(b"/usr/bin/setuid", b"/etc/nothing", b"/etc/passwd", b"/usr/bin/hard")
    assert answers == [
        (0, program, 0),
        (0, b"", 0),
        (0, (root / "etc" / "passwd").read_bytes(), 0),
        (0, program, 0),
    ]
    assert server.fetch() == []


def test_what_is_no_file_has_an_errno(server: Server) -> None:
    answers = server.fetch(
        b"/nothing", b"/etc", b"/fifo", b"/null", b"/bin/setuid", b"/bin", b"/etc/passwd"
    )
    assert [error for error, _, _ in answers] == [
        errno.ENOENT, errno.EINVAL, errno.EINVAL, errno.EINVAL, errno.ELOOP, errno.ELOOP, 0,
    ]  # fmt: skip


BLOCK, CHUNK = 128, 1 << 17
"""Bytes that are hashed at once, and bytes that are read at once."""


def test_digests_are_those_of_hashlib_and_b2sum(server: Server, root: Path) -> None:
    sizes = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1, 1000, CHUNK - 1, CHUNK,
             CHUNK + 1, 3 * CHUNK + BLOCK]  # fmt: skip
    contents = {f"/file-{size}": os.urandom(size) for size in sizes}
    for path, content in contents.items():
        (root / path[1:]).write_bytes(content)
    answers = server.digests(*map(os.fsencode, contents))
    assert answers == [
        (0, len(content), hashlib.blake2b(content, digest_size=32).hexdigest(), 0)
        for content in contents.values()
    ]
    files = [root / path[1:] for path in contents]
    printed = subprocess.run(
        ["b2sum", "--length=256", *files], check=True, capture_output=True, text=True
    ).stdout
    assert [digest for _, _, digest, _ in answers] == [
        line.split()[0] for line in printed.splitlines()
    ]


def test_a_digest_that_cannot_be_had_has_an_errno(server: Server) -> None:
    asked = (b"/nothing", b"/etc", b"/fifo", b"/bin/setuid", b"/etc/passwd")
    assert [error for error, *_ in server.digests(*asked)] == [
        errno.ENOENT, errno.EINVAL, errno.EINVAL, errno.ELOOP, 0,
    ]  # fmt: skip
    assert server.digests() == []


def test_a_long_request_does_not_block_the_answers(server: Server) -> None:
    # Both pipes hold 64 KiB: the server must have read all of this before it answers.
    paths = [b"/etc/passwd"] * 20_000
    answers = server.fetch(*paths)
    assert len(answers) == 20_000
    assert {status for _, _, status in answers} == {0}


def test_a_path_that_no_program_could_name_is_said_to_be_unreadable(
    server: Server, root: Path
) -> None:
    folder = os.open(root, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=folder)
        deeper = os.open("d" * 250, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = deeper
    os.close(folder)
    server.ask(b"I", [b"/proc"])
    server.begin(b"I")
    unreadable = []
    while size := server.take("<I"):
        record = server.read(size)
        kind, _, mode, *_ = ENTRY.unpack(record[: ENTRY.size])
        if kind == b"!":
            unreadable.append((mode, record[ENTRY.size :].count(b"/")))
    assert unreadable == [(errno.ENAMETOOLONG, 16)]
    server.take("<Q")
    server.end()


@pytest.mark.parametrize(
    "request_bytes",
    [b"X", b"I\xff\xff\xff\xff", b"F\1\0\0\0\xff\xff\xff\x7f", b"F\1\0\0\0\4\0\0\0/e"],
)
def test_a_broken_request_ends_the_server(sensor: Path, request_bytes: bytes) -> None:
    done = subprocess.run(
        [sensor, "serve"], input=request_bytes, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 5
    assert b"broken" in done.stderr


def test_the_end_of_the_requests_ends_the_server(sensor: Path) -> None:
    done = subprocess.run([sensor, "serve"], input=b"", capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout) == 16


def test_the_sanitized_server_reads_this_machines_files(sensor: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 500_000)
    path = os.fsencode(tmp_path / "file")
    request = b"F" + struct.pack("<II", 1, len(path)) + path
    skip = [os.fsencode(entry.path) for entry in os.scandir("/") if entry.name != "etc"]
    index = b"I" + struct.pack("<I", len(skip))
    index += b"".join(struct.pack("<I", len(name)) + name for name in skip)
    digest = b"D" + request[1:]
    done = subprocess.run(
        [sensor, "serve"], input=request + digest + index, capture_output=True, check=True
    )
    assert done.stderr == b""
    assert b"x" * 500_000 in done.stdout
    assert hashlib.blake2b(b"x" * 500_000, digest_size=32).digest() in done.stdout
    assert b"/etc/passwd" in done.stdout


def test_a_socket_of_the_client_is_spoken_over(sensors: dict[str, Path], root: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(root / ".slim-requests"))
        listener.listen()
        server = Server(sensors["shipped"], root, "/.slim-requests")
        connection, _ = listener.accept()
        with connection:
            server.requests, server.answers = connection.makefile("wb"), connection.makefile("rb")
            assert server.take("<8sHHI") == (b"SLIMSRV\0", 2, 0, 0)
            entries = server.index(b"/proc")
            assert b"/etc/passwd" in entries
            assert b"/.slim-requests" not in entries
            connection.shutdown(socket.SHUT_WR)
            assert server.close() == 0


def test_without_a_listener_it_speaks_on_its_streams(sensors: dict[str, Path], root: Path) -> None:
    for name in ("/nobody", "/" + "long" * 40):
        server = Server(sensors["shipped"], root, name)
        assert server.take("<8sHHI") == (b"SLIMSRV\0", 2, 0, 0)
        assert server.close() == 0
