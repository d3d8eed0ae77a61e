"""Archives and layouts: whole or not at all, and only with the bytes that were packed."""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from slimmer.disk import space_errors
from slimmer.errors import NoSpaceError, PackingError, UsageError
from slimmer.image import image_labels
from slimmer.pack import (
    CombinedContent,
    NamedImage,
    OutputForm,
    output_target,
    pack_debug_image,
    pack_image,
    plan_layer,
    plan_layers,
    write_output,
)
from slimmer.pack.outputs import docker_archive
from slimmer.values import PackedImage
from tests.unit.pack.directory_tree import TreeContent, index_tree, nobody_owns
from tests.unit.pack.test_configuration import original


@pytest.fixture
def source(tmp_path: Path) -> Path:
    root = tmp_path / "source"
    for name, data in {
        "bin/tool": os.urandom(3 << 20),
        "app/server.py": b"print('hello')\n",
        "usr/local/bin/less": b"#!/bin/sh\n",
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return root


@pytest.fixture
def slim(tmp_path: Path, source: Path) -> PackedImage:
    layers = tmp_path / "layers"
    layers.mkdir()
    return _slim(source, layers)


def _slim(source: Path, layers: Path) -> PackedImage:
    entries = index_tree(source)
    kept = [path for path in entries if "usr" not in path]
    planning = plan_layers(entries.get, kept, nobody_owns, dependency_folders=frozenset())
    labels = image_labels(original_id="sha256:x", version="1")
    return pack_image(original(), planning.layers, TreeContent(source), layers, labels=labels)


@pytest.fixture
def debug(tmp_path: Path, source: Path, slim: PackedImage) -> PackedImage:
    entries = index_tree(source)
    plan = plan_layer("debug", entries.get, ["/usr/local/bin/less"])
    return pack_debug_image(slim, [plan], TreeContent(source), tmp_path / "layers")


def damage(image: PackedImage) -> None:
    """One bit in the middle of the lowest layer's file."""
    with image.layers[0].file.open("r+b") as stream:
        stream.seek(image.layers[0].size // 2)
        byte = stream.read(1)[0]
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte ^ 1]))


