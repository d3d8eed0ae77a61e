"""What came of the builds, as a value and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from slimmer.codec import Codec, Keywords

DOCUMENTS: Final = Codec()


@dataclass(frozen=True, kw_only=True)
class BuiltPlatform:
    """One platform, and how its build ended."""

    platform: str
    """`linux/arm64`."""
    image: str
    """The original."""
    exit_code: Annotated[int, Keywords(maximum=255)] = 0
    """As its `slim build` has ended."""
    problem: str = ""
    """The error's message."""
    hint: str = ""
    slim: str = ""
    """The slim image's name in its engine, as its `slim build` gave it."""
    debug: str = ""
    verification: str = ""
    """As in the report of a build; `before`: its images have passed when its trace was saved, and
    were not run."""
    size_before: int = 0
    """Bytes of the original, as its engine counts them."""
    size: int = 0
    """Bytes of the slim image."""
    notes: tuple[str, ...] = ()
    """As in the report of a build: what is worth knowing of it."""
    pushed: tuple[tuple[str, str], ...] = ()
    """(name, digest) of what its registry has."""
    report: str = ""
    """The file of its report."""
    trace: str = ""
    """The file of the trace that it was made from, or that was saved."""


@dataclass(frozen=True, kw_only=True)
class IndexOf:
    """One name for the images of all platforms."""

    reference: str
    place: str
    """The folder of the OCI layout, or the registry."""
    digest: str


@dataclass(frozen=True, kw_only=True)
class PlatformsReport:
    """What came of all of them."""

    platforms: tuple[BuiltPlatform, ...]
    """In the order in which they were named."""
    indexes: tuple[IndexOf, ...] = ()
    """None where a build has failed, or nothing but engines has the images."""

    @property
    def failed(self) -> tuple[BuiltPlatform, ...]:
        """Those that have no image."""
        return tuple(each for each in self.platforms if each.exit_code)
