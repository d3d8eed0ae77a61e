"""An image as files on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from slimmer.values.files import Entry


@dataclass(frozen=True, kw_only=True)
class LayerPlan:
    """The entries of one layer-to-be, parents of each entry included."""

    name: str
    """`system`, `dependencies`, `application`, `debug`, `directories`."""
    entries: tuple[Entry, ...]
    """Sorted by path."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One packed layer: an uncompressed tar in a file of its own."""

    name: str
    digest: str
    """`sha256:…` of the tar; diff_id and blob digest alike, as it is not compressed."""
    size: int
    """Bytes of the tar."""
    file: Path
    entries: int
    """Number of tar entries."""


@dataclass(frozen=True, kw_only=True)
class PackedImage:
    """An image as files on disk, not yet in any engine."""

    config: bytes
    """The image configuration, canonical JSON."""
    config_digest: str
    manifest: bytes
    """The OCI image manifest, canonical JSON."""
    manifest_digest: str
    layers: tuple[Layer, ...]
    """Lowest first."""
