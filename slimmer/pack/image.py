"""Layer plans and content → a packed image: the stage's main call, and the debug image's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from slimmer.errors import PackingError
from slimmer.pack.blobs import verified_chunks
from slimmer.pack.configuration import (
    image_configuration,
    image_manifest,
    sha256_digest,
    with_layer,
)
from slimmer.pack.layer_writer import write_layer
from slimmer.values import Content, Layer, LayerPlan, Original, PackedImage


def pack_image(
    original: Original,
    plans: Sequence[LayerPlan],
    content: Content,
    directory: Path,
    *,
    labels: Mapping[str, str],
    latest: int | None = None,
) -> PackedImage:
    """Write the layers into `directory` and tie them together with the original's configuration.

    `labels` are added to the image's own. `latest` is SOURCE_DATE_EPOCH (seconds), None where
    it is not set. The same arguments give the same bytes.
    """
    if not plans:
        raise PackingError(
            "there is nothing to pack: the keep-set is empty",
            hint="keep at least one path, with `--include PATH` or a probe that uses one",
        )
    layers = tuple(write_layer(plan, content, directory, latest=latest) for plan in plans)
    return assemble(
        image_configuration(original, layers, labels=labels, latest=latest), layers=layers
    )


def pack_debug_image(
    slim: PackedImage,
    plan: LayerPlan,
    content: Content,
    directory: Path,
    *,
    path_folders: Sequence[str] = (),
    latest: int | None = None,
) -> PackedImage:
    """The slim image with one more layer on top, its own layers untouched.

    `path_folders` are appended to PATH, for tools in a folder of their own (`/busybox`).
    """
    layer = write_layer(plan, content, directory, latest=latest)
    return assemble(
        with_layer(slim.config, layer, path_folders=path_folders), layers=(*slim.layers, layer)
    )


def assemble(configuration: bytes, *, layers: tuple[Layer, ...]) -> PackedImage:
    """The image value of a configuration and its layers, digests computed."""
    manifest = image_manifest(configuration, layers)
    return PackedImage(
        config=configuration,
        config_digest=sha256_digest(configuration),
        manifest=manifest,
        manifest_digest=sha256_digest(manifest),
        layers=layers,
    )


def verify_image(image: PackedImage) -> None:
    """Hash every blob again, layers from disk. Raises PackingError at the first difference.

    The sinks verify what they read as well; this is for an image that goes to none.
    """
    for name, blob, digest in (
        ("configuration", image.config, image.config_digest),
        ("manifest", image.manifest, image.manifest_digest),
    ):
        if sha256_digest(blob) != digest:
            raise PackingError(f"the {name} has another digest than {digest}")
    for layer in image.layers:
        for _ in verified_chunks(layer):
            pass
