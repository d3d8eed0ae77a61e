"""An image's layers as files of their own, uncompressed, so that they can be handed on as they are
and any file in them can be read again."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slimmer.disk import space_errors
from slimmer.errors import ImageDigestError, ImageFileError
from slimmer.image.archive.archive import (
    LARGEST_DOCUMENT,
    OPENINGS,
    errors_of,
    members_of,
)
from slimmer.image.archive.layer import LayerContent, read_places
from slimmer.image.archive.manifest import Choice, Documents, choose
from slimmer.image.archive.sources import FileSource, StreamSource, decompressed
from slimmer.image.archive.tar import BLOCK, looks_like_tar


@dataclass(frozen=True, kw_only=True, slots=True)
class UnpackedLayer:
    """One layer as a file."""

    digest: str
    """`sha256:…` of the file: the layer's diff_id."""
    size: int
    """Bytes of the file."""
    file: Path
    content: LayerContent
    """Its `places` are offsets into the file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnpackedImage:
    """An image with its layers as files."""

    configuration: dict[str, Any]
    """The configuration's JSON object: `config`, `history`, `rootfs`, …"""
    layers: tuple[UnpackedLayer, ...]
    """Lowest first."""


def unpack_image(chunks: Iterable[bytes], name: str, folder: Path) -> UnpackedImage:
    """Write the layers of a docker-archive that comes in chunks into `folder`, which holds
    nothing else; `name` is what errors call the archive.

    Raises ImageFileError for what is no image or is damaged, ImageDigestError for a layer that is
    not what the configuration says, NoSpaceError.
    """
    documents = Documents(name)
    files: dict[str, tuple[Path, str, int]] = {}
    links: dict[str, str] = {}
    with errors_of(name), space_errors(folder, f"unpacking {name}"):
        for member, what in members_of(StreamSource(chunks)):
            if isinstance(what, str):
                links[member] = what
                continue
            head = what.peek(BLOCK)
            pieces = decompressed(what)
            if pieces is not None or looks_like_tar(head):
                files[member] = _written(what.rest() if pieces is None else pieces, folder)
            elif head.lstrip()[:1] in OPENINGS:
                documents.add(member, what.read_up_to(LARGEST_DOCUMENT))
        found = choose(documents, Choice())
        diff_ids = (found.configuration.get("rootfs") or {}).get("diff_ids") or []
        layers: list[UnpackedLayer] = []
        for member, told in zip(found.layers, diff_ids, strict=False):
            layers.append(_layer(files.get(links.get(member, member)), told, name))
        if len(layers) != len(diff_ids):
            raise ImageFileError(
                f"{name} lists {len(found.layers)} layers, and its configuration {len(diff_ids)}",
                hint="save the image again",
            )
    return UnpackedImage(configuration=found.configuration, layers=tuple(layers))


def _written(pieces: Iterator[bytes], folder: Path) -> tuple[Path, str, int]:
    """(the file, its digest, its size in bytes)."""
    descriptor, name = tempfile.mkstemp(suffix=".tar", dir=folder)
    hasher, size = hashlib.sha256(), 0
    with open(descriptor, "wb") as file:
        for piece in pieces:
            file.write(piece)
            hasher.update(piece)
            size += len(piece)
    return Path(name), f"sha256:{hasher.hexdigest()}", size


def _layer(written: tuple[Path, str, int] | None, told: str, name: str) -> UnpackedLayer:
    if written is None:
        raise ImageFileError(f"{name} lacks the layer {told}", hint="save the whole image")
    file, digest, size = written
    if digest != told:
        raise ImageDigestError(
            f"a layer of {name} is not what it should be: its content has another digest",
            hint="the engine's storage may be damaged: pull or build the image again",
            details=f"told:     {told}\ncomputed: {digest}",
        )
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        content = read_places(FileSource(descriptor, 0, size), digest)
    except ValueError as error:
        raise ImageFileError(f"the layer {told} of {name} is not a tar: {error}") from error
    finally:
        os.close(descriptor)
    return UnpackedLayer(digest=digest, size=size, file=file, content=content)
