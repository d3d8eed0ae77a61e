"""Owners of files, from databases as dpkg, apk and distroless write them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slimmer.files import PackageDatabase, RootfsIndex, read_packages
from tests.unit.files.serving import indexed

STATUS = """\
Package: coreutils
Essential: yes
Status: install ok installed
Architecture: amd64
Version: 9.1-1
Description: GNU core utilities
 Package: this line continues the description
Depends: init-system-helpers

Package: libz
Status: install ok installed
Multi-Arch: same
Source: zlib (1:1.2.13)
Version: 1:1.2.13.dfsg-1
Architecture: amd64

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
"""


def add(root: Path, path: str, text: str = "") -> None:
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


@contextmanager
def packages_of(root: Path) -> Iterator[tuple[PackageDatabase, RootfsIndex]]:
    with (
        tempfile.TemporaryDirectory() as spool,
        indexed(root, Path(spool) / "s") as (index, content),
    ):
        yield read_packages(index, content), index


@pytest.fixture
def debian(tmp_path: Path) -> Path:
    root = tmp_path / "rootfs"
    add(root, "/var/lib/dpkg/status", STATUS)
    add(root, "/var/lib/dpkg/info/coreutils.list", "/.\n/bin\n/bin/ls\n/usr/share/doc/x\n/etc/sh\n")
    add(
        root,
        "/var/lib/dpkg/info/libz:amd64.list",
        "/.\n/lib/libz.so.1\n/lib/libz.so.1.2\n/etc/sh\n",
    )
    add(root, "/var/lib/dpkg/info/gone.list", "/etc/gone\n")
    add(root, "/var/lib/dpkg/diversions", "/etc/sh\n/etc/sh.distrib\nlibz\n")
    for path in ("/usr/bin/ls", "/usr/lib/libz.so.1.2", "/etc/gone", "/etc/own", "/etc/sh"):
        add(root, path)
    add(root, "/etc/sh.distrib")
    (root / "usr/lib/libz.so.1").symlink_to("libz.so.1.2")
    (root / "bin").symlink_to("usr/bin")
    (root / "lib").symlink_to("usr/lib")
    return root


def test_dpkgs_owners_are_found_by_real_paths(debian: Path) -> None:
    with packages_of(debian) as (packages, _):
        assert [package.name for package in packages.packages] == ["coreutils", "libz"]
        ls, libz = packages.owner("/usr/bin/ls"), packages.owner("/usr/lib/libz.so.1")
        assert ls is not None
        assert libz is not None
        assert (ls.name, ls.version, ls.source) == ("coreutils", "9.1-1", "coreutils")
        assert (libz.name, libz.source, libz.manager) == ("libz", "zlib", "dpkg")
        assert packages.owner("/usr/lib/libz.so.1.2") is libz
        assert packages.owner("/bin") is None
        assert packages.owner("/etc/own") is None
        assert packages.owner("/etc/gone") is None
        assert packages.files()[ls] == ["/etc/sh.distrib", "/usr/bin/ls"]


def test_a_diverted_file_belongs_to_who_diverted_it(debian: Path) -> None:
    with packages_of(debian) as (packages, _):
        diverter, diverted = packages.owner("/etc/sh"), packages.owner("/etc/sh.distrib")
        assert diverter is not None
        assert diverted is not None
        assert (diverter.name, diverted.name) == ("libz", "coreutils")


def test_distroless_has_single_status_files(tmp_path: Path) -> None:
    add(
        tmp_path,
        "/var/lib/dpkg/status.d/tzdata",
        "Package: tzdata\nVersion: 1\nArchitecture: all\n",
    )
    add(tmp_path, "/var/lib/dpkg/status.d/tzdata.md5sums", f"{'0' * 32}  usr/share/zoneinfo/UTC\n")
    add(tmp_path, "/usr/share/zoneinfo/UTC")
    with packages_of(tmp_path) as (packages, _):
        owner = packages.owner("/usr/share/zoneinfo/UTC")
    assert owner is not None
    assert (owner.name, owner.source) == ("tzdata", "tzdata")


def test_apks_database_is_one_file(tmp_path: Path) -> None:
    database = """\
C:Q1abc=
P:musl
V:1.2.4-r2
A:x86_64
o:musl-source
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
R:libc.musl-x86_64.so.1

P:busybox
V:1.36
A:x86_64
F:
R:init
F:bin
R:busybox
"""
    add(tmp_path, "/lib/apk/db/installed", database)
    for path in ("/lib/ld-musl-x86_64.so.1", "/bin/busybox", "/init"):
        add(tmp_path, path)
    with packages_of(tmp_path) as (packages, _):
        owner = packages.owner("/lib/ld-musl-x86_64.so.1")
        assert owner is not None
        assert (owner.name, owner.version, owner.source) == ("musl", "1.2.4-r2", "musl-source")
        assert {packages.owner("/bin/busybox"), packages.owner("/init")} == {packages.packages[1]}


def test_an_image_without_packages_has_none(tmp_path: Path) -> None:
    with packages_of(tmp_path) as (packages, _):
        assert len(packages) == 0


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="dpkg-query is the witness")
def test_owners_are_those_that_dpkg_query_names(tmp_path: Path) -> None:
    """This machine's database, over a tree that has the machine's paths of three directories."""
    root = tmp_path / "rootfs"
    shutil.copytree("/var/lib/dpkg/info", root / "var/lib/dpkg/info")
    for name in ("status", "diversions"):
        shutil.copy(f"/var/lib/dpkg/{name}", root / "var/lib/dpkg" / name)
    paths = [
        path
        for directory in ("/usr/bin", "/usr/sbin", "/usr/share/doc")
        for path in sorted(Path(directory).iterdir())
        if path.is_file() or path.is_symlink()
    ]
    for path in paths:
        add(root, str(path))
    for name in ("bin", "sbin"):
        (root / name).symlink_to(f"usr/{name}")
    told = subprocess.run(
        ["dpkg-query", "--search", *map(str, paths), *(str(p).removeprefix("/usr") for p in paths)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    owners: dict[str, set[str]] = {}
    diverted: set[str] = set()
    for line in told.splitlines():
        names, _, path = line.partition(": ")
        if names.startswith(("diversion by", "local diversion")):
            diverted.add(path)
            continue
        real = path if path.startswith("/usr/") else f"/usr{path}"
        owners.setdefault(real, set()).update(name.partition(":")[0] for name in names.split(", "))
    with packages_of(root) as (packages, _):
        for path in sorted({*map(str, paths)} - diverted):
            owner = packages.owner(path)
            if owner is None:
                assert path not in owners, path
            else:
                assert owner.name in owners[path], path
    assert len(owners) > 100
