"""Images in each form, read back as tarfile wrote them; and files that are none, or not whole."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import ImageDigestError, ImageFileError, UsageError
from slimmer.image.archive import Choice, ImageContent, read_image_file, read_image_stream
from slimmer.values import EntryType
from tests.unit.xray.archives import (
    DIRECTORY,
    File,
    blob,
    descriptor,
    docker_archive,
    gzipped,
    layer,
    oci_blobs,
    oci_members,
    packed,
    plain,
    unpacked,
    zstandard,
)

LONG = "/".join(["directory-with-a-long-name"] * 12) + "/file"
ODD = {
    "etc/": DIRECTORY,
    "etc/line\nbreak": b"1",
    "etc/\udcff\x1b[31m": b"22",
    "./usr/../etc/dots": b"333",
    "/absolute//twice": b"4444",
    LONG: b"55555",
    "x" * 99 + "/" + "y" * 99: b"666666",
    "bin/tool": File(b"7" * 70_000, mode=0o4755),
    "bin/other": File(hard="bin/tool"),
    "bin/third": File(hard="bin/tool"),
    "bin/link": File(link="tool"),
    "dev/null": File(kind=tarfile.CHRTYPE),
    "fifo": File(kind=tarfile.FIFOTYPE),
    "ping": File(b"8", xattrs={"security.capability": "\x01\x00\x00\x02"}),
    "big-owner": File(b"9", uid=3_000_000),
}
PATHS = {
    **{"/etc/line\nbreak": 1, "/etc/\udcff\x1b[31m": 2, "/etc/dots": 3, "/absolute/twice": 4},
    **{"/" + LONG: 5, "/" + "x" * 99 + "/" + "y" * 99: 6, "/bin/tool": 70_000, "/ping": 1},
    **{"/bin/other": 70_000, "/bin/third": 70_000, "/bin/link": 0, "/dev/null": 0, "/fifo": 0},
    **{"/big-owner": 1, "/etc": 0},
}
UPPER = {"etc/.wh.dots": b"", "opt/.wh..wh..opq": b"", "opt/new": b"new", ".wh..wh.plnk/1": b""}


def write(tmp_path: Path, data: bytes) -> Path:
    file = tmp_path / "image.tar"
    file.write_bytes(data)
    return file


def both(layers: list[bytes]) -> Iterator[tuple[str, Callable[[Path], ImageContent]]]:
    """Each form, by name, with the way to read it."""
    docker = docker_archive(layers)
    yield "docker", lambda path: read_image_file(write(path, docker))
    yield "stream", lambda path: read_image_stream(iter([docker[:777], docker[777:]]), "app")
    yield "packed", lambda path: read_image_file(write(path, gzip.compress(docker)))
    for compress in (plain, gzipped, zstandard):
        blobs, manifest = oci_blobs(layers, compress=compress)
        members = oci_members(blobs, [manifest])
        yield "tar", lambda path, it=members: read_image_file(write(path, packed(it)))  # type: ignore[misc]
        yield "folder", lambda path, it=members: read_image_file(unpacked(it, path))  # type: ignore[misc]


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_each_form_gives_what_was_written(tmp_path: Path, format: int) -> None:
    layers = [layer(ODD, format=format), layer(UPPER)]
    seen = []
    for number, (name, read) in enumerate(both(layers)):
        folder = tmp_path / str(number)
        folder.mkdir()
        image = read(folder)
        lower, upper = image.layers
        assert {path: entry.size for path, entry in lower.entries.items()} == PATHS, name
        assert (upper.removed, upper.emptied) == (("/etc/dots",), ("/opt",))
        assert set(upper.entries) == {"/opt/new"}
        seen.append((image.id, lower.size, [each.digest() for each in image.layers]))
    assert len(seen) == 9
    assert all(each == seen[0] for each in seen)


def test_links_owners_and_attributes(tmp_path: Path) -> None:
    image = read_image_file(write(tmp_path, docker_archive([layer(ODD)])))
    entries = image.layers[0].entries
    names = [entries[f"/bin/{name}"] for name in ("tool", "other", "third")]
    assert len({entry.inode for entry in names}) == 1
    assert {entry.link_count for entry in names} == {3}
    assert entries["/bin/tool"].mode == 0o4755
    assert entries["/bin/link"].link_target == "tool"
    assert entries["/dev/null"].type is EntryType.CHARACTER_DEVICE
    assert entries["/fifo"].type is EntryType.FIFO
    assert entries["/big-owner"].uid == 3_000_000
    assert entries["/ping"].xattrs == (("security.capability", b"\x01\x00\x00\x02"),)


def test_a_layer_may_stand_in_several_places(tmp_path: Path) -> None:
    """127 layers, as many as an image may have, of two contents."""
    pair = [layer({"a": b"1"}), layer({"b": b"2"})]
    blobs, manifest = oci_blobs([pair[number % 2] for number in range(127)])
    image = read_image_file(write(tmp_path, packed(oci_members(blobs, [manifest]))))
    assert [set(each.entries) for each in image.layers[-2:]] == [{"/b"}, {"/a"}]
    assert len(image.layers) == 127


DOCKER = docker_archive([layer({"a": b"x" * 5000}), layer({"b": b"y"})])


@pytest.mark.parametrize("size", range(0, len(DOCKER.rstrip(b"\0")), 1499))
@pytest.mark.parametrize("is_stream", [False, True])
def test_what_is_cut_off_is_told_as_that(tmp_path: Path, size: int, is_stream: bool) -> None:
    file = write(tmp_path, DOCKER[:size])
    with pytest.raises(ImageFileError, match=r"cut off|not an image|lacks|is not in it"):
        read_image_stream([file.read_bytes()], "app") if is_stream else read_image_file(file)


@pytest.mark.parametrize("compress", [gzipped, zstandard])
def test_a_compressed_layer_that_is_cut_off(tmp_path: Path, compress: Any) -> None:
    data = layer({"a": os.urandom(50_000)})
    blobs, manifest = oci_blobs([data], compress=compress)
    name = blob(compress(data))
    blobs[name] = blobs[name][:-2000]
    with pytest.raises(ImageFileError, match=f"cut off: it ends inside {name}"):
        read_image_file(write(tmp_path, packed(oci_members(blobs, [manifest]))))


def test_a_layer_with_another_digest(tmp_path: Path) -> None:
    at = DOCKER.index(b"x" * 100)
    spoiled = DOCKER[:at] + b"X" + DOCKER[at + 1 :]
    with pytest.raises(ImageDigestError, match=r"layer 1 of .* another digest"):
        read_image_file(write(tmp_path, spoiled))


def test_a_manifest_with_another_digest(tmp_path: Path) -> None:
    blobs, manifest = oci_blobs([layer({"a": b"1"})])
    name = "blobs/sha256/" + manifest["digest"][7:]
    blobs[name] = blobs[name] + b" "
    with pytest.raises(ImageDigestError, match="the manifest in"):
        read_image_file(write(tmp_path, packed(oci_members(blobs, [manifest]))))


NO_IMAGES = {
    "nothing": b"",
    "a program": b"\x7fELF" + bytes(5000),
    "text": b"hello" * 1000,
    "noise": random.Random(1).randbytes(5000),
    "compressed text": gzip.compress(b"text" * 500),
    "a root file system": packed([("etc/passwd", b"root")]),
    "no images": packed([("manifest.json", b"[]")]),
    "an object for a list": packed([("manifest.json", b"{}")]),
    "a number for an image": packed([("manifest.json", b"[1]")]),
    "no configuration": packed([("manifest.json", b'[{"Config": "c", "Layers": []}]')]),
    "nesting without an end": packed([("manifest.json", b"[" * 100_000)]),
    "a number for a digest": packed([("index.json", b'{"manifests": [{"digest": 5}]}')]),
    "a way out": packed(
        [("index.json", b'{"manifests": [{"digest": "sha256:../../etc/passwd"}]}')]
    ),
}


@pytest.mark.parametrize("what", NO_IMAGES)
def test_what_is_no_image(tmp_path: Path, what: str) -> None:
    with pytest.raises(ImageFileError) as error:
        read_image_file(write(tmp_path, NO_IMAGES[what]))
    assert error.value.hint


def test_a_layer_that_is_no_tar(tmp_path: Path) -> None:
    broken = bytearray(layer({"a": b"1"}))
    broken[124:136] = b"99999999zzz\0"
    with pytest.raises(ImageFileError, match=r"layer 1 of .* cannot be read"):
        read_image_file(write(tmp_path, docker_archive([bytes(broken)])))


def test_places_that_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(ImageFileError, match="not an OCI layout"):
        read_image_file(tmp_path)
    with pytest.raises(ImageFileError, match="No such file"):
        read_image_file(tmp_path / "missing.tar")


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=(DOCKER,), daemon=True).start()
    assert len(read_image_file(pipe).layers) == 2


def test_one_of_several_images_is_picked(tmp_path: Path) -> None:
    first, second = layer({"a": b"1"}), layer({"b": b"2"})
    parts = [
        (docker_archive([data], names=[f"{name}:latest"]))
        for name, data in (("one", first), ("two", second))
    ]
    members: dict[str, bytes] = {}
    manifests = []
    for part in parts:
        with tarfile.open(fileobj=io.BytesIO(part)) as archive:
            for member in archive:
                stream = archive.extractfile(member)
                assert stream is not None
                members[member.name] = stream.read()
        manifests.append(members["manifest.json"][1:-1])
    members["manifest.json"] = b"[" + b",".join(manifests) + b"]"
    file = write(tmp_path, packed(members.items()))
    with pytest.raises(UsageError, match="holds 2 images") as error:
        read_image_file(file)
    assert "one:latest, two:latest" in error.value.hint
    for name, path in (("one", "/a"), ("two:latest", "/b")):
        assert set(read_image_file(file, choice=Choice(name=name)).layers[0].entries) == {path}


def test_platforms_and_attestations(tmp_path: Path) -> None:
    blobs: dict[str, bytes] = {}
    manifests = []
    for architecture in ("amd64", "arm64", "unknown"):
        system = "unknown" if architecture == "unknown" else "linux"
        own, manifest = oci_blobs(
            [layer({architecture: b"1"})],
            platform={"os": system, "architecture": architecture},
        )
        blobs |= own
        manifests.append(manifest)
    inner = json.dumps({"manifests": manifests}).encode()
    blobs[blob(inner)] = inner
    outer = descriptor(inner, "application/vnd.oci.image.index.v1+json")
    file = write(tmp_path, packed(oci_members(blobs, [outer])))
    for wanted, there in (("amd64", "amd64"), ("arm64", "arm64"), ("aarch64", "arm64")):
        image = read_image_file(file, choice=Choice(platform=f"linux/{wanted}"))
        assert set(image.layers[0].entries) == {f"/{there}"}
    with pytest.raises(UsageError, match="no image for linux/s390x"):
        read_image_file(file, choice=Choice(platform="linux/s390x"))


def test_an_archive_of_a_layout_whose_names_begin_with_the_folder(tmp_path: Path) -> None:
    """As `tar -C layout -c .` writes them."""
    blobs, manifest = oci_blobs([layer({"a": b"1"})])
    members = [(f"./{name}", data) for name, data in oci_members(blobs, [manifest])]
    image = read_image_file(write(tmp_path, packed(members)))
    assert [list(each.entries) for each in image.layers] == [["/a"]]