def read_archive(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        names = archive.getnames()
        assert len(names) == len(set(names))
        return {
            member.name: stream.read()
            for member in archive
            if (stream := archive.extractfile(member)) is not None
        }


def layout_manifests(layout: Path) -> list[dict[str, Any]]:
    """The index of a layout; every blob in it has the digest that is its name."""
    for blob in (layout / "blobs" / "sha256").iterdir():
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name
    manifests: list[dict[str, Any]] = json.loads((layout / "index.json").read_bytes())["manifests"]
    return manifests


def test_the_archive_is_docker_archive_and_oci_layout_in_one(
    slim: PackedImage, debug: PackedImage
) -> None:
    images = [
        NamedImage(image=slim, reference="my-app:1-slim"),
        NamedImage(image=debug, reference="registry.example:5000/my-app:1-slim-debug"),
    ]

    members = read_archive(b"".join(docker_archive(images)))

    tables = json.loads(members["manifest.json"])
    assert [table["RepoTags"] for table in tables] == [
        ["my-app:1-slim"],
        ["registry.example:5000/my-app:1-slim-debug"],
    ]
    for table, packed in zip(tables, (slim, debug), strict=True):
        config = members[table["Config"]]
        assert config == packed.config
        hashed = ["sha256:" + hashlib.sha256(members[name]).hexdigest() for name in table["Layers"]]
        assert hashed == json.loads(config)["rootfs"]["diff_ids"]
    first, second = json.loads(members["index.json"])["manifests"]
    assert first["digest"] == slim.manifest_digest
    assert first["annotations"]["io.containerd.image.name"] == "docker.io/library/my-app:1-slim"
    assert members["blobs/sha256/" + second["digest"][7:]] == debug.manifest


def test_without_its_index_it_is_dockers_half(slim: PackedImage) -> None:
    """Podman would make an OCI image of it, and forget HEALTHCHECK."""
    image = NamedImage(image=slim, reference="my-app:1-slim")
    with_index, without = (
        read_archive(b"".join(docker_archive([image], with_index=wanted)))
        for wanted in (True, False)
    )
    assert with_index.keys() - without.keys() == {"oci-layout", "index.json"}
    assert without.items() <= with_index.items()


def test_layers_that_images_share_are_in_the_archive_once(
    slim: PackedImage, debug: PackedImage
) -> None:
    alone = len(b"".join(docker_archive([NamedImage(image=slim)])))
    both = len(b"".join(docker_archive([NamedImage(image=slim), NamedImage(image=debug)])))

    assert debug.layers[:-1] == slim.layers
    assert both - alone < slim.layers[0].size / 10


def test_an_image_without_a_name_gets_none(slim: PackedImage) -> None:
    members = read_archive(b"".join(docker_archive([NamedImage(image=slim)])))

    assert json.loads(members["manifest.json"])[0]["RepoTags"] is None
    assert "annotations" not in json.loads(members["index.json"])["manifests"][0]


def test_packed_twice_the_archives_are_equal(
    tmp_path: Path, source: Path, slim: PackedImage
) -> None:
    again = tmp_path / "again"
    again.mkdir()

    first = b"".join(docker_archive([NamedImage(image=slim, reference="a:b")]))
    second = b"".join(docker_archive([NamedImage(image=_slim(source, again), reference="a:b")]))

    assert first == second


def test_a_damaged_layer_never_leaves_whole(tmp_path: Path, slim: PackedImage) -> None:
    damage(slim)
    given = io.BytesIO()

    with pytest.raises(PackingError, match="system layer on disk is not what was written"):
        given.writelines(docker_archive([NamedImage(image=slim)]))

    given.seek(0)
    with tarfile.open(fileobj=given) as archive, pytest.raises(tarfile.ReadError):
        archive.extractall(tmp_path / "unpacked")


@pytest.mark.parametrize("change", [-1, 1], ids=["cut", "grown"])
def test_a_layer_of_another_size_is_refused(slim: PackedImage, change: int) -> None:
    os.truncate(slim.layers[0].file, slim.layers[0].size + change)

    with pytest.raises(PackingError):
        list(docker_archive([NamedImage(image=slim)]))


@pytest.mark.parametrize("name", ["out.tar", "out/"])
def test_after_an_error_nothing_is_left_and_what_was_there_stays(
    tmp_path: Path, slim: PackedImage, name: str
) -> None:
    folder = tmp_path / "target"
    folder.mkdir()
    target = output_target(f"{folder}/{name}")
    if target.form is OutputForm.DOCKER_ARCHIVE:
        target.path.write_text("the user's own")
    before = sorted(folder.iterdir())
    damage(slim)

    with pytest.raises(PackingError):
        write_output(target, [NamedImage(image=slim, reference="a:b")])

    assert sorted(folder.iterdir()) == before
    if before:
        assert target.path.read_text() == "the user's own"


def test_a_full_disk_is_told_with_what_and_where(slim: PackedImage) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    with (
        pytest.raises(NoSpaceError, match=r"/place while writing out\.tar") as caught,
        space_errors(Path("/place"), "writing out.tar"),
        open("/dev/full", "wb", buffering=0) as stream,
    ):
        stream.writelines(docker_archive([NamedImage(image=slim)]))
    assert "--output" not in caught.value.hint, "it may be any other file"


def test_a_layout_holds_both_images_and_every_blob_has_its_digest(
    tmp_path: Path, slim: PackedImage, debug: PackedImage
) -> None:
    layout = tmp_path / "layout"
    images = [
        NamedImage(image=slim, reference="my-app:1-slim"),
        NamedImage(image=debug, reference="my-app:1-slim-debug"),
    ]

    write_output(output_target(f"{layout}/"), images)

    manifests = layout_manifests(layout)
    assert [entry["annotations"]["org.opencontainers.image.ref.name"] for entry in manifests] == [
        "my-app:1-slim",
        "my-app:1-slim-debug",
    ]
    assert json.loads((layout / "oci-layout").read_bytes()) == {"imageLayoutVersion": "1.0.0"}
    assert len(list((layout / "blobs" / "sha256").iterdir())) == 4 + len(debug.layers)


def test_a_layout_that_exists_keeps_its_other_images(
    tmp_path: Path, slim: PackedImage, debug: PackedImage
) -> None:
    target = output_target(f"{tmp_path / 'layout'}/")
    write_output(target, [NamedImage(image=slim, reference="one:1")])
    write_output(target, [NamedImage(image=slim, reference="two:1")])

    write_output(target, [NamedImage(image=debug, reference="one:1")])

    assert [
        (entry["annotations"]["org.opencontainers.image.ref.name"], entry["digest"])
        for entry in layout_manifests(target.path)
    ] == [("two:1", slim.manifest_digest), ("one:1", debug.manifest_digest)]


def _add(layout: Path, source: Path, layers: Path, name: str) -> None:
    write_output(
        output_target(f"{layout}/"), [NamedImage(image=_slim(source, layers), reference=name)]
    )


@pytest.mark.parametrize("begins", ["new", "there"])
def test_builds_that_write_into_one_layout_at_once_lose_nothing(
    tmp_path: Path, source: Path, begins: str
) -> None:
    layers = tmp_path / "layers"
    layers.mkdir()
    target = output_target(f"{tmp_path / 'layout'}/")
    names = [f"app-{number}:1" for number in range(8)]
    if begins == "there":
        write_output(target, [NamedImage(image=_slim(source, layers), reference="first:1")])
        names.append("first:1")

    # Processes, as builds are: a lock of a thread would not be seen.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    builds = [
        context.Process(target=_add, args=(target.path, source, layers, name))
        for name in names
        if name != "first:1"
    ]
    for each in builds:
        each.start()
    for each in builds:
        each.join(60)
    assert [each.exitcode for each in builds] == [0] * len(builds)
    found = [
        entry["annotations"]["org.opencontainers.image.ref.name"]
        for entry in layout_manifests(target.path)
    ]
    assert sorted(found) == sorted(names)
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_an_error_while_adding_to_a_layout_leaves_it_as_it_was(
    tmp_path: Path, slim: PackedImage, debug: PackedImage
) -> None:
    target = output_target(f"{tmp_path / 'layout'}/")
    write_output(target, [NamedImage(image=slim, reference="one:1")])
    before = {path: path.stat().st_mtime_ns for path in target.path.rglob("*") if path.is_file()}
    os.truncate(debug.layers[-1].file, 100)

    with pytest.raises(PackingError):
        write_output(target, [NamedImage(image=debug, reference="one:1")])

    assert before == {
        path: path.stat().st_mtime_ns for path in target.path.rglob("*") if path.is_file()
    }


