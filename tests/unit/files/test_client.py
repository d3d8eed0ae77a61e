"""The client against a server process over real files: everything comes across, and whatever
does not is an error with a name."""

from __future__ import annotations

import errno
import gc
import hashlib
import io
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from slimmer.errors import NoSpaceError, OriginalUnreadableError
from slimmer.files import ContainerMarks, FileServerClient, is_below
from slimmer.values import EntryType
from tests.unit.files.serving import SERVER, sensor_served, served

Serve = Callable[[Path, Path], AbstractContextManager[FileServerClient]]

BIG = 3 * 1024 * 1024 + 17


@pytest.fixture
def rootfs(tmp_path: Path) -> Path:
    root = tmp_path / "rootfs"
    (root / "etc").mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    (root / "etc/big").write_bytes(os.urandom(BIG))
    (root / "etc/empty").touch()
    (root / "etc/link").symlink_to("../etc/passwd")
    os.link(root / "etc/passwd", root / "etc/passwd-")
    os.mkfifo(root / "etc/fifo", 0o640)
    (root / os.fsdecode(b"caf\xe9\nline")).mkdir(mode=0o1777)
    (root / "proc/1").mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as listener:
        # A socket's address is short, a test's directory is not.
        here = os.open(root, os.O_PATH)
        listener.bind(f"/proc/self/fd/{here}/socket")
        os.close(here)
    os.chmod(root / "etc/empty", 0o4755)
    return root


@pytest.fixture(
    params=[
        pytest.param(served, id="python"),
        pytest.param(
            sensor_served,
            id="sensor",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="chroot needs root"),
        ),
    ]
)
def serve(request: pytest.FixtureRequest) -> Serve:
    """Two servers that were written independently: one client must get the same from both."""
    server: Serve = request.param
    return server


def test_the_index_tells_what_lstat_tells(rootfs: Path, tmp_path: Path, serve: Serve) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        index = client.index()
    walked = {
        "/" + os.path.relpath(os.path.join(directory, name), rootfs)
        for directory, names, files in os.walk(rootfs)
        for name in names + files
    }
    served_folder = {path for path in walked if is_below(path, "/.slim")}
    assert {entry.path for entry in index} == {"/", *walked} - served_folder
    for entry in index:
        place = os.fsencode(rootfs) + os.fsencode(entry.path)
        info = os.lstat(place)
        assert entry.mode == info.st_mode & 0o7777
        assert (entry.uid, entry.gid) == (info.st_uid, info.st_gid)
        assert entry.mtime_ns == info.st_mtime_ns
        assert entry.size == (info.st_size if entry.type is EntryType.FILE else 0)
        assert entry.link_target == (
            os.readlink(rootfs / "etc/link") if entry.path == "/etc/link" else ""
        )
    kinds = {entry.path: entry.type for entry in index}
    assert kinds["/etc/fifo"] is EntryType.FIFO
    assert kinds["/socket"] is EntryType.SOCKET
    assert kinds[os.fsdecode(b"/caf\xe9\nline")] is EntryType.DIRECTORY


def test_hard_links_share_an_inode_and_nothing_else_has_one(
    rootfs: Path, tmp_path: Path, serve: Serve
) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        index = client.index()
    numbered = {entry.path: entry.inode for entry in index if entry.inode}
    assert set(numbered) == {"/etc/passwd", "/etc/passwd-"}
    assert len(set(numbered.values())) == 1


def test_an_opaque_directory_is_listed_and_not_entered(
    rootfs: Path, tmp_path: Path, serve: Serve
) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        index = client.index(opaque=["/proc"])
    assert "/proc" in index
    assert "/proc/1" not in index


def test_hidden_files_are_left_out_and_links_in_their_place_are_not(
    rootfs: Path, tmp_path: Path, serve: Serve
) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        index = client.index(hidden=["/etc/passwd", "/etc/link"])
    assert "/etc/passwd" not in index
    assert "/etc/link" in index


