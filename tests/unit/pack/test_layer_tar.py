"""What a layer's tar holds, read back by programs that are not ours: GNU tar and tarfile."""

from __future__ import annotations

import io
import os
import socket
import struct
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slimmer.errors import NoSpaceError, PackingError
from slimmer.pack import plan_layer, write_layer
from slimmer.pack.tar_header import END_OF_ARCHIVE, entry_header, padding
from slimmer.values import Entry, EntryType, Layer
from tests.unit.pack.directory_tree import TreeContent, index_tree

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="makes devices and foreign owners")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    root = tmp_path / "source"
    root.mkdir()
    return root


def pack(source: Path, target: Path, *, latest: int | None = None) -> Layer:
    target.mkdir(exist_ok=True)
    entries = index_tree(source)
    plan = plan_layer("system", entries.get, entries)
    return write_layer(plan, TreeContent(source), target, latest=latest)


def unpack(layer: Layer, target: Path) -> None:
    """GNU tar as root restores owners, modes, devices and extended attributes."""
    target.mkdir()
    subprocess.run(
        [
            *("tar", "--extract", "--file", layer.file, "--directory", target),
            *("--same-owner", "--preserve-permissions", "--numeric-owner"),
            *("--xattrs", "--xattrs-include=*"),
        ],
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def as_unpacked(source: dict[str, Entry]) -> dict[str, Entry]:
    """What cannot survive: fractions of seconds, inode numbers."""
    return {
        path: replace(entry, inode=0, mtime_ns=entry.mtime_ns // 10**9 * 10**9)
        for path, entry in source.items()
        if entry.type is not EntryType.SOCKET
    }


def fill(root: Path) -> None:
    """One of each kind of thing that an image may hold."""
    (root / "empty").mkdir(mode=0o700)
    (root / "bin").mkdir()
    program = root / "bin" / "program"
    program.write_bytes(b"\x7fELF" + bytes(range(256)) * 5)
    os.chown(program, 12, 4_000_000)
    program.chmod(0o4755)
    os.link(program, root / "bin" / "also")
    os.link(program, root / "zz-also")
    (root / "bin" / "sh").symlink_to("program")
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)
    (root / "nothing").touch()
    os.mkfifo(root / "pipe", 0o640)
    os.mknod(root / "console", 0o020600, os.makedev(5, 1))
    os.mknod(root / "disk", 0o060660, os.makedev(259, 70_000))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "socket"))
    (root / "block").write_bytes(b"x" * 512)
    capable = root / "capable"
    capable.write_bytes(b"y")
    # VFS_CAP_REVISION_2, effective; CAP_NET_RAW permitted.
    os.setxattr(capable, "security.capability", struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))
    os.setxattr(capable, "user.binary", b"\x00=\n\xff" * 9)
    os.setxattr(root / "empty", "user.folder", b"")
    deep = root
    for _ in range(6):
        deep = deep / ("long-directory-name-" * 3)
        deep.mkdir()
    (deep / ("f" * 250)).write_text("deep")
    (root / "link-far").symlink_to("/" + "t" * 300)
    (root / "ends-in-slash").symlink_to("tmp/")
    for name in (b"caf\xc3\xa9", b"latin-\xe9", b"new\nline", b"quote\"'\\", b" spaces ", b"-rf"):
        with open(os.fsencode(root) + b"/" + name, "wb") as stream:
            stream.write(name)
    os.symlink(b"to-\xff\xfe", os.fsencode(root) + b"/raw-link")
    os.utime(root / "nothing", (0, 0))
    os.utime(root / "block", ns=(0, 1_700_000_000_999_999_999))
    os.utime(program, (-86_400, -86_400))
    os.utime(root / "empty", (5_000_000_000, 5_000_000_000))


