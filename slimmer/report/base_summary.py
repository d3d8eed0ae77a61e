"""What a slim image stands on, as the report has it."""

from __future__ import annotations

from dataclasses import dataclass

from slimmer.codec import AbsolutePath, Digest
from slimmer.words import count, size


@dataclass(frozen=True, kw_only=True)
class RejectedBase:
    """A base that was named, and not taken."""

    reference: str
    why: str


@dataclass(frozen=True, kw_only=True)
class BaseSummary:
    """The base of the slim image. Links and devices count as files; sizes are bytes of content."""

    reference: str
    """As the user named it."""
    id: Digest
    layers: int
    size: int
    """Bytes of its layers, uncompressed."""
    shared_files: int
    """Kept, and in the base the same."""
    shared_size: int
    overridden_files: int
    """Kept, and in the base otherwise: the original's lie above."""
    overridden_size: int
    """Of the original's."""
    added_files: int
    """Kept, and not in the base."""
    added_size: int
    total_size: int
    """Of the base's layers, and of what is above."""
    left: tuple[AbsolutePath, ...] = ()
    """Kept, and in the base otherwise: the base's are taken, as nothing was seen to read them."""
    shadowed: tuple[str, ...] = ()
    """Libraries of the base of which the image has another version."""
    rejected: tuple[RejectedBase, ...] = ()

    @property
    def words(self) -> str:
        """One line."""
        parts = (
            ("shared", self.shared_files, self.shared_size),
            ("overridden", self.overridden_files, self.overridden_size),
            ("added", self.added_files, self.added_size),
        )
        told = " · ".join(
            f"{word} {size(number)} in {count(files, 'file')}" for word, files, number in parts
        )
        return f"on {self.reference} ({size(self.size)}): {told}"
