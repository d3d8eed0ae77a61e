"""Packed images brought into the engine, and the engine's word for what it got."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

from slimmer.engine import Engine, Session
from slimmer.errors import EngineOperationError, ImageNotFoundError, PackingError
from slimmer.image import ORIGINAL_LABEL
from slimmer.pack import NamedImage, docker_archive, verified_chunks
from slimmer.values import ImageKind, PackedImage

_LARGE: Final = 10_000_000
"""Bytes of a layer for which a request of its own is worth it."""
_MOST_LOOKED_AT: Final = 20
"""Slim images of other names whose layers are looked at: of other branches, of pull requests, and
of other applications on the same base."""


@dataclass(frozen=True, kw_only=True)
class LoadedImages:
    """Images that the engine has, and says that they are what was packed."""

    ids: dict[ImageKind, str]
    """What the engine calls each."""
    sent: int = 0
    """Bytes of the layers that were sent."""
    spared: int = 0
    """Bytes of the layers that were not, since the engine had them."""


def load_images(
    session: Session, images: Mapping[ImageKind, PackedImage], *, like: Iterable[str] = ()
) -> LoadedImages:
    """Load the images, under names of the session.

    `like` are names of images whose layers may be those of these, as an earlier build's are; empty
    ones are passed over, and other slim images are looked at as well. What the engine has of them
    is not sent, unless it refuses an archive without them: an image may be removed at any time.

    Raises PackingError where the engine reports another digest than was computed: an engine
    calls an image by the digest of its configuration (graph drivers) or of its manifest
    (containerd store), and lists the layers' diff_ids.
    """
    like = tuple(filter(None, like))
    known = [*session.images, *like]
    names = {kind: session.image_name(kind) for kind in images}
    absent = [kind for kind in images if not _is_there(session, names[kind], images[kind])]
    known += [names[kind] for kind in images if kind not in absent]
    named = [NamedImage(image=images[kind], reference=names[kind]) for kind in absent]
    layers = {layer.digest: layer.size for each in named for layer in each.image.layers}

    def load(*, without: Set[str] = frozenset()) -> dict[ImageKind, str]:
        if named:
            with_index = session.engine.takes_index
            archive = docker_archive(named, with_index=with_index, without=without)
            session.load_image(archive)
        return {kind: _checked(session, names[kind], image) for kind, image in images.items()}

    if named and session.engine.adds_to_layers:
        there = _layers_there(
            session.engine,
            itertools.chain(known, _other_slim_images(session.engine, like)),
            [each.image for each in named],
        )
        try:
            ids = load(without=there | _imported(session, named, there))
        except (EngineOperationError, ImageNotFoundError, PackingError):
            pass  # if all of it fares no better, that is told
        else:
            spared = sum(layers[digest] for digest in there)
            return LoadedImages(ids=ids, sent=sum(layers.values()) - spared, spared=spared)
    return LoadedImages(ids=load(), sent=sum(layers.values()))


def _imported(session: Session, named: Sequence[NamedImage], there: Set[str]) -> Set[str]:
    """The digest of the lowest layer, if it is large and the engine has got it on its own. What is
    above cannot be handed over like this."""
    layer, *others = {each.image.layers[0].digest: each.image.layers[0] for each in named}.values()
    if others or layer.digest in there or layer.size < _LARGE:
        return frozenset()
    came = session.import_layer(verified_chunks(layer), session.image_name("layer"))
    return {layer.digest} if came else frozenset()


def _other_slim_images(engine: Engine, like: Iterable[str]) -> Iterator[str]:
    """Their ids, those first that are called as one in `like` but for the tag."""
    repositories = {name.rpartition(":")[0] for name in like}
    found = engine.images_labelled(ORIGINAL_LABEL)
    found.sort(
        key=lambda each: repositories.isdisjoint(
            tag.rpartition(":")[0] for tag in each.get("RepoTags") or ()
        )
    )
    for each in found[:_MOST_LOOKED_AT]:
        yield str(each["Id"])


def _layers_there(engine: Engine, known: Iterable[str], images: Sequence[PackedImage]) -> Set[str]:
    """Digests of the layers of these images that need not be sent. An engine knows a layer by all
    that lies below it as well, so only the lowest layers that another image has too are there.
    `known` are looked at until there is only the uppermost layer of each image to find."""
    stacks = [tuple(layer.digest for layer in image.layers) for image in images]
    shared = [0] * len(stacks)
    for reference in known:
        layers = _layers_of(engine.find_image(reference) or {})
        shared = [
            max(height, _common_height(stack, layers))
            for height, stack in zip(shared, stacks, strict=True)
        ]
        if all(height >= len(stack) - 1 for height, stack in zip(shared, stacks, strict=True)):
            break
    there: set[str] = set()
    needed: set[str] = set()
    for height, stack in zip(shared, stacks, strict=True):
        there |= set(stack[:height])
        needed |= set(stack[height:])
    return there - needed


def _common_height(stack: Sequence[str], layers: Sequence[str]) -> int:
    """How many of the lowest layers are the same ones."""
    pairs = enumerate(zip(stack, layers, strict=False))
    return next(
        (height for height, (one, other) in pairs if one != other), min(len(stack), len(layers))
    )


def _layers_of(inspection: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple((inspection.get("RootFS") or {}).get("Layers") or ())


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
    layers = _layers_of(found)
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
