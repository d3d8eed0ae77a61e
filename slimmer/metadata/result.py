"""What the stage is given and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from slimmer.files import PackageDatabase, PathGlobs, RootfsIndex
from slimmer.metadata.findings import Component
from slimmer.metadata.operating_system import OperatingSystem
from slimmer.values import Content, Entry, KeepSet

_DESCRIPTIONS = (".dist-info", ".egg-info", ".gemspec", "/vendor/composer/installed.json")


@dataclass(frozen=True, kw_only=True)
class MetadataRequest:
    """The decision so far, and what it was decided from."""

    index: RootfsIndex
    content: Content
    """The bytes of the original; fetched in three round trips at the most."""
    keep: KeepSet
    packages: PackageDatabase
    excludes: PathGlobs
    """Patterns of `--exclude`: what they cover is neither kept nor generated."""

    @cached_property
    def descriptions(self) -> Sequence[Entry]:
        """Whatever has a name that describes a package: one pass over the index for all readers."""
        return [entry for entry in self.index if entry.path.endswith(_DESCRIPTIONS)]


@dataclass(frozen=True, kw_only=True)
class PackageMetadata:
    """The decision with all packages described."""

    keep: KeepSet
    """As it was, and with further paths: of the original, and generated."""
    entries: Mapping[str, Entry]
    """Path → what slimmer generates, directories included; it takes the place of what the
    original has there."""
    content: Mapping[str, bytes]
    """Path → the bytes of each generated file."""
    components: tuple[Component, ...]
    """Sorted by type, namespace, name and version."""
    system: OperatingSystem | None
    """The distribution; None where the image names none."""

    def entry(self, original: Callable[[str], Entry | None]) -> Callable[[str], Entry | None]:
        """A look-up of entries over the generated ones, and behind them over the original's."""

        def look_up(path: str) -> Entry | None:
            return self.entries.get(path) or original(path)

        return look_up