@pytest.mark.parametrize("image_is_older", [True, False])
def test_times_of_the_container_are_not_the_images(
    rootfs: Path, tmp_path: Path, serve: Serve, image_is_older: bool
) -> None:
    """Whatever the clock said where the image was built."""
    now = time.time_ns()
    marks = ContainerMarks(
        touched={"/proc", "/etc/link"},
        made={"/etc/fifo", "/socket"},
        volumes=("/etc",),
        made_between=(now - 10 * 10**9, now + 10 * 10**9),
        image_ns=5 * 10**9 if image_is_older else 2 * now,
    )
    os.utime(rootfs / "proc", (3, 3))
    os.utime(rootfs / "socket", (5, 5))
    (rootfs / "etc/below").mkdir()
    with serve(rootfs, tmp_path / "spool") as client:
        index = client.index(marks=marks)
    times = {entry.path: entry.mtime_ns // 10**9 for entry in index}
    assert times["/proc"] == 3
    assert times["/socket"] == 5, "it is older than the container: the image's own"
    assert "/etc/fifo" not in times, "made for the container"
    image = marks.image_ns // 10**9
    assert times["/etc"] == times["/etc/below"] == times["/etc/link"] == image
    assert times["/etc/passwd"] != image, "the copy of a volume keeps the times of files"


def test_xattrs_come_across(rootfs: Path, tmp_path: Path, serve: Serve) -> None:
    try:
        os.setxattr(rootfs / "etc/big", "user.second", b"\0\xff")
        os.setxattr(rootfs / "etc/big", "user.first", b"")
    except OSError as error:
        pytest.skip(f"this file system has no user attributes: {error}")
    with serve(rootfs, tmp_path / "spool") as client:
        entry = client.index().get("/etc/big")
    assert entry is not None
    assert entry.xattrs == (("user.first", b""), ("user.second", b"\0\xff"))


def test_content_is_the_files_bytes(rootfs: Path, tmp_path: Path, serve: Serve) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        client.index()
        client.fetch(["/etc/big", "/etc/empty", "/etc/passwd", "/etc/passwd-"])
        passwd = (rootfs / "etc/passwd").read_bytes()
        big = (rootfs / "etc/big").read_bytes()
        assert (tmp_path / "spool").stat().st_size == len(passwd) + len(big), (
            "the hard link came only once"
        )
        with client.open("/etc/big") as stream:
            assert stream.read() == big
            assert stream.read(1) == b""
            stream.seek(-5, os.SEEK_END)
            assert stream.read() == big[-5:]
            stream.seek(1_000_000)
            assert stream.read(10) == big[1_000_000:1_000_010]
            assert stream.tell() == 1_000_010
        assert client.head("/etc/big", 7) == big[:7]
        assert client.head("/etc/passwd", 1_000_000) == passwd
        assert client.head("/etc/passwd-", 4) == b"root"
        assert client.head("/etc/empty", 4) == b""


def test_what_is_there_is_not_fetched_again(rootfs: Path, tmp_path: Path, serve: Serve) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        client.index()
        client.fetch(["/etc/big"])
        (rootfs / "etc/big").unlink()
        client.fetch(["/etc/big", "/etc/passwd"])
        client.fetch(["/etc/passwd-"])
        assert (tmp_path / "spool").stat().st_size == BIG + (rootfs / "etc/passwd").stat().st_size


def test_a_file_that_was_not_fetched_is_fetched_alone(
    rootfs: Path, tmp_path: Path, serve: Serve
) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        assert client.head("/etc/passwd", 5) == b"root:"


def test_unreadable_files_are_named_and_the_others_are_there(
    rootfs: Path, tmp_path: Path, serve: Serve
) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        with pytest.raises(OriginalUnreadableError, match=r"/etc/none and 1 more") as raised:
            client.fetch(["/etc/none", "/etc/passwd", "/etc/fifo"])
        assert "/etc/fifo: Invalid argument" in raised.value.details
        assert client.head("/etc/passwd", 5) == b"root:"
        assert client.head("/etc/big", 1), "the stream is still in step"


def test_digests_come_without_the_bytes(rootfs: Path, tmp_path: Path, serve: Serve) -> None:
    names = ("/etc/big", "/etc/empty", "/etc/passwd", "/etc/passwd-")
    with serve(rootfs, tmp_path / "spool") as client:
        client.index()
        assert client.digests(names) == {
            name: hashlib.blake2b((rootfs / name[1:]).read_bytes(), digest_size=32).digest()
            for name in names
        }
        assert client.digests([]) == {}
        assert (tmp_path / "spool").stat().st_size == 0
        with pytest.raises(OriginalUnreadableError, match="/etc/fifo"):
            client.digests(["/etc/fifo", "/etc/passwd"])
        assert client.head("/etc/passwd", 5) == b"root:", "the stream is still in step"


def test_a_digest_of_a_read_that_failed_is_none(rootfs: Path, tmp_path: Path) -> None:
    with (
        served(rootfs, tmp_path / "spool", "input-error") as client,
        pytest.raises(OriginalUnreadableError, match="Input/output error"),
    ):
        client.digests(["/etc/passwd"])


def test_a_read_that_failed_midway_is_never_taken_for_content(rootfs: Path, tmp_path: Path) -> None:
    with (
        served(rootfs, tmp_path / "spool", "input-error") as client,
        pytest.raises(OriginalUnreadableError, match="Input/output error"),
    ):
        client.head("/etc/passwd", 5)


def test_a_server_that_dies_midway_is_an_error(rootfs: Path, tmp_path: Path) -> None:
    with (
        served(rootfs, tmp_path / "spool", "truncate") as client,
        pytest.raises(OriginalUnreadableError, match="middle of an answer"),
    ):
        client.fetch(["/etc/big"])


@pytest.mark.parametrize("ask", ["index", "fetch", "digests"])
def test_an_answer_that_was_garbled_on_its_way_is_an_error(
    rootfs: Path, tmp_path: Path, ask: str
) -> None:
    with served(rootfs, tmp_path / "spool", "garbled") as client:
        for _ in range(2):  # nothing of it is remembered
            with pytest.raises(OriginalUnreadableError, match="did not arrive as it was sent"):
                getattr(client, ask)(["/etc/passwd"])


def test_a_server_that_says_no_more_is_not_waited_for_for_ever(
    rootfs: Path, tmp_path: Path
) -> None:
    near, far = socket.socketpair()
    with near, far:
        command = [sys.executable, "-I", "-S", str(SERVER), str(rootfs), "silent"]
        with subprocess.Popen(command, stdin=far.fileno(), stdout=far.fileno()) as server:
            near.settimeout(0.5)
            with (
                FileServerClient(
                    near.makefile("rb"), near.makefile("wb"), tmp_path / "spool"
                ) as client,
                pytest.raises(OriginalUnreadableError, match="does not answer any more"),
            ):
                client.fetch(["/etc/passwd"])
            server.kill()


@pytest.mark.parametrize(
    ("fault", "evidence"), [("foreign", "HTTP/1.1"), ("miscount", "the server counted")]
)
def test_a_stream_of_another_kind_is_an_error(
    rootfs: Path, tmp_path: Path, fault: str, evidence: str
) -> None:
    with (
        served(rootfs, tmp_path / "spool", fault) as client,
        pytest.raises(OriginalUnreadableError) as raised,
    ):
        client.index()
    assert evidence in raised.value.details


def test_a_record_that_is_shorter_than_its_path_is_an_error(tmp_path: Path) -> None:
    body = b"f" + bytes(55) + (200).to_bytes(4, "little") + bytes(8)
    answer = b"SLIMSRV\0\2\0" + bytes(6) + b"I" + len(body).to_bytes(4, "little") + body + bytes(12)
    reading, writing = os.pipe()
    os.write(writing, answer)
    os.close(writing)

    with open(reading, "rb") as reader, open(os.devnull, "wb") as writer:
        client = FileServerClient(reader, writer, tmp_path / "spool")
        with pytest.raises(OriginalUnreadableError) as raised:
            client.index()
        client.close()
    assert "shorter than its path" in raised.value.details


def test_paths_that_could_not_be_read_are_told_and_no_entries(rootfs: Path, tmp_path: Path) -> None:
    with served(rootfs, tmp_path / "spool", "unreadable") as client:
        index = client.index()
    assert index.unreadable == {"/etc/fifo": errno.EACCES}
    assert "/etc/fifo" not in index


def test_a_full_disk_has_an_error_of_its_own(rootfs: Path, tmp_path: Path) -> None:
    """The kernel's limit on file sizes stands in for a full disk: same call, another errno."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with served(rootfs, tmp_path / "spool") as client:
        client.index()
        resource.setrlimit(resource.RLIMIT_FSIZE, (BIG // 2, limits[1]))
        try:
            with pytest.raises(NoSpaceError, match="no space left"):
                client.fetch(["/etc/big"])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        # The rest of the answer is still to come: nobody takes it for that of another request.
        with pytest.raises(NoSpaceError, match="no space left"):
            client.fetch(["/etc/passwd"])


def test_the_spool_is_private_and_goes_away(rootfs: Path, tmp_path: Path, serve: Serve) -> None:
    spool = tmp_path / "spool"
    with serve(rootfs, spool) as client:
        client.fetch(["/etc/passwd"])
        assert spool.stat().st_mode & 0o777 == 0o600
    assert not spool.exists()


def test_another_thread_may_fetch_while_this_one_reads(
    rootfs: Path, tmp_path: Path, serve: Serve
) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        client.index()
        client.fetch(["/etc/passwd"])
        background = threading.Thread(target=client.fetch, args=(["/etc/big"],))
        background.start()
        while background.is_alive():
            assert client.head("/etc/passwd", 5) == b"root:"
        assert client.head("/etc/big", BIG) == (rootfs / "etc/big").read_bytes()


def test_entries_that_are_known_are_not_there_twice(
    rootfs: Path, tmp_path: Path, serve: Serve
) -> None:
    with serve(rootfs, tmp_path / "spool") as client:
        known = client.index()
        os.utime(rootfs / "etc/big", (7, 7))
        again = client.index(known=known.entries)
    other = [entry.path for entry in again if entry is not known.get(entry.path)]
    assert other == ["/etc/big"]
    assert list(again) != list(known)


def test_what_was_fetched_goes_with_a_client_that_nobody_closes(tmp_path: Path) -> None:
    """Else each build of a long-lived process would keep a file open."""
    spool = tmp_path / "spool"
    client = FileServerClient(io.BytesIO(), io.BytesIO(), spool)
    assert spool.exists()
    del client
    gc.collect()
    assert not spool.exists()
    places = (os.path.realpath(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd"))
    assert not any(str(spool) in place for place in places)
