"""Which paths each layer of an image has, read off the image as the engine hands it out."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.errors import ImageFileError


def layer_paths(archive: Iterable[bytes]) -> list[frozenset[str]]:
    """The absolute paths of each layer of a docker-archive, lowest first: files, links and
    directories, and not what it removes. Reads the stream once, and keeps no content.

    Empty where the archive is none, or is damaged.
    """
    from slimmer.image.archive import read_image_stream  # as slow as all else that asks for names

    try:
        image = read_image_stream(archive, "the image")
    except ImageFileError:
        return []
    return [frozenset(layer.entries) for layer in image.layers]
