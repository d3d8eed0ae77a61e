"""Packed images with compressed layers, for those who take them as files. What the engine gets is
never compressed: it would only have to undo it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from slimmer.disk import file_beside, space_errors
from slimmer.image.archive import compressed
from slimmer.pack.blobs import verified_chunks
from slimmer.pack.descriptors import NamedImage
from slimmer.pack.image import assemble
from slimmer.values import Compression, Layer


def with_compressed_layers(
    images: Sequence[NamedImage], form: Compression, folder: Path
) -> list[NamedImage]:
    """The same images with their layers in that form, in files in `folder`. Configurations, and so
    the image's ids, are what they were; manifests are others."""
    layers: dict[str, Layer] = {}
    for each in images:
        for layer in each.image.layers:
            if layer.digest not in layers:
                layers[layer.digest] = _compressed(layer, form, folder)
    return [
        replace(
            each,
            image=assemble(
                each.image.config,
                layers=tuple(layers[layer.digest] for layer in each.image.layers),
                compression=form,
            ),
        )
        for each in images
    ]


def _compressed(layer: Layer, form: Compression, folder: Path) -> Layer:
    hasher, size = hashlib.sha256(), 0
    file = folder / f"{layer.digest.removeprefix('sha256:')}.{form.value}"
    with space_errors(folder, f"compressing the {layer.name} layer"), file_beside(file) as written:
        for piece in compressed(verified_chunks(layer), form):
            written.stream.write(piece)
            hasher.update(piece)
            size += len(piece)
        written.rename_to(file)
    return replace(layer, digest=f"sha256:{hasher.hexdigest()}", size=size, file=file)
