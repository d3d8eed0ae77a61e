"""rpm's databases: rpm writes them and says what is in them, in its older forms as well."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from slimmer.files import PackageDatabase
from slimmer.files.packages.rpm_databases import records
from tests.unit.files.test_packages import packages_of

SPEC = """\
Name: shop{suffix}
Epoch: 2
Version: 1.5
Release: 3.el9
Summary: A shop
License: MIT
BuildArch: noarch
Requires: /usr/bin/tool
Requires: rpmlib(CompressedFileNames) <= 3.0.4-1
Provides: counter = 1
%description
A shop.
%install
mkdir -p %{{buildroot}}/usr/bin %{{buildroot}}/usr/share/shop{suffix}
for each in {files}; do echo x >%{{buildroot}}$each; done
%files
{files_lines}
%dir /usr/share/shop{suffix}
"""
SHOP = [f"/usr/share/shop/{number}.txt" for number in range(300)] + ["/usr/bin/shop"]
TOOL = ["/usr/bin/tool"]
FOLDER = "/usr/lib/sysimage/rpm"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a database that rpm has written, of two packages."""
    folder = tmp_path_factory.mktemp("rpm")
    for suffix, files in (("", SHOP), ("-tool", TOOL)):
        spec = folder / f"shop{suffix}.spec"
        text = SPEC.format(suffix=suffix, files=" ".join(files), files_lines="\n".join(files))
        spec.write_text(text)
        run("rpmbuild", "--quiet", "-D", f"_topdir {folder}", "-bb", str(spec))
    packages = map(str, sorted((folder / "RPMS").rglob("*.rpm")))
    database = folder / "db"
    run("rpm", "--dbpath", str(database), "-i", "--justdb", "--nodeps", *packages)
    return database


def run(*command: str, input: str | None = None) -> str:
    done = subprocess.run(command, input=input, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def blobs(installed: Path) -> dict[int, bytes]:
    found = list(records((installed / "rpmdb.sqlite").read_bytes()))
    return dict(enumerate(found, start=1))


def as_sqlite(installed: Path, folder: Path) -> Path:
    for file in installed.glob("rpmdb.sqlite*"):
        shutil.copy(file, folder)
    return folder / "rpmdb.sqlite"


def as_berkeley(installed: Path, folder: Path) -> Path:
    """As Berkeley DB itself writes the records."""
    rows = {0: struct.pack("<I", 9), **blobs(installed)}
    dump = ["VERSION=3", "format=bytevalue", "type=hash", "h_ffactor=10", "HEADER=END"]
    for number, blob in rows.items():
        dump += [f" {struct.pack('<I', number).hex()}", f" {blob.hex()}"]
    run("db5.3_load", str(folder / "Packages"), input="\n".join([*dump, "DATA=END", ""]))
    return folder / "Packages"


def as_ndb(installed: Path, folder: Path) -> Path:
    """As rpm's rpmpkg.c describes it: no program here writes it."""
    rows = blobs(installed)
    head = struct.pack("<4sIII16x", b"RpmP", 0, 1, 1)
    block, slots, body = 256, b"", b""
    for number, blob in rows.items():
        record = struct.pack("<4sIII", b"BlbS", number, 1, len(blob)) + blob
        record += bytes(-len(record) % 16)
        slots += struct.pack("<4sIII", b"Slot", number, block, len(record) // 16)
        block += len(record) // 16
        body += record
    free = b"Slot" + bytes(12)
    page = head + slots + free * ((4096 - len(head + slots)) // 16)
    (folder / "Packages.db").write_bytes(page + body)
    return folder / "Packages.db"


Form = Callable[[Path, Path], Path]


def image(installed: Path, form: Form, root: Path) -> Path:
    folder = root / FOLDER[1:]
    folder.mkdir(parents=True)
    form(installed, folder)
    for path in (*SHOP, *TOOL, "/usr/bin/own"):
        (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (root / path[1:]).write_text("x")
    return root


@pytest.mark.parametrize("form", [as_sqlite, as_berkeley, as_ndb])
def test_the_owners_are_those_that_rpm_names(installed: Path, form: Form, tmp_path: Path) -> None:
    listed = run("rpm", "--dbpath", str(installed), "-qa", "--qf", "[%{=NAME} %{FILENAMES}\n]")
    owners = dict(line.split()[::-1] for line in listed.splitlines())
    with packages_of(image(installed, form, tmp_path)) as (packages, _):
        for path in (*SHOP, *TOOL):
            owner = packages.owner(path)
            assert owner is not None
            assert owner.name == owners[path]
        assert packages.owner("/usr/bin/own") is None
        assert packages.owner("/usr/share/shop") is None
        check_fields(packages)


def check_fields(packages: PackageDatabase) -> None:
    shop, tool = sorted(packages.packages, key=lambda package: package.name)
    assert (shop.name, shop.version, shop.architecture) == ("shop", "2:1.5-3.el9", "noarch")
    assert (shop.source, shop.manager) == ("shop", "rpm")
    assert "counter" in shop.provides
    assert packages.dependencies(shop) == [tool], "by a file that nobody says to provide"


def test_rpm_itself_reads_what_stands_for_an_older_one(installed: Path, tmp_path: Path) -> None:
    as_berkeley(installed, tmp_path)
    listed = run("rpm", "-D", "_db_backend bdb_ro", "--dbpath", str(tmp_path), "-qa")
    assert sorted(listed.split()) == ["shop-1.5-3.el9.noarch", "shop-tool-1.5-3.el9.noarch"]


@pytest.mark.parametrize("form", [as_sqlite, as_berkeley, as_ndb])
def test_a_database_that_is_cut_or_garbled_has_no_packages(
    installed: Path, form: Form, tmp_path: Path
) -> None:
    root = image(installed, form, tmp_path)
    (file,) = (
        path for path in (root / FOLDER[1:]).iterdir() if not path.name.endswith(("-shm", "-wal"))
    )
    whole = file.read_bytes()
    garbled = [whole[:size] for size in (1, 20, 300, 5000, len(whole) // 2)]
    garbled += [whole[:at] + b"\xff" * 40 + whole[at + 40 :] for at in range(0, len(whole), 9001)]
    for data in garbled:
        file.write_bytes(data)
        with packages_of(root) as (packages, _):
            assert packages.owner("/usr/bin/own") is None
