"""Layers of `--output` in the form that registries hold them in."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from slimmer.errors import PackingError
from slimmer.image.archive import read_image_file
from slimmer.pack import NamedImage, output_target, with_compressed_layers, write_output
from slimmer.values import Compression, PackedImage
from tests.unit.pack.test_sinks import damage, slim, source

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["slim", "source"]

OPENERS: dict[Compression, Callable[[bytes], bytes]] = {
    Compression.GZIP: gzip.decompress,
    Compression.ZSTD: zstd.decompress,
}


def compressed(image: PackedImage, form: Compression, folder: Path) -> PackedImage:
    folder.mkdir()
    (named,) = with_compressed_layers([NamedImage(image=image, reference="app:1")], form, folder)
    return named.image


@pytest.mark.parametrize("form", OPENERS)
def test_a_layout_has_what_its_manifest_says(
    tmp_path: Path, slim: PackedImage, form: Compression
) -> None:
    image = compressed(slim, form, tmp_path / "compressed")
    layout = tmp_path / "layout"
    write_output(output_target(f"{layout}/"), [NamedImage(image=image, reference="app:1")])

    (entry,) = json.loads((layout / "index.json").read_text())["manifests"]
    manifest = json.loads((layout / "blobs" / entry["digest"].replace(":", "/")).read_text())
    assert manifest["config"]["digest"] == slim.config_digest
    for told, before in zip(manifest["layers"], slim.layers, strict=True):
        assert told["mediaType"] == f"application/vnd.oci.image.layer.v1.tar+{form.value}"
        data = (layout / "blobs" / told["digest"].replace(":", "/")).read_bytes()
        assert len(data) == told["size"]
        assert f"sha256:{hashlib.sha256(data).hexdigest()}" == told["digest"]
        assert OPENERS[form](data) == before.file.read_bytes()
    assert [each.digest() for each in read_image_file(layout).layers] == [
        layer.digest for layer in slim.layers
    ]


@pytest.mark.parametrize("form", OPENERS)
def test_the_same_image_gives_the_same_bytes(
    tmp_path: Path, slim: PackedImage, form: Compression
) -> None:
    one, other = (compressed(slim, form, tmp_path / name) for name in ("one", "other"))
    assert one.manifest_digest == other.manifest_digest != slim.manifest_digest


@pytest.mark.skipif(not shutil.which("zstd"), reason="the program is the witness")
def test_others_can_read_it(tmp_path: Path, slim: PackedImage) -> None:
    image = compressed(slim, Compression.ZSTD, tmp_path / "compressed")
    for layer, before in zip(image.layers, slim.layers, strict=True):
        read = subprocess.run(
            ["zstd", "--decompress", "--stdout", layer.file], capture_output=True, check=True
        )
        assert read.stdout == before.file.read_bytes()


def test_a_damaged_layer_is_not_handed_on(tmp_path: Path, slim: PackedImage) -> None:
    damage(slim)
    with pytest.raises(PackingError):
        compressed(slim, Compression.GZIP, tmp_path / "compressed")
    assert list((tmp_path / "compressed").iterdir()) == []
