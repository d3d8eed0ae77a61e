"""Layer plans and content → a packed image: the stage's main call, and the debug image's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from slimmer.errors import PackingError
from slimmer.pack.configuration import (
    image_configuration,
    image_manifest,
    sha256_digest,
    with_layers,
)
from slimmer.pack.layer_writer import write_layer
from slimmer.values import Compression, Content, Layer, LayerPlan, Original, PackedImage


def pack_image(
    original: Original,
    plans: Sequence[LayerPlan],
    content: Content,
    directory: Path,
    *,
    labels: Mapping[str, str],
    latest: int | None = None,
    below: Sequence[Layer] = (),
    history: Sequence[Mapping[str, Any]] = (),
) -> PackedImage:
    """Write the layers into `directory` and tie them together with the original's configuration.

    `below` are layers of another image that these stand on, `history` is what that image tells of
    how it was built. `labels` are added to the image's own. `latest` is SOURCE_DATE_EPOCH
    (seconds), None where it is not set. The same arguments give the same bytes.
    """
    if not plans:
        raise PackingError(
            "there is nothing to pack: the keep-set is empty",
            hint="keep at least one path, with `--include PATH` or a probe that uses one",
        )
    layers = tuple(write_layer(plan, content, directory, latest=latest) for plan in plans)
    configuration = image_configuration(
        original, layers, labels=labels, latest=latest, below=below, history=history
    )
    return assemble(configuration, layers=(*below, *layers))


def pack_debug_image(
    slim: PackedImage,
    plans: Sequence[LayerPlan],
    content: Content,
    directory: Path,
    *,
    path_folders: Sequence[str] = (),
    latest: int | None = None,
) -> PackedImage:
    """The slim image with more layers on top (`plans_above`), its own layers untouched.

    `path_folders` are appended to PATH, for tools in a folder of their own (`/busybox`).
    """
    layers = tuple(write_layer(plan, content, directory, latest=latest) for plan in plans)
    return assemble(
        with_layers(slim.config, layers, path_folders=path_folders),
        layers=(*slim.layers, *layers),
    )


def assemble(
    configuration: bytes,
    *,
    layers: tuple[Layer, ...],
    compression: Compression = Compression.NONE,
) -> PackedImage:
    """The image value of a configuration and its layers, digests computed."""
    manifest = image_manifest(configuration, layers, compression)
    return PackedImage(
        config=configuration,
        config_digest=sha256_digest(configuration),
        manifest=manifest,
        manifest_digest=sha256_digest(manifest),
        layers=layers,
    )