def test_a_directory_of_other_things_is_refused(tmp_path: Path, slim: PackedImage) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(UsageError, match="no OCI layout"):
        write_output(output_target(str(tmp_path)), [NamedImage(image=slim, reference="a:b")])


@pytest.mark.parametrize(
    "text", ["", "missing/out.tar", "out", "out.tar.gz", "file.tar/"], ids=repr
)
def test_a_target_that_is_not_clear_or_cannot_be_is_refused_before_the_run(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.tar").touch()

    with pytest.raises(UsageError):
        output_target(text)


def test_content_may_come_from_the_original_another_image_and_memory(
    tmp_path: Path, source: Path
) -> None:
    other = tmp_path / "busybox"
    other.mkdir()
    (other / "bin").write_bytes(b"another image")
    there = TreeContent(other)
    own = TreeContent(source)
    content = CombinedContent(
        own,
        generated={"/var/lib/list": b"made here"},
        borrowed={"/busybox/sh": (there, "/bin")},
    )

    content.fetch(["/app/server.py", "/busybox/sh", "/var/lib/list"])

    assert (own.fetched, there.fetched) == (["/app/server.py"], ["/bin"])
    assert content.open("/busybox/sh").read() == b"another image"
    assert content.open("/var/lib/list").read() == b"made here"
    assert content.head("/app/server.py", 5) == b"print"
