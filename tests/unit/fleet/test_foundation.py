"""What images have in common, and the image that is made of it."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from pathlib import Path

from slimmer.fleet.foundation import Known, Member, common_ground, pack_foundation
from slimmer.values import EntryType
from tests.unit.base.bases import base_of, stanza
from tests.unit.xray.archives import File

MUCH = bytes(400_000)
LIBC, PYTHON, OTHER = b"libc" + MUCH, b"python" + MUCH, b"other" + MUCH
Files = Mapping[str, bytes | File]


def member(
    folder: Path, name: str, files: Files, *, lacks: tuple[str, ...] = (), own: tuple[str, ...] = ()
) -> Member:
    """A slim image with these files; of its original it lacks files as long as those above."""
    place = folder / name
    place.mkdir()
    known: dict[str, Known] = {
        path: (EntryType.FILE, len({"/libc": LIBC, "/python": PYTHON}.get(path, b"")))
        for path in lacks
    }
    return Member(name=name, image=base_of(place, files), own=frozenset(own), dropped=known)


def paths_of(*members: Member) -> list[tuple[list[str], list[list[str]]]]:
    return [
        ([each.name for each in way[-1].members], [list(ground.paths) for ground in way])
        for way in common_ground(members)
    ]


def test_what_all_keep_is_in_one_layer(tmp_path: Path) -> None:
    members = [member(tmp_path, name, {"libc": LIBC, name: b"own"}) for name in "abc"]
    assert paths_of(*members) == [(["a", "b", "c"], [["/libc"]])]


def test_what_some_keep_besides_is_in_a_second_one(tmp_path: Path) -> None:
    lacking = ("/python",)
    found = paths_of(
        member(tmp_path, "a", {"libc": LIBC, "python": PYTHON}),
        member(tmp_path, "b", {"libc": LIBC, "python": PYTHON}),
        *(member(tmp_path, name, {"libc": LIBC}, lacks=lacking) for name in "cde"),
    )
    assert found == [
        (["a", "b"], [["/libc"], ["/python"]]),
        (["c", "d", "e"], [["/libc"]]),
    ]


def test_nobody_gets_what_the_original_did_not_have(tmp_path: Path) -> None:
    both = {"libc": LIBC, "python": PYTHON}
    without = member(tmp_path, "c", {"libc": LIBC})
    members = (member(tmp_path, "a", both), member(tmp_path, "b", both), without)
    ways = {tuple(names): grounds for names, grounds in paths_of(*members)}
    assert ways["c",] == [["/libc"]]


def test_other_content_or_another_owner_is_not_the_same(tmp_path: Path) -> None:
    assert (
        paths_of(
            member(tmp_path, "a", {"libc": LIBC, "x": OTHER}),
            member(tmp_path, "b", {"libc": OTHER, "x": File(OTHER, mode=0o600)}),
        )
        == []
    )


def test_the_application_is_not_shared(tmp_path: Path) -> None:
    files = {"libc": LIBC, "app": OTHER}
    members = [member(tmp_path, name, files, own=("/app",)) for name in "ab"]
    assert paths_of(*members) == [(["a", "b"], [["/libc"]])]


def test_little_is_not_worth_a_layer(tmp_path: Path) -> None:
    assert paths_of(*(member(tmp_path, name, {"etc/motd": b"hello"}) for name in "ab")) == []


def test_packages_are_described_by_what_is_there_of_them(tmp_path: Path) -> None:
    """Sums of files that only one image keeps are left to that image."""
    first = {"libc": LIBC, "more": b"1", **stanza("libc6", "2.36", "/libc", "/more")}
    second = {"libc": LIBC, **stanza("libc6", "2.36", "/libc")}
    empty = stanza("gone", "1", "/own")
    (way,) = common_ground(
        [member(tmp_path, "a", {**first, **empty}), member(tmp_path, "b", {**second, **empty})]
    )
    folder = tmp_path / "packed"
    folder.mkdir()
    packed = pack_foundation(way, folder)
    (layer,) = packed.layers
    with tarfile.open(layer.file) as tar:
        names = tar.getnames()
        sums = tar.extractfile("var/lib/dpkg/status.d/libc6.md5sums")
        assert sums is not None
        assert [line.split()[1] for line in sums.read().splitlines()] == [b"libc"]
        libc = tar.extractfile("libc")
        assert libc is not None
        assert libc.read() == LIBC
    assert "var/lib/dpkg/status.d/libc6" in names
    assert "var/lib/dpkg/status.d/gone" not in names
    assert pack_foundation(way, folder).manifest_digest == packed.manifest_digest
