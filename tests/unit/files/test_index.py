"""The index answers every lookup as the kernel does over the same files."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import tempfile
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slimmer.files import RootfsIndex
from slimmer.values import Entry, EntryType, entry_of


def entry(path: str, kind: EntryType = EntryType.FILE, target: str = "") -> Entry:
    return Entry(
        path=path, type=kind, mode=0o755, uid=0, gid=0, size=0, mtime_ns=0, link_target=target
    )


def tree(
    *directories: str, files: tuple[str, ...] = (), links: dict[str, str] | None = None
) -> RootfsIndex:
    entries = [entry("/", EntryType.DIRECTORY)]
    entries += [entry(path, EntryType.DIRECTORY) for path in directories]
    entries += [entry(path) for path in files]
    entries += [entry(path, EntryType.SYMLINK, target) for path, target in (links or {}).items()]
    return RootfsIndex(entries)


MERGED_USR = tree(
    "/usr",
    "/usr/bin",
    "/etc",
    "/etc/alternatives",
    files=("/usr/bin/dash", "/usr/bin/vim.tiny"),
    links={
        "/bin": "usr/bin",
        "/usr/bin/sh": "dash",
        "/usr/bin/vi": "/etc/alternatives/vi",
        "/etc/alternatives/vi": "/usr/bin/vim.tiny",
        "/etc/self": "self",
        "/etc/one": "two",
        "/etc/two": "one",
        "/etc/dangling": "../var/nothing",
    },
)


def test_every_link_and_directory_on_the_way_is_told() -> None:
    found = MERGED_USR.resolve("/bin/sh")
    assert [step.path for step in found.way] == ["/", "/bin", "/usr", "/usr/bin", "/usr/bin/sh"]
    assert found.named is not None
    assert found.named.path == "/usr/bin/sh"
    assert found.entry is not None
    assert found.entry.path == "/usr/bin/dash"
    assert found.error == 0


def test_a_missing_path_tells_the_deepest_directory_that_exists() -> None:
    found = MERGED_USR.resolve("/bin/../bin/perl/x")
    assert found.error == errno.ENOENT
    assert found.entry is None
    assert found.named is None
    assert found.deepest.path == "/usr/bin"


def test_a_dangling_link_is_named_though_it_leads_nowhere() -> None:
    found = MERGED_USR.resolve("/etc/dangling")
    assert found.error == errno.ENOENT
    assert found.named is not None
    assert found.named.path == "/etc/dangling"
    assert found.deepest.path == "/"


@pytest.mark.parametrize("path", ["/etc/self", "/etc/one", "/etc/two/below"])
def test_link_loops_end_as_in_the_kernel(path: str) -> None:
    assert MERGED_USR.resolve(path).error == errno.ELOOP


def test_exactly_forty_links_are_followed() -> None:
    links = {f"/{number}": f"{number + 1}" for number in range(41)}
    chain = tree(files=("/41",), links=links)
    assert chain.resolve("/1").entry is not None
    assert chain.resolve("/0").error == errno.ELOOP


def test_a_file_is_no_directory() -> None:
    assert MERGED_USR.resolve("/usr/bin/dash/x").error == errno.ENOTDIR
    assert MERGED_USR.resolve("/usr/bin/dash/").error == errno.ENOTDIR
    assert MERGED_USR.resolve("/usr/bin/dash/..").error == errno.ENOTDIR


def test_the_root_is_its_own_parent() -> None:
    assert MERGED_USR.resolve("/../../usr").entry == MERGED_USR.get("/usr")
    assert MERGED_USR.resolve("/").entry == MERGED_USR.root


def test_a_subtree_leaves_out_neighbours_with_the_same_beginning() -> None:
    index = tree("/a", "/a-b", "/a0", files=("/a/x", "/a-b/x", "/a/-", "/a0/x"))
    assert [found.path for found in index.subtree("/a")] == ["/a", "/a/-", "/a/x"]
    assert len(list(index.subtree("/"))) == len(index)
    assert list(index.subtree("/none")) == []
    assert [found.path for found in index.children("/a")] == ["/a/-", "/a/x"]
    assert [found.path for found in index.children("/")] == ["/a", "/a-b", "/a0"]


def test_an_index_with_holes_is_refused() -> None:
    with pytest.raises(ValueError, match="no root"):
        RootfsIndex([entry("/a")])
    with pytest.raises(ValueError, match="/a, which is not a directory"):
        tree(files=("/a/b",))
    with pytest.raises(ValueError, match="/a, which is not a directory"):
        tree(files=("/a", "/a/b"))


NAMES = st.sampled_from(["a", "b", "c", "d"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
TARGETS = st.builds(
    lambda absolute, parts, slash: ("/" if absolute else "") + "/".join(parts) + slash,
    st.booleans(),
    st.lists(st.sampled_from(["a", "b", "c", "..", "."]), min_size=1, max_size=4),
    st.sampled_from(["", "", "/"]),
)

LOOKUPS = st.lists(
    st.sampled_from(["a", "b", "c", "d", "..", ".", ""]), min_size=1, max_size=5
).map(lambda parts: "/" + "/".join(parts))


def plant(root: Path, steps: list[tuple[str, str, str]]) -> None:
    """Make what can be made of these directories, files and links below `root`."""
    for kind, path, target in steps:
        place = root / path
        try:
            if kind == "directory":
                place.mkdir()
            elif kind == "file":
                place.touch(exist_ok=False)
            else:
                place.symlink_to(target)
        except OSError:
            continue


def indexed(root: Path) -> RootfsIndex:
    entries = [entry("/", EntryType.DIRECTORY)]
    for directory, names, files in os.walk(root):
        for name in names + files:
            place = Path(directory) / name
            path = f"/{place.relative_to(root)}"
            if place.is_symlink():
                entries.append(entry(path, EntryType.SYMLINK, os.readlink(place)))
            else:
                entries.append(
                    entry(path, EntryType.DIRECTORY if place.is_dir() else EntryType.FILE)
                )
    return RootfsIndex(entries)


class KernelWitness:
    """The real kernel's answer within `root`: openat2 with RESOLVE_IN_ROOT (Linux 5.6)."""

    SYSTEM_CALL = 437
    RESOLVE_IN_ROOT = 0x10

    def __init__(self, root: Path) -> None:
        self.library = ctypes.CDLL(None, use_errno=True)
        self.root = str(root)
        self.descriptor = os.open(root, os.O_PATH)

    def resolve(self, path: str) -> tuple[int, str]:
        how = struct.pack("<QQQ", os.O_PATH, 0, self.RESOLVE_IN_ROOT)
        opened = self.library.syscall(
            self.SYSTEM_CALL, self.descriptor, os.fsencode(path), how, len(how)
        )
        if opened < 0:
            return ctypes.get_errno(), ""
        try:
            return 0, os.readlink(f"/proc/self/fd/{opened}").removeprefix(self.root) or "/"
        finally:
            os.close(opened)

    def close(self) -> None:
        os.close(self.descriptor)


