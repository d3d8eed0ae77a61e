"""Documents about images in OCI layouts: beside their images, and gone with them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from slimmer.image.archive import Choice, read_image_file
from slimmer.pack import Attachment, NamedImage, add_platform_index, assemble, move_layout
from slimmer.pack.outputs import write_oci_layout
from slimmer.values import PackedImage


def image(number: int) -> PackedImage:
    """Without layers."""
    config = {"architecture": "amd64", "os": "linux", "author": str(number)}
    rootfs = {"type": "layers", "diff_ids": []}
    return assemble(json.dumps({**config, "rootfs": rootfs}).encode(), layers=())


def about(text: str) -> tuple[Attachment, ...]:
    return (Attachment(media_type="text/plain", data=text.encode(), annotations={"of": "tests"}),)


def entries(layout: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((layout / "index.json").read_text())["manifests"]
    return listed


def referred(layout: Path) -> list[tuple[str, bytes]]:
    """(the image's digest, the document) of each entry that is about one."""
    found = []
    for entry in entries(layout):
        if "artifactType" in entry:
            manifest = json.loads(blob(layout, entry["digest"]))
            (document,) = manifest["layers"]
            assert manifest["subject"]["digest"] == entry["annotations"][REFERENCE]
            found.append((entry["annotations"][REFERENCE], blob(layout, document["digest"])))
    return found


REFERENCE = "vnd.docker.reference.digest"


def blob(layout: Path, digest: str) -> bytes:
    data = layout.joinpath("blobs", *digest.split(":")).read_bytes()
    assert hashlib.sha256(data).hexdigest() == digest.partition(":")[2]
    return data


def named(number: int, name: str) -> NamedImage:
    return NamedImage(image=image(number), reference=name)


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    place = tmp_path / "layout"
    write_oci_layout([named(1, "one:1")], place, attached=about("first"))
    return place


def test_it_stands_behind_all_images(layout: Path) -> None:
    write_oci_layout([named(2, "two:1")], layout, attached=about("second"))
    assert [("artifactType" in entry) for entry in entries(layout)] == [False, False, True, True]
    assert referred(layout) == [
        (image(1).manifest_digest, b"first"),
        (image(2).manifest_digest, b"second"),
    ]


def test_a_new_one_takes_the_place_of_the_old(layout: Path) -> None:
    write_oci_layout([named(1, "one:1")], layout, attached=about("again"))
    assert referred(layout) == [(image(1).manifest_digest, b"again")]


def test_one_that_is_not_replaced_stays(layout: Path) -> None:
    write_oci_layout([named(1, "one:1")], layout)
    assert referred(layout) == [(image(1).manifest_digest, b"first")]


def test_it_goes_with_the_image_whose_name_another_one_gets(layout: Path) -> None:
    write_oci_layout([named(2, "one:1")], layout)
    assert referred(layout) == []
    assert len(entries(layout)) == 1


def test_it_is_no_image_to_those_who_read_the_layout(layout: Path) -> None:
    assert read_image_file(layout).id == image(1).config_digest
    write_oci_layout([named(2, "two:1")], layout, attached=about("second"))
    choice = Choice(name="two:1")
    assert read_image_file(layout, choice=choice).id == image(2).config_digest


PLATFORMS = ("linux/amd64", "linux/arm64/v8")


@pytest.fixture
def joined(tmp_path: Path) -> Path:
    """A layout with two images and an index of both."""
    place = tmp_path / "joined"
    write_oci_layout([named(1, "app:1-a"), named(2, "app:1-b")], place, attached=about("of both"))
    pairs = zip(("app:1-a", "app:1-b"), PLATFORMS, strict=True)
    assert add_platform_index(place, "app:1", pairs) == entries(place)[0]["digest"]
    return place


def test_an_index_has_the_images_and_what_is_about_them(joined: Path) -> None:
    listed = json.loads(blob(joined, entries(joined)[0]["digest"]))["manifests"]
    assert [each["digest"] for each in listed[:2]] == [
        image(1).manifest_digest, image(2).manifest_digest,
    ]  # fmt: skip
    assert [each["platform"] for each in listed[:2]] == [
        {"os": "linux", "architecture": "amd64"},
        {"os": "linux", "architecture": "arm64", "variant": "v8"},
    ]
    assert [each["annotations"][REFERENCE] for each in listed[2:]] == [
        image(1).manifest_digest, image(2).manifest_digest,
    ]  # fmt: skip
    chosen = [
        read_image_file(joined, choice=Choice(name="app:1", platform=each)).configuration
        for each in PLATFORMS
    ]
    assert [each["author"] for each in chosen] == ["1", "2"]


def test_it_moves_to_a_new_place(joined: Path, tmp_path: Path) -> None:
    before = entries(joined)
    move_layout(joined, tmp_path / "new")
    assert entries(tmp_path / "new") == before
    assert not joined.exists()


def test_it_joins_a_layout_and_replaces_its_own_names(joined: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    old = [named(3, "app:1-a"), named(4, "other:1")]
    write_oci_layout(old, target, attached=about("old"))
    ours = entries(joined)
    move_layout(joined, target)
    others = [each for each in entries(target) if each not in ours]
    assert [each["digest"] for each in others if "artifactType" not in each] == [
        image(4).manifest_digest
    ]
    assert referred(target)[0] == (image(4).manifest_digest, b"old")
    assert image(3).manifest_digest not in {about for about, _ in referred(target)}
    assert [each for each in entries(target) if each in ours] == ours
