"""Layers of archives as engines have written them over the years."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator

import pytest

from slimmer.image import layer_paths, read_original


def tar(**files: bytes | None) -> bytes:
    """None stands for a symbolic link to `target`."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            if content is None:
                member.type, member.linkname = tarfile.SYMTYPE, "target"
            member.size = len(content or b"")
            archive.addfile(member, io.BytesIO(content or b""))
    return data.getvalue()


BASE = tar(**{"bin/sh": b"x" * 70_000, "bin/ash": None})
UPPER = tar(**{"./opt/plugin.so": b"", "bin/.wh.ash": b"", "opt/\udcff": b""})
PATHS = [frozenset({"/bin/sh", "/bin/ash"}), frozenset({"/opt/plugin.so", "/opt/\udcff"})]


def chunks(data: bytes, size: int = 1000) -> Iterator[bytes]:
    yield b""
    for start in range(0, len(data), size):
        yield data[start : start + size]


def manifest(*layers: str) -> bytes:
    return json.dumps([{"Config": "c.json", "RepoTags": None, "Layers": layers}]).encode()


def configuration(*layers: bytes) -> bytes:
    diff_ids = [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in layers]
    return json.dumps({"rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode()


DOCKER = tar(
    **{
        "2/json": b"{}",
        "2/layer.tar": UPPER,
        "1/VERSION": b"1.0",
        "1/layer.tar": BASE,
        "c.json": configuration(BASE, UPPER),
        "manifest.json": manifest("1/layer.tar", "2/layer.tar"),
    }
)
OCI = tar(
    **{
        "blobs/sha256/aa": gzip.compress(UPPER),
        "blobs/sha256/bb": BASE,
        "c.json": configuration(BASE, UPPER),
        "index.json": b"{}",
        "manifest.json": manifest("blobs/sha256/bb", "blobs/sha256/aa"),
        "oci-layout": b"{}",
    }
)


@pytest.mark.parametrize("archive", [DOCKER, OCI], ids=["docker", "oci"])
def test_each_layer_has_its_paths(archive: bytes) -> None:
    assert layer_paths(chunks(archive)) == PATHS


def test_a_layer_that_comes_twice_is_a_link() -> None:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in (
            ("1/layer.tar", BASE),
            ("c.json", configuration(BASE)),
            ("manifest.json", manifest("2/layer.tar")),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("2/layer.tar")
        link.type, link.linkname = tarfile.SYMTYPE, "../1/layer.tar"
        archive.addfile(link)
    assert layer_paths(chunks(data.getvalue())) == PATHS[:1]


@pytest.mark.parametrize("size", [0, 100, 600, 5000, 40_000])
def test_what_is_cut_says_nothing(size: int) -> None:
    assert layer_paths(chunks(DOCKER[:size])) == []


@pytest.mark.parametrize(
    ("first", "has_base"),
    [
        ("/bin/sh -c #(nop) ADD file:0123456789abcdef0123456789abcdef in / ", True),
        ("/bin/sh -c #(nop) COPY dir:0123456789abcdef0123456789abcdef in / ", True),
        ("BusyBox 1.37.0 (glibc), Debian 12", True),
        ("COPY rootfs/ / # buildkit", True),
        ("/bin/sh -c #(nop) COPY file:0123456789abcdef0123456789abcdef in /server ", False),
        ("COPY app /srv/app # buildkit", False),
        ("WORKDIR /srv", False),
    ],
)
def test_whether_an_image_has_a_base(first: str, has_base: bool) -> None:
    steps = ['CMD ["x"]', "COPY two /srv/two # buildkit", first]
    inspection = {"Id": "sha256:1"}
    original = read_original("x", inspection, [{"CreatedBy": step} for step in steps])
    assert original.has_base is has_base