@needs_root
def test_everything_but_sockets_survives_gnu_tar(tmp_path: Path, source: Path) -> None:
    fill(source)
    layer = pack(source, tmp_path / "packed")

    unpack(layer, tmp_path / "unpacked")

    there = index_tree(tmp_path / "unpacked")
    assert as_unpacked(there) == as_unpacked(index_tree(source))
    assert there["/bin/also"].inode == there["/bin/program"].inode == there["/zz-also"].inode
    for path, entry in there.items():
        if entry.type is EntryType.FILE:
            assert TreeContent(source).head(path, 10_000) == TreeContent(
                tmp_path / "unpacked"
            ).head(path, 10_000)


@needs_root
def test_gnu_tar_lists_names_types_and_modes_without_complaint(
    tmp_path: Path, source: Path
) -> None:
    fill(source)
    layer = pack(source, tmp_path / "packed")

    listing = subprocess.run(
        ["tar", "--list", "--verbose", "--file", layer.file],
        check=True,
        capture_output=True,
        text=True,
        env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.environ["PATH"]},
    )

    # The one thing that GNU tar does not know is POSIX's own mark for binary names.
    assert set(listing.stderr.splitlines()) <= {
        "tar: Ignoring unknown extended header keyword 'hdrcharset'"
    }
    lines = listing.stdout.splitlines()
    assert any(line.startswith("-rwsr-xr-x 12/4000000") for line in lines)
    assert any(line.startswith("drwxrwxrwt") for line in lines)
    assert any("zz-also link to bin/also" in line for line in lines)
    assert any(line.startswith("crw-------") and "5,1" in line for line in lines)
    assert not any("socket" in line for line in lines)
    assert len(lines) == layer.entries


@needs_root
def test_same_tree_gives_the_same_bytes_and_the_digest_is_sha256sums(
    tmp_path: Path, source: Path
) -> None:
    fill(source)
    first = pack(source, tmp_path / "first")
    second = pack(source, tmp_path / "second")

    assert first.file.read_bytes() == second.file.read_bytes()
    witness = subprocess.run(
        ["sha256sum", first.file], check=True, capture_output=True, text=True
    ).stdout.split()[0]
    assert first.digest == f"sha256:{witness}"
    assert first.size == first.file.stat().st_size


def test_times_are_clamped_but_never_moved_forward(tmp_path: Path, source: Path) -> None:
    (source / "old").touch()
    (source / "new").touch()
    os.utime(source / "old", (1_000, 1_000))
    os.utime(source / "new", (2_000_000_000, 2_000_000_000))

    layer = pack(source, tmp_path / "packed", latest=1_500_000_000)

    with tarfile.open(layer.file) as archive:
        times = {member.name: member.mtime for member in archive}
    assert times["old"] == 1_000
    assert times["new"] == 1_500_000_000


def test_a_size_beyond_eight_gibibytes_is_in_the_header(tmp_path: Path) -> None:
    size = 9 * 1024**3 + 7
    entry = Entry(
        path="/model.bin", type=EntryType.FILE, mode=0o644, uid=0, gid=0, size=size, mtime_ns=0
    )
    file = tmp_path / "large.tar"
    with file.open("wb") as stream:
        stream.write(entry_header(entry))
        # A hole: no block of it is on the disk.
        stream.seek(size + len(padding(size)), os.SEEK_CUR)
        stream.write(END_OF_ARCHIVE)

    listed = subprocess.run(
        ["tar", "-tvf", file], check=True, capture_output=True, text=True
    ).stdout.split()

    assert listed[2] == str(size)
    with tarfile.open(file) as archive:
        assert [(member.name, member.size) for member in archive] == [("model.bin", size)]


def test_contents_are_fetched_in_one_go_and_once_per_inode(tmp_path: Path, source: Path) -> None:
    (source / "a").write_text("content")
    os.link(source / "a", source / "b")
    (source / "c").write_text("other")
    (source / "empty").touch()
    entries = index_tree(source)
    content = TreeContent(source)

    write_layer(plan_layer("system", entries.get, entries), content, tmp_path)

    assert content.fetched == ["/a", "/c"]


