"""What of a container's file system is the container's own doing and not its image's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

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
    made_between: tuple[int, int] = (0, 0)
    """When the container was made and started, in nanoseconds of the clock that files have their
    times from. An image may have been built on a machine whose clock was another."""
    image_ns: int = 0
    """The time of the image's creation, which stands in for a time that is the container's."""

    def is_made(self, entry: Entry) -> bool:
        """Whether the engine made this entry for the container."""
        return entry.path in self.made and self._is_of_the_container(entry)

    def as_in_the_image(self, entry: Entry) -> Entry:
        """The entry with the time of the image's creation where its own is the container's, or
        that of something that is mounted there and is later."""
        if not self.covers(entry):
            return entry
        if self._is_of_the_container(entry):
            return replace(entry, mtime_ns=self.image_ns)
        return replace(entry, mtime_ns=min(entry.mtime_ns, self.image_ns))

    def covers(self, entry: Entry) -> bool:
        """Whether the time of this entry says nothing about the image."""
        if entry.path in self.touched:
            return True
        if not self.volumes or entry.type is not EntryType.DIRECTORY:
            return False
        return any(is_below(entry.path, volume) for volume in self.volumes)

    def _is_of_the_container(self, entry: Entry) -> bool:
        begin, end = self.made_between
        return begin <= entry.mtime_ns <= end
