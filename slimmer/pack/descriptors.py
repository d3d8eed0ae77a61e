"""An OCI image index: what an archive and a layout directory call their images by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from slimmer.pack.configuration import MANIFEST_TYPE
from slimmer.values import PackedImage

INDEX_TYPE: Final = "application/vnd.oci.image.index.v1+json"
REF_NAME: Final = "org.opencontainers.image.ref.name"
CONTAINERD_NAME: Final = "io.containerd.image.name"

LAYOUT_MARKER: Final = {"imageLayoutVersion": "1.0.0"}
"""Content of the file `oci-layout`."""


@dataclass(frozen=True, kw_only=True)
class NamedImage:
    """A packed image, and the name that it is to have where it goes."""

    image: PackedImage
    reference: str = ""
    """`NAME:TAG`; empty for an image without a name."""


def descriptor(image: PackedImage, annotations: dict[str, str]) -> dict[str, Any]:
    """The entry of one manifest in an index."""
    entry: dict[str, Any] = {
        "mediaType": MANIFEST_TYPE,
        "digest": image.manifest_digest,
        "size": len(image.manifest),
    }
    if annotations:
        entry["annotations"] = annotations
    return entry


def index(descriptors: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """An image index of these descriptors, in their order."""
    return {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": list(descriptors)}


def blob_path(digest: str) -> str:
    """Where a blob lies in a layout: `blobs/sha256/HEX`."""
    algorithm, _, digits = digest.partition(":")
    return f"blobs/{algorithm}/{digits}"
