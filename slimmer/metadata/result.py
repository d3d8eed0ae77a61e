"""What the stage gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from slimmer.ecosystems import Component, Installed
from slimmer.metadata.operating_system import OperatingSystem
from slimmer.values import Entry, KeepSet


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
    installed: tuple[Installed, ...]
    """The packages of the original, those of languages first."""
    system: OperatingSystem | None
    """The distribution; None where the image names none."""

    def entry(self, original: Callable[[str], Entry | None]) -> Callable[[str], Entry | None]:
        """A look-up of entries over the generated ones, and behind them over the original's."""

        def look_up(path: str) -> Entry | None:
            return self.entries.get(path) or original(path)

        return look_up
