"""Tools for the debug image: the original's own, or another image's busybox; each is run in a
root that holds the slim image's files and the debug layer's, and nothing else."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from slimmer.ecosystems import RULEBOOK
from slimmer.errors import UsageError
from slimmer.keep import (
    BorrowedTools,
    KeepRequest,
    borrowed_tools,
    debug_tools,
    decide,
    folders_of_tools,
    has_shell,
)
from slimmer.values import EntryType, KeepSet, Sighting
from tests.unit.files.serving import indexed
from tests.unit.keep.image_tree import ImageTree, seen, trace_of

TRIPLET = "/lib/x86_64-linux-gnu"
pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="chroot needs root"),
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="paths of x86-64"),
]

# Says by which name it was started, as busybox's applets do.
APPLETS = """
#include <stdio.h>
#include <string.h>
int main(int count, char **names) { puts(strrchr(names[0], '/') + 1); return count - 1; }
"""


@contextmanager
def request_of(tree: ImageTree, *sightings: Sighting, **options: object) -> Iterator[KeepRequest]:
    with ExitStack() as stack:
        spool = stack.enter_context(tempfile.TemporaryDirectory())
        index, content = stack.enter_context(indexed(tree.root, Path(spool) / "spool"))
        yield KeepRequest(
            index=index, content=content, trace=trace_of(sightings), config={}, **options
        )


def unpack(tree: ImageTree, paths: Iterator[str] | set[str], target: Path) -> None:
    for path in sorted(paths):
        source, place = tree.root / path.lstrip("/"), target / path.lstrip("/")
        if source.is_dir() and not source.is_symlink():
            place.mkdir(parents=True, exist_ok=True)
        else:
            shutil.copy2(source, place, follow_symlinks=False)


def unpack_borrowed(tools: BorrowedTools, other: ImageTree, target: Path) -> None:
    for entry in tools.entries:
        place = target / entry.path.lstrip("/")
        if entry.type is EntryType.DIRECTORY:
            place.mkdir(exist_ok=False)
        elif entry.type is EntryType.SYMLINK:
            place.symlink_to(entry.link_target)
        else:
            shutil.copy2(other.root / tools.sources[entry.path].lstrip("/"), place)


def run_in(root: Path, *command: str) -> str:
    return subprocess.run(
        ["/usr/sbin/chroot", str(root), *command], check=True, capture_output=True, text=True
    ).stdout


def add_from_machine(tree: ImageTree, *paths: str) -> None:
    for path in paths:
        tree.add(path, Path(path).read_bytes(), mode=0o755)


def kept_and_tools(request: KeepRequest) -> tuple[KeepSet, KeepSet]:
    kept = decide(request, RULEBOOK)
    return kept, debug_tools(request, kept)


def test_the_originals_own_shell_and_tools_run_with_what_is_added(
    tree: ImageTree, tmp_path: Path
) -> None:
    tree.directory("/usr/bin", "/usr/lib/x86_64-linux-gnu", "/usr/lib64")
    for name in ("bin", "lib", "lib64"):
        tree.link(f"/{name}", f"usr/{name}")
    add_from_machine(tree, "/bin/dash", "/bin/cat", "/bin/ls", "/usr/bin/du")
    add_from_machine(tree, "/lib64/ld-linux-x86-64.so.2", f"{TRIPLET}/libc.so.6")
    # Which others there are differs from one Debian to the next.
    told = subprocess.run(["ldd", "/bin/ls", "/usr/bin/du"], capture_output=True, text=True)
    for library in {each.removeprefix("/usr") for each in told.stdout.split()}:
        if library.startswith(f"{TRIPLET}/") and not library.endswith("/libc.so.6"):
            add_from_machine(tree, library)
    tree.link("/bin/sh", "dash")
    tree.add("/bin/unrelated", mode=0o755)
    with request_of(tree, *seen("/usr/bin/du")) as request:
        kept, tools = kept_and_tools(request)
        assert has_shell(request.index, request.content)
    assert not set(tools.reasons) & set(kept.reasons)
    assert "/usr/bin/sh" in tools.reasons
    assert "/usr/bin/dash" in tools.reasons
    assert "/usr/bin/du" in kept.reasons
    assert "/usr/bin/unrelated" not in tools.reasons
    slim = tmp_path / "slim"
    unpack(tree, {*kept.reasons, *tools.reasons}, slim)
    assert "dash" in run_in(slim, "/bin/sh", "-c", "/bin/ls /usr/bin")


def test_a_shell_without_its_loader_is_none(tree: ImageTree) -> None:
    add_from_machine(tree, "/bin/dash")
    tree.link("/bin/sh", "dash")
    with request_of(tree) as request:
        assert not has_shell(request.index, request.content)


@pytest.mark.parametrize(
    ("variables", "folders"),
    [
        ([], ()),
        (["PATH=/opt/bin:/bin"], ()),
        (["PATH=/opt/bin:/sbin"], ("/bin",)),
        (["PATH="], ("/sbin", "/bin")),
    ],
)
def test_a_shell_beside_path_gets_there(
    tree: ImageTree, variables: list[str], folders: tuple[str, ...]
) -> None:
    tree.compile("/bin/sh", APPLETS, "-static")
    tree.add("/sbin/init", mode=0o755)
    with request_of(tree) as found:
        request = dataclasses.replace(found, config={"Env": variables})
        assert has_shell(request.index, request.content, search_path=request.search_path)
        assert folders_of_tools(request) == folders


def test_all_applets_of_the_originals_busybox_come_with_it(tree: ImageTree) -> None:
    tree.compile("/bin/busybox", APPLETS, "-static")
    tree.link("/bin/sh", "/bin/busybox")
    tree.link("/usr/bin/unheard-of", "../../bin/busybox")
    os.link(tree.root / "bin/busybox", tree.root / "bin/hard")
    with request_of(tree) as request:
        _, tools = kept_and_tools(request)
        assert has_shell(request.index, request.content)
    assert {"/bin/sh", "/usr/bin/unheard-of", "/bin/hard"} <= set(tools.reasons)


@pytest.fixture
def other(tmp_path: Path) -> ImageTree:
    root = tmp_path / "other"
    root.mkdir()
    return ImageTree(root)


def borrow(
    tree: ImageTree, other: ImageTree, target: Path, *sightings: Sighting
) -> tuple[BorrowedTools, KeepSet]:
    with request_of(tree, *sightings) as request, request_of(other) as lender:
        kept = decide(request, RULEBOOK)
        tools = borrowed_tools(request, kept, index=lender.index, content=lender.content)
    unpack(tree, {*kept.reasons, *tools.originals.reasons}, target)
    unpack_borrowed(tools, other, target)
    return tools, kept


def test_a_static_busybox_is_placed_with_a_link_per_applet(
    tree: ImageTree, other: ImageTree, tmp_path: Path
) -> None:
    other.compile("/bin/busybox", APPLETS, "-static")
    other.link("/bin/sh", "busybox")
    other.link("/sbin/ip", "/bin/busybox")
    os.link(other.root / "bin/busybox", other.root / "bin/ls")
    other.link("/bin/other", "elsewhere")
    tree.add("/app", "static program")
    tools, _ = borrow(tree, other, tmp_path / "slim", *seen("/app"))
    assert [entry.path for entry in tools.entries] == [
        "/busybox",
        "/busybox/busybox",
        "/busybox/ip",
        "/busybox/ls",
        "/busybox/sh",
    ]
    assert tools.sources == {"/busybox/busybox": "/bin/busybox"}
    assert run_in(tmp_path / "slim", "/busybox/ip") == "ip\n"
    assert run_in(tmp_path / "slim", "/busybox/ls") == "ls\n"


def test_an_image_with_busybox_alone_gets_the_usual_applets(
    tree: ImageTree, other: ImageTree, tmp_path: Path
) -> None:
    other.compile("/busybox", APPLETS, "-static")
    other.directory("/bin")
    shutil.move(other.root / "busybox", other.root / "bin/busybox")
    tools, _ = borrow(tree, other, tmp_path / "slim")
    assert {"/busybox/sh", "/busybox/ls", "/busybox/ps"} <= {entry.path for entry in tools.entries}


def test_a_dynamic_busybox_brings_its_loader_where_the_original_has_none(
    tree: ImageTree, other: ImageTree, tmp_path: Path
) -> None:
    other.compile("/bin/busybox", APPLETS)
    other.link("/bin/sh", "busybox")
    other.add("/lib/ld-linux-x86-64.so.2", Path("/lib64/ld-linux-x86-64.so.2").read_bytes(), 0o755)
    other.add("/lib/libc.so.6", Path(f"{TRIPLET}/libc.so.6").read_bytes(), 0o755)
    other.link("/lib64", "lib")
    tree.directory("/usr/lib")
    tree.link("/lib", "usr/lib")
    tree.add("/lib/keep", "")
    tools, _ = borrow(tree, other, tmp_path / "slim", *seen("/lib/keep"))
    assert tools.sources["/usr/lib/libc.so.6"] == "/lib/libc.so.6"
    assert run_in(tmp_path / "slim", "/busybox/sh") == "sh\n"


def test_a_dynamic_busybox_uses_the_originals_loader_and_libc(
    tree: ImageTree, other: ImageTree, tmp_path: Path
) -> None:
    other.compile("/bin/busybox", APPLETS)
    other.link("/bin/sh", "busybox")
    other.add("/lib64/ld-linux-x86-64.so.2", "of another version", 0o755)
    other.add("/lib/libc.so.6", "of another version", 0o755)
    add_from_machine(tree, "/lib64/ld-linux-x86-64.so.2", f"{TRIPLET}/libc.so.6")
    tools, kept = borrow(tree, other, tmp_path / "slim")
    assert f"{TRIPLET}/libc.so.6" not in kept.reasons
    assert f"{TRIPLET}/libc.so.6" in tools.originals.reasons
    assert set(tools.sources) == {"/busybox/busybox"}
    assert run_in(tmp_path / "slim", "/busybox/sh") == "sh\n"


def test_a_dynamic_busybox_that_cannot_run_is_refused(
    tree: ImageTree, other: ImageTree, tmp_path: Path
) -> None:
    other.compile("/bin/busybox", APPLETS)
    add_from_machine(tree, "/lib64/ld-linux-x86-64.so.2")
    with pytest.raises(UsageError, match=r"libc\.so\.6, which the original does not have"):
        borrow(tree, other, tmp_path / "slim")


def test_an_image_without_busybox_is_refused(
    tree: ImageTree, other: ImageTree, tmp_path: Path
) -> None:
    other.add("/bin/bash", mode=0o755)
    with pytest.raises(UsageError, match="has no busybox"):
        borrow(tree, other, tmp_path / "slim")
