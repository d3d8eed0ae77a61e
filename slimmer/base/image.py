"""A base image as a value: its layers as files, and what a container of it would show."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Final

from slimmer.errors import BaseUnfitError
from slimmer.files import PackageDatabase, RootfsIndex, part_stream, read_packages
from slimmer.image.archive import UnpackedImage, unpack_image
from slimmer.keep import is_engine_artefact
from slimmer.values import Entry, Layer, Original
from slimmer.xray import Stack

LAYER: Final = "base"
"""What layers of a base are called."""
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where the content of a file lies."""

    file: Path
    start: int
    size: int


class BaseContent:
    """The files of a base, read from its layers (a values.Content)."""

    def __init__(self, places: Mapping[str, _Place]) -> None:
        self._places = places
        self._digests: dict[str, bytes] = {}

    def fetch(self, paths: Iterable[str]) -> None:
        """All of it is on this machine's disk."""

    def open(self, path: str) -> BinaryIO:
        """A seekable stream over the whole file."""
        place = self._places[path]
        descriptor = os.open(place.file, os.O_RDONLY | os.O_CLOEXEC)

        def read(size: int, offset: int) -> bytes:
            left = max(0, place.size - offset)
            return os.pread(descriptor, min(size, left), place.start + offset)

        return part_stream(read, place.size, close=lambda: os.close(descriptor))

    def head(self, path: str, size: int) -> bytes:
        """The first `size` bytes."""
        with self.open(path) as stream:
            return stream.read(size)

    def digest(self, path: str) -> bytes:
        """BLAKE2b (32 bytes), as file servers compute it."""
        if path not in self._digests:
            hasher = hashlib.blake2b(digest_size=32)
            with self.open(path) as stream:
                while piece := stream.read(_CHUNK):
                    hasher.update(piece)
            self._digests[path] = hasher.digest()
        return self._digests[path]


@dataclass(frozen=True, kw_only=True)
class BaseImage:
    """An image that others stand on."""

    image: Original
    """As the engine describes it."""
    layers: tuple[Layer, ...]
    """Lowest first."""
    history: tuple[Mapping[str, Any], ...]
    """As its configuration tells how it was built."""
    index: RootfsIndex
    """What a container of it shows but for what the engine mounts. Inodes are negative, so that no
    file of an original has the same."""
    layer_of: Mapping[str, int]
    """Path → the layer that it comes from; 0 is the lowest."""
    content: BaseContent

    @property
    def reference(self) -> str:
        """As the user names it."""
        return self.image.reference

    @property
    def size(self) -> int:
        """Bytes of its layers."""
        return sum(layer.size for layer in self.layers)

    @cached_property
    def packages(self) -> PackageDatabase:
        """The packages of its distribution."""
        return read_packages(self.index, self.content)


def read_base(image: Original, archive: Iterable[bytes], folder: Path) -> BaseImage:
    """The base in a docker-archive, whose layers are written into `folder`.

    Raises ImageFileError for an archive that is damaged, NoSpaceError, and BaseUnfitError where
    the engine gives out other layers than it tells of.
    """
    unpacked = unpack_image(archive, f"the base {image.reference}", folder)
    if tuple(layer.digest for layer in unpacked.layers) != image.layers:
        raise BaseUnfitError(
            f"the engine gives out other layers of the base {image.reference} than it tells of",
            hint="has it changed meanwhile? run slim again",
        )
    return _base_of(image, unpacked)


def _base_of(image: Original, unpacked: UnpackedImage) -> BaseImage:
    stack = Stack()
    places: dict[int, _Place] = {}
    for number, layer in enumerate(unpacked.layers):
        stack.add(layer.content, number, {})
        places |= {
            inode: _Place(file=layer.file, start=start, size=size)
            for inode, (start, size) in layer.content.places.items()
        }
    entries = [
        replace(entry, inode=-entry.inode)
        for entry in stack.entries.values()
        if not is_engine_artefact(entry)
    ]
    return BaseImage(
        image=image,
        layers=tuple(
            Layer(
                name=LAYER,
                digest=layer.digest,
                size=layer.size,
                file=layer.file,
                entries=len(layer.content.entries),
            )
            for layer in unpacked.layers
        ),
        history=tuple(unpacked.configuration.get("history") or ()),
        index=RootfsIndex(entries),
        layer_of=stack.layer_of,
        content=BaseContent(
            {entry.path: _placed(entry, places) for entry in entries if -entry.inode in places}
        ),
    )


def _placed(entry: Entry, places: Mapping[int, _Place]) -> _Place:
    return replace(places[-entry.inode], size=entry.size)
