"""Images as files, read in one pass: docker-archives, OCI layouts, and an engine's stream."""

from slimmer.image.archive.archive import (
    ImageContent,
    is_image_file,
    read_image_file,
    read_image_stream,
)
from slimmer.image.archive.compression import compressed
from slimmer.image.archive.layer import Inspector, LayerContent
from slimmer.image.archive.manifest import Choice
from slimmer.image.archive.unpacking import UnpackedImage, UnpackedLayer, unpack_image

__all__ = [
    "Choice",
    "ImageContent",
    "Inspector",
    "LayerContent",
    "UnpackedImage",
    "UnpackedLayer",
    "compressed",
    "is_image_file",
    "read_image_file",
    "read_image_stream",
    "unpack_image",
]
