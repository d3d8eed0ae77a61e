"""Packed images brought into the engine, and the engine's word for what it got."""

from __future__ import annotations

from collections.abc import Mapping

from slimmer.engine import Session
from slimmer.errors import PackingError
from slimmer.pack import NamedImage, docker_archive
from slimmer.values import ImageKind, PackedImage


def load_images(session: Session, images: Mapping[ImageKind, PackedImage]) -> dict[ImageKind, str]:
    """Load the images, under names of the session; returns the engine's id of each.

    Raises PackingError where the engine reports another digest than was computed: an engine
    calls an image by the digest of its configuration (graph drivers) or of its manifest
    (containerd store), and lists the layers' diff_ids.
    """
    names = {kind: session.image_name(kind) for kind in images}
    absent = [kind for kind in images if not _is_there(session, names[kind], images[kind])]
    if absent:
        session.load_image(
            docker_archive(
                [NamedImage(image=images[kind], reference=names[kind]) for kind in absent],
                with_index=session.engine.takes_index,
            )
        )
    return {kind: _checked(session, names[kind], image) for kind, image in images.items()}


def _is_there(session: Session, name: str, image: PackedImage) -> bool:
    """Whether the engine has this very image, so that a name is all that it needs: a build that
    is repeated gives the same bytes. An image without any name is left alone, since it would go
    with the name that it is given here."""
    found = session.engine.find_image(image.config_digest)
    if found is None or not found.get("RepoTags"):
        return False
    session.engine.tag_image(image.config_digest, name)
    return True


def _checked(session: Session, name: str, image: PackedImage) -> str:
    found = session.engine.inspect_image(name)
    layers = tuple((found.get("RootFS") or {}).get("Layers") or ())
    expected = tuple(layer.digest for layer in image.layers)
    if layers != expected:
        raise PackingError(
            "the engine reports other layers than were packed",
            details=f"packed:   {', '.join(expected)}\nreported: {', '.join(layers)}",
        )
    identity = str(found["Id"])
    if identity not in (image.config_digest, image.manifest_digest):
        raise PackingError(
            "the engine reports another image than was packed",
            details=f"packed:   configuration {image.config_digest}, manifest "
            f"{image.manifest_digest}\nreported: {identity}",
        )
    return identity