@settings(max_examples=150)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["directory", "directory", "file", "link", "link"]), PATHS, TARGETS
        ),
        max_size=14,
    ),
    lookups=st.lists(LOOKUPS, min_size=1, max_size=12),
)
def test_resolve_is_what_the_kernel_does(
    steps: list[tuple[str, str, str]], lookups: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory).resolve()
        plant(root, steps)
        index = indexed(root)
        witness = KernelWitness(root)
        try:
            for path in lookups:
                found = index.resolve(path)
                assert (found.error, found.entry.path if found.entry else "") == witness.resolve(
                    path
                ), path
        finally:
            witness.close()


def test_children_are_what_lies_in_the_directory_itself() -> None:
    index = tree("/a", "/a/b", "/a/b/c", "/a.d", files=("/a/b/c/d", "/a/b-c", "/a/b0", "/a.d/e"))
    assert [found.path for found in index.children("/")] == ["/a", "/a.d"]
    assert [found.path for found in index.children("/a")] == ["/a/b", "/a/b-c", "/a/b0"]
    assert [found.path for found in index.children("/a/b")] == ["/a/b/c"]
    assert not any(map(index.children, ("/a.d/e", "/a/b0", "/b", "")))


def test_entries_that_are_made_in_a_short_way_are_the_same() -> None:
    made = entry_of("/a", EntryType.FILE, 0o644, 1, 2, 3, 4, 5, 6, "", (7, 8), (("user.a", b"b"),))
    usual = Entry(
        path="/a", type=EntryType.FILE, mode=0o644, uid=1, gid=2, size=3, mtime_ns=4, inode=5,
        link_count=6, link_target="", device=(7, 8), xattrs=(("user.a", b"b"),),
    )  # fmt: skip
    assert made == usual
    assert type(made) is Entry
    assert hash(made) == hash(usual)
    assert replace(made, size=9) == replace(usual, size=9)
    with pytest.raises(FrozenInstanceError):
        made.size = 9  # type: ignore[misc]
