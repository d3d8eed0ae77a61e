"""What the report says of the difference to the one before."""

from __future__ import annotations

from dataclasses import dataclass

from slimmer.codec import Digest


@dataclass(frozen=True, kw_only=True)
class ChangedPath:
    """A path that the slim image has gained, lost, or has in another size."""

    path: str
    before: int | None
    """Bytes in the earlier image; null where that did not have it."""
    after: int | None
    """Bytes in the new image; null where that has it no more."""


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The image that the report before told of, and what is different now."""

    reference: str
    """The earlier original, as the user named it."""
    original_id: str
    original_size: int
    slim_size: int
    """Bytes of the earlier slim image, as the engine counts them."""
    layers: tuple[Digest, ...]
    """Of the earlier slim and debug image: what a registry has if those were pushed."""
    added_files: int
    added_size: int
    """Bytes of paths that only the new image has."""
    removed_files: int
    removed_size: int
    """Bytes of paths that only the earlier image had."""
    changed: tuple[ChangedPath, ...]
    """Those that make the largest differences, gained and lost ones among them."""
