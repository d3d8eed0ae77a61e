"""What does not go together with a base, and what of it is in the shade."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from slimmer.base import check_library, shadowed_libraries
from slimmer.errors import BaseUnfitError
from slimmer.files import PackageDatabase
from slimmer.values import KeepSet, Reason
from tests.unit.base.bases import Kept, base_of
from tests.unit.pack.directory_tree import TreeContent

GLIBC, MUSL = "/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"


@pytest.mark.parametrize(
    ("needed", "there", "fits"),
    [
        (GLIBC, "/usr/lib64/ld-linux-x86-64.so.2", True),
        (GLIBC, MUSL, False),
        (MUSL, GLIBC, False),
        (GLIBC, "/etc/nothing", True),
        ("/app/static", MUSL, True),
        ("/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-aarch64.so.1", False),
    ],
)
def test_one_system_has_one_c_library(tmp_path: Path, needed: str, there: str, fits: bool) -> None:
    base = base_of(tmp_path, {there[1:]: b"loader"})
    kept = Kept().file(needed, b"loader")
    why = Reason(rule="elf-interpreter", detail="interpreter", because="/usr/bin/app")
    keep = KeepSet(reasons={needed: (why,)})

    if fits:
        check_library(base, keep, kept.entries)
        return
    with pytest.raises(BaseUnfitError) as caught:
        check_library(base, keep, kept.entries)
    assert all(word in caught.value.message for word in (needed, there, "/usr/bin/app"))


def library(place: Path, soname: str, number: int) -> bytes:
    place.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", f"-Wl,-soname,{soname}", "-x", "c", "-", "-o", str(place)],
        input=f"int number(void) {{ return {number}; }}\n".encode(),
        check=True,
    )
    return place.read_bytes()


def test_a_library_of_another_version_is_told_of(tmp_path: Path) -> None:
    old = {name: library(tmp_path / name, name, 1) for name in ("libz.so.1", "liby.so.1")}
    ours = {
        path: library(tmp_path / "root" / path[1:], path.rpartition("/")[2], 2)
        for path in ("/usr/lib/libz.so.1", "/opt/app/liby.so.1")
    }
    base = base_of(
        tmp_path,
        {
            "usr/lib/libz.so.1": old["libz.so.1"],
            "usr/lib/liby.so.1": old["liby.so.1"],
            "opt/plugins/liby.so.1": old["liby.so.1"],
            "usr/lib/libother.so.1": b"no library",
        },
    )
    kept = Kept()
    for path, data in ours.items():
        kept.file(path, data)

    found = shadowed_libraries(
        base,
        kept.on(base),
        content=TreeContent(tmp_path / "root"),
        packages=PackageDatabase({}, base.index),
    )

    assert [(each.soname, each.path, each.by) for each in found] == [
        ("liby.so.1", "/usr/lib/liby.so.1", "/opt/app/liby.so.1"),
        ("libz.so.1", "/usr/lib/libz.so.1", "/usr/lib/libz.so.1"),
    ]
    assert str(found[0]) == ("liby.so.1: /usr/lib/liby.so.1 is shadowed by /opt/app/liby.so.1")


def test_what_is_hidden_is_not_in_the_shade(tmp_path: Path) -> None:
    library(tmp_path / "root/usr/lib/libz.so.1", "libz.so.1", 2)
    old = library(tmp_path / "old", "libz.so.1", 1)
    base = base_of(tmp_path, {"lib/libz.so.1": old})
    kept = Kept().link("/lib", "usr/lib").file("/usr/lib/libz.so.1", b"x")

    found = shadowed_libraries(
        base,
        kept.on(base),
        content=TreeContent(tmp_path / "root"),
        packages=PackageDatabase({}, base.index),
    )
    assert found == ()


def test_what_is_shared_is_not_in_the_shade(tmp_path: Path) -> None:
    data = library(tmp_path / "root/usr/lib/libz.so.1", "libz.so.1", 1)
    base = base_of(tmp_path, {"usr/lib/libz.so.1": data})
    kept = Kept().file("/usr/lib/libz.so.1", data)

    found = shadowed_libraries(
        base,
        kept.on(base),
        content=TreeContent(tmp_path / "root"),
        packages=PackageDatabase({}, base.index),
    )
    assert found == ()
