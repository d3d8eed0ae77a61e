"""An image as files on disk."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from slimmer.values.files import Entry


class Compression(enum.Enum):
    """How layers are compressed that are handed on as files."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


@dataclass(frozen=True, kw_only=True)
class LayerPlan:
    """The entries of one layer-to-be, parents of each entry included."""

    name: str
    """`base`, `system`, `dependencies`, `application`, `debug`, `directories`."""
    entries: tuple[Entry, ...]
    """Sorted by path."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One packed layer: a tar in a file of its own, uncompressed but for what `--output` writes."""

    name: str
    digest: str
    """`sha256:…` of the file: diff_id and blob digest alike, unless it is compressed."""
    size: int
    """Bytes of the file."""
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
