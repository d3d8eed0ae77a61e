"""What our layers have to hold above a base."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from slimmer.base import read_base
from slimmer.errors import BaseUnfitError, ImageDigestError
from slimmer.values import EntryType
from tests.unit.base.bases import Kept, base_of, described
from tests.unit.xray.archives import DIRECTORY, File, docker_archive, layer

LIBRARY = b"\x7fELF" + b"library" * 20_000


def test_a_base_is_what_its_layers_make_of_each_other(tmp_path: Path) -> None:
    base = base_of(
        tmp_path,
        {
            **{"etc/": DIRECTORY, "etc/a": b"one", "etc/b": b"two"},
            **{"lib/big": LIBRARY, "lib/other": File(hard="lib/big")},
        },
        {"etc/a": b"three", "etc/.wh.b": b"", "dev/x": b""},
    )

    files = {each.path: each.size for each in base.index if each.type is EntryType.FILE}
    assert files == {"/etc/a": 5, "/lib/big": len(LIBRARY), "/lib/other": len(LIBRARY)}
    links = {base.index.entries[path].inode for path in ("/lib/big", "/lib/other")}
    assert len(links) == 1
    assert max(links) < 0
    assert [layer.name for layer in base.layers] == ["base", "base"]
    for each in base.layers:
        assert hashlib.sha256(each.file.read_bytes()).hexdigest() == each.digest[7:]
    with base.content.open("/lib/other") as stream:
        assert stream.seek(-7, 2) == len(LIBRARY) - 7
        assert stream.read() == b"library"
        assert stream.seek(1) == 1
        assert stream.read(3) == b"ELF"
    assert base.content.head("/etc/a", 2) == b"th"


def test_an_engine_that_gives_out_other_layers(tmp_path: Path) -> None:
    one, other = layer({"a": b"1"}), layer({"a": b"2"})
    with pytest.raises(BaseUnfitError, match="other layers"):
        read_base(described(one), [docker_archive([other])], tmp_path)


def test_a_layer_that_is_damaged(tmp_path: Path) -> None:
    whole = layer({"a": b"content"})
    archive = docker_archive([whole]).replace(b"content", b"damaged")
    with pytest.raises(ImageDigestError, match="the base base:1"):
        read_base(described(whole), [archive], tmp_path)


def test_what_is_the_same_is_not_packed_again(tmp_path: Path) -> None:
    base = base_of(
        tmp_path,
        {"lib/same": LIBRARY, "lib/other": b"old", "lib/size": b"1", "lib/own": b"base's"},
    )
    kept = Kept().file("/lib/same", LIBRARY).file("/lib/other", b"new").file("/lib/size", b"22")
    kept.file("/app/new", b"app")

    overlay = kept.on(base)

    assert overlay.shared == {"/lib/same"}
    assert overlay.overridden == {"/lib/other", "/lib/size"}
    assert overlay.added == {"/app/new"}
    assert overlay.ours == {"/", "/lib", "/lib/other", "/lib/size", "/app", "/app/new"}
    assert overlay.of_base == {"/lib/same", "/lib/own"}
    assert overlay.entries["/lib/size"].size == 2


@pytest.mark.parametrize(
    "there",
    [
        File(b"same", mode=0o600),
        File(b"same", uid=7),
        File(b"same", xattrs={"security.capability": "x"}),
        File(link="elsewhere"),
        DIRECTORY,
    ],
)
def test_attributes_count_as_content_does(tmp_path: Path, there: File) -> None:
    base = base_of(tmp_path, {"bin/tool": there})

    assert Kept().file("/bin/tool", b"same").on(base).overridden == {"/bin/tool"}


def test_links_are_compared_by_where_they_lead(tmp_path: Path) -> None:
    base = base_of(tmp_path, {"lib": File(link="usr/lib"), "bin": File(link="usr/bin")})
    overlay = Kept().link("/lib", "usr/lib").link("/bin", "/usr/bin").on(base)

    assert (overlay.shared, overlay.overridden) == ({"/lib"}, {"/bin"})


def test_what_lies_below_a_directory_that_becomes_a_link_is_hidden(tmp_path: Path) -> None:
    base = base_of(tmp_path, {"lib/": DIRECTORY, "lib/libc.so.6": LIBRARY, "lib/x/y": b"1"})
    kept = Kept().link("/lib", "usr/lib").file("/usr/lib/libc.so.6", LIBRARY)

    overlay = kept.on(base)

    assert overlay.hidden == {"/lib/libc.so.6", "/lib/x/y"}
    assert set(overlay.entries) == {"/", "/lib", "/usr", "/usr/lib", "/usr/lib/libc.so.6"}


def test_directories_are_said_again_only_where_something_in_them_is_ours(tmp_path: Path) -> None:
    base = base_of(
        tmp_path,
        {
            "etc/": DIRECTORY,
            "etc/a": b"1",
            "tmp/": DIRECTORY,
            "usr/": DIRECTORY,
            "usr/x/": DIRECTORY,
        },
    )
    kept = Kept().directory("/etc", mtime_ns=5 * 10**9).file("/etc/a", b"1")
    kept.directory("/tmp", mode=0o1777).directory("/usr", mtime_ns=5 * 10**9)
    kept.file("/usr/x/new", b"2")

    overlay = kept.on(base)

    assert overlay.ours == {"/", "/tmp", "/usr/x", "/usr/x/new"}
    assert overlay.entries["/usr"].mtime_ns == 0
    assert overlay.entries["/tmp"].mode == 0o1777


def test_a_base_keeps_what_it_is_taken_for_unless_the_original_was_seen_to_read_its_own(
    tmp_path: Path,
) -> None:
    own = {"etc/os-release": b"ID=x", "etc/ssl/certs/ca.crt": b"newer", "etc/passwd": b"root"}
    base = base_of(tmp_path, own)
    kept = Kept()
    for path in own:
        kept.file(f"/{path}", b"the original's")

    overlay = kept.on(base, opened=["/etc/ssl/certs/ca.crt"])

    assert overlay.left == {"/etc/os-release"}
    assert overlay.overridden == {"/etc/ssl/certs/ca.crt", "/etc/passwd"}
    assert overlay.entries["/etc/os-release"].size == 4


def test_the_time_of_a_module_counts_where_its_compiled_form_holds_it(tmp_path: Path) -> None:
    base = base_of(tmp_path, {"lib/a.py": b"a", "lib/b.py": b"b"})
    kept = Kept().file("/lib/a.py", b"a", mtime_ns=10**9).file("/lib/b.py", b"b", mtime_ns=10**9)
    kept.file("/lib/__pycache__/a.cpython-311.pyc", b"compiled")

    overlay = kept.on(base)

    assert (overlay.overridden, overlay.shared) == ({"/lib/a.py"}, {"/lib/b.py"})


def test_what_slimmer_has_made_is_compared_as_it_was_made(tmp_path: Path) -> None:
    base = base_of(tmp_path, {"etc/made": b"one", "etc/other": b"one"})
    kept = Kept().file("/etc/made", b"one").file("/etc/other", b"two")

    overlay = kept.on(base, generated=["/etc/made", "/etc/other"])

    assert (overlay.shared, overlay.overridden) == ({"/etc/made"}, {"/etc/other"})
