"""Base and layers together say which packages there are, each version once."""

from __future__ import annotations

from pathlib import Path

from slimmer.base import told_by, with_packages_of
from slimmer.ecosystems import RULE, Component
from slimmer.metadata import PackageMetadata
from slimmer.values import KeepSet, Reason
from tests.unit.base.bases import Kept, base_of, stanza

STATUS = "/var/lib/dpkg/status.d"
WHY = (Reason(rule=RULE, detail="tells scanners of it"),)


def component(name: str, version: str) -> Component:
    return Component(
        type="deb",
        namespace="debian",
        name=name,
        version=version,
        kept_files=1,
        total_files=2,
        described_by=f"{STATUS}/{name}",
    )


def metadata_of(kept: Kept, generated: list[str], *components: Component) -> PackageMetadata:
    return PackageMetadata(
        keep=KeepSet(reasons=dict.fromkeys(kept.entries, WHY)),
        entries={path: kept.entries[path] for path in generated},
        content={path: kept.bytes[path] for path in generated},
        components=components,
        installed=(),
        system=None,
    )


def fitted(tmp_path: Path, kept: Kept, *components: Component) -> PackageMetadata:
    """On a base with one package, libz 1 with two libraries."""
    files = ("/lib/libz.so.1", "/lib/libz-extra.so.1")
    base = base_of(
        tmp_path,
        {path[1:]: b"version 1" for path in files},
        {**stanza("libz", "1", *files), "etc/os-release": b"ID=debian\n"},
    )
    generated = [path for path in kept.entries if path.startswith(STATUS + "/")]
    overlay = kept.on(base, generated=generated)
    return with_packages_of(base, metadata_of(kept, generated, *components), overlay)


def describe(kept: Kept, name: str, version: str, *files: str) -> Kept:
    for path, data in stanza(name, version, *files).items():
        kept.file(f"/{path}", data)
    return kept


def listed(metadata: PackageMetadata) -> list[tuple[str, str]]:
    return sorted((each.name, each.version) for each in metadata.components)


def test_of_a_package_in_the_same_version_nothing_is_said_twice(tmp_path: Path) -> None:
    kept = describe(Kept().file("/lib/libz.so.1", b"version 1"), "libz", "1", "/lib/libz.so.1")

    metadata = fitted(tmp_path, kept, component("libz", "1"))

    assert metadata.content == {}
    assert f"{STATUS}/libz" not in metadata.keep.reasons
    (only,) = metadata.components
    assert (only.name, only.kept_files, only.total_files) == ("libz", 2, 2)


def test_files_that_a_base_lacks_of_its_package_join_its_list(tmp_path: Path) -> None:
    kept = describe(Kept().file("/bin/z", b"z"), "libz", "1", "/bin/z")

    metadata = fitted(tmp_path, kept, component("libz", "1"))

    (sums,) = metadata.content
    assert sums == f"{STATUS}/libz.md5sums"
    names = [line.split()[1] for line in metadata.content[sums].decode().splitlines()]
    assert names == ["lib/libz.so.1", "lib/libz-extra.so.1", "bin/z"]
    assert metadata.entries[sums].size == len(metadata.content[sums])


def test_another_version_stands_beside_what_is_left_of_the_bases(tmp_path: Path) -> None:
    kept = describe(Kept().file("/lib/libz.so.1", b"version 2"), "libz", "2", "/lib/libz.so.1")

    metadata = fitted(tmp_path, kept, component("libz", "2"))

    assert set(metadata.content) == {f"{STATUS}/libz_2", f"{STATUS}/libz_2.md5sums"}
    assert listed(metadata) == [("libz", "1"), ("libz", "2")]
    places = {each.version: each.described_by for each in metadata.components}
    assert places == {"1": f"{STATUS}/libz", "2": f"{STATUS}/libz_2"}


def test_another_version_takes_the_place_of_a_package_of_which_nothing_is_left(
    tmp_path: Path,
) -> None:
    kept = Kept().file("/lib/libz.so.1", b"version 2").file("/lib/libz-extra.so.1", b"version 2")
    describe(kept, "libz", "2", "/lib/libz.so.1", "/lib/libz-extra.so.1")

    metadata = fitted(tmp_path, kept, component("libz", "2"))

    assert set(metadata.content) == {f"{STATUS}/libz", f"{STATUS}/libz.md5sums"}
    assert listed(metadata) == [("libz", "2")]


def test_a_package_that_the_base_has_not_is_told_of_as_ever(tmp_path: Path) -> None:
    kept = describe(Kept().file("/bin/app", b"app"), "app", "3", "/bin/app")

    metadata = fitted(tmp_path, kept, component("app", "3"))

    assert set(metadata.content) == {f"{STATUS}/app", f"{STATUS}/app.md5sums"}
    assert listed(metadata) == [("app", "3"), ("libz", "1")]


def test_a_base_with_dpkg_itself_tells_of_its_packages_in_one_file(tmp_path: Path) -> None:
    status = "Package: libz\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n"
    base = base_of(
        tmp_path,
        {
            "lib/libz.so.1": b"version 1",
            "var/lib/dpkg/status": status.encode(),
            "var/lib/dpkg/info/libz.list": b"/lib/libz.so.1\n",
        },
    )
    kept = describe(Kept().file("/lib/libz.so.1", b"version 1"), "libz", "1", "/lib/libz.so.1")
    generated = [f"{STATUS}/libz", f"{STATUS}/libz.md5sums"]
    overlay = kept.on(base, generated=generated)
    before = metadata_of(kept, generated, component("libz", "1"))

    metadata = with_packages_of(base, before, overlay)

    assert metadata.content == {}
    assert [each.described_by for each in metadata.components] == ["/var/lib/dpkg/status"]
    assert told_by(base, before.content) == set(generated)


def test_databases_of_apk_are_joined(tmp_path: Path) -> None:
    place = "/lib/apk/db/installed"
    base = base_of(
        tmp_path, {place[1:]: b"P:musl\nV:1\n\nP:zlib\nV:1\n\n", "etc/os-release": b"ID=alpine\n"}
    )
    kept = Kept().file(place, b"P:musl\nV:1\nF:lib\n\nP:zlib\nV:2\n\nP:app\nV:3\n\n")
    overlay = kept.on(base, generated=[place])

    metadata = with_packages_of(base, metadata_of(kept, [place]), overlay)

    assert metadata.content[place] == b"P:musl\nV:1\n\nP:zlib\nV:2\n\nP:app\nV:3\n\n"
    assert metadata.entries[place].size == len(metadata.content[place])