def test_links_and_fifos_of_two_names_stay_one(tmp_path: Path, source: Path) -> None:
    os.symlink("nowhere", source / "a-link")
    os.link(source / "a-link", source / "b-link", follow_symlinks=False)
    os.mkfifo(source / "a-fifo")
    os.link(source / "a-fifo", source / "b-fifo")
    entries = index_tree(source)

    layer = write_layer(plan_layer("system", entries.get, entries), TreeContent(source), tmp_path)

    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    subprocess.run(["tar", "-xf", layer.file, "-C", unpacked], check=True)
    for kind in ("link", "fifo"):
        first, second = (os.lstat(unpacked / f"{name}-{kind}") for name in "ab")
        assert first.st_ino == second.st_ino
    assert os.readlink(unpacked / "b-link") == "nowhere"


def test_one_kept_name_of_a_hard_link_is_a_plain_file(tmp_path: Path, source: Path) -> None:
    (source / "a").write_text("content")
    os.link(source / "a", source / "b")
    entries = index_tree(source)

    layer = write_layer(plan_layer("system", entries.get, ["/b"]), TreeContent(source), tmp_path)

    with tarfile.open(layer.file) as archive:
        assert [(member.name, member.type) for member in archive] == [
            (".", tarfile.DIRTYPE),
            ("b", tarfile.REGTYPE),
        ]


@pytest.mark.parametrize("change", [-3, +3], ids=["shorter", "longer"])
def test_content_of_another_length_is_an_error_and_leaves_nothing(
    tmp_path: Path, source: Path, change: int
) -> None:
    (source / "file").write_bytes(b"12345678")
    entries = index_tree(source)
    (source / "file").write_bytes(b"x" * (8 + change))
    target = tmp_path / "packed"
    target.mkdir()

    with pytest.raises(PackingError, match="/file"):
        write_layer(plan_layer("system", entries.get, entries), TreeContent(source), target)

    assert list(target.iterdir()) == []


@needs_root
def test_a_full_disk_is_an_error_with_a_name_and_leaves_nothing(
    tmp_path: Path, source: Path
) -> None:
    (source / "file").write_bytes(os.urandom(3 << 20))
    entries = index_tree(source)
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this environment does not let us mount a small file system")
    try:
        with pytest.raises(NoSpaceError, match="system layer"):
            write_layer(plan_layer("system", entries.get, entries), TreeContent(source), small)
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", small], check=True)


_names = st.binary(min_size=1, max_size=300).map(
    lambda name: name.replace(b"/", b"_").replace(b"\0", b"_")
)


@settings(max_examples=200)
@given(
    folders=st.lists(_names, min_size=1, max_size=4),
    target=st.binary(min_size=1, max_size=400).map(lambda text: text.replace(b"\0", b"_")),
    owner=st.integers(0, 2**32 - 2),
    mtime=st.integers(-(2**40), 2**40),
    value=st.binary(max_size=60),
)
def test_any_name_target_owner_time_and_attribute_reads_back(
    folders: list[bytes], target: bytes, owner: int, mtime: int, value: bytes
) -> None:
    path = b"/" + b"/".join(folders)
    entry = Entry(
        path=os.fsdecode(path),
        type=EntryType.SYMLINK,
        mode=0o777,
        uid=owner,
        gid=owner,
        size=0,
        mtime_ns=mtime * 10**9,
        link_target=os.fsdecode(target),
        xattrs=(("user.test", value),),
    )
    header = entry_header(entry)

    assert len(header) % 512 == 0
    with tarfile.open(fileobj=io.BytesIO(header + END_OF_ARCHIVE)) as archive:
        (member,) = archive.getmembers()
    assert os.fsencode(member.name) == path[1:].rstrip(b"/")
    assert os.fsencode(member.linkname) == target
    assert (member.uid, member.gid, member.mtime) == (owner, owner, mtime)
    stored = member.pax_headers["SCHILY.xattr.user.test"]
    assert stored.encode("utf-8", "surrogateescape") == value
