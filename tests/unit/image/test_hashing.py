"""Digests that another process computes are those of this one, also where it cannot run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from slimmer.errors import ImageDigestError
from slimmer.image.archive import hashing as module
from slimmer.image.archive import read_image_file
from slimmer.image.archive.hashing import Hashing
from slimmer.xray import Inspection, examine
from tests.unit.xray.archives import docker_archive, layer

DATA = os.urandom(3_000_000)
PARTS = [(0, 10), (10, 0), (100_000, 2_500_000), (5, 1000), (2_999_990, 10)]
EXPECTED = [hashlib.sha256(DATA[start : start + size]).digest() for start, size in PARTS]


@pytest.fixture
def descriptor(tmp_path: Path) -> Iterator[int]:
    file = tmp_path / "data"
    file.write_bytes(DATA)
    opened = os.open(file, os.O_RDONLY)
    yield opened
    os.close(opened)


@pytest.mark.parametrize("what", ["runs", "is killed", "cannot start"])
def test_the_answers_are_those_of_hashlib_in_the_order_of_asking(
    what: str, descriptor: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "cannot start":
        monkeypatch.setattr(module.sys, "executable", "/no/such/python")
    hashing = Hashing()
    assert hashing.ask(descriptor, PARTS[:2]) == 0
    if what == "is killed":
        assert hashing._process is not None
        hashing._process.kill()
        hashing._process.wait()
    assert hashing.ask(descriptor, PARTS[2:]) == 2
    whole = hashing.digest_of(descriptor, 0, len(DATA))
    assert whole() == f"sha256:{hashlib.sha256(DATA).hexdigest()}"
    assert list(hashing.answers()[:5]) == EXPECTED
    hashing.close()


@pytest.mark.parametrize("wait", [True, False])
def test_a_large_layer_with_another_digest_is_told_of_at_once_or_when_it_is_asked_for(
    wait: bool, tmp_path: Path
) -> None:
    content = os.urandom(9_000_000)
    archive = docker_archive([layer({"a": content, "b": b"b" * 100, "c": b"b" * 100})])
    file = tmp_path / "app.tar"
    file.write_bytes(archive)
    found = examine(read_image_file(file, Inspection(), wait=wait), "app")
    assert [each.copies for each in found.duplicates.largest] == [2]
    place = archive.index(content[:64])
    file.write_bytes(archive[:place] + b"?" + archive[place + 1 :])
    if wait:
        with pytest.raises(ImageDigestError, match="another digest"):
            read_image_file(file, Inspection())
    else:
        image = read_image_file(file, Inspection(), wait=False)
        with pytest.raises(ImageDigestError, match="another digest"):
            examine(image, "app")
