"""What of a container's file system is the container's own doing and not its image's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from slimmer.files.paths import is_below
from slimmer.values import Entry, EntryType


@dataclass(frozen=True, kw_only=True)
class ContainerMarks:
    """What is of the container in which an index was taken, modification times above all."""

    touched: Collection[str] = frozenset()
    """Where the engine makes mount points."""
    made: Collection[str] = frozenset()
    """What the engine makes for every container of an image that has none."""
    volumes: tuple[str, ...] = ()
    """Trees that the engine copies for every container: directories get the time of the copy."""
    latest_ns: int = 0
    """The time of the image's creation, which stands in for such a time when that is later."""

    def is_made(self, entry: Entry) -> bool:
        """Whether the engine made this entry: an image's own is not later than the image."""
        return entry.path in self.made and entry.mtime_ns > self.latest_ns

    def covers(self, entry: Entry) -> bool:
        """Whether the time of this entry says nothing about the image."""
        if entry.path in self.touched:
            return True
        if not self.volumes or entry.type is not EntryType.DIRECTORY:
            return False
        return any(is_below(entry.path, volume) for volume in self.volumes)
