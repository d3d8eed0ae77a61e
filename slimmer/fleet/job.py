"""One build of a fleet, and how it ended: what travels between coordinator and workers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from slimmer.codec import Codec, Keywords
from slimmer.errors import (
    BuildLostError,
    EngineOperationError,
    EngineUnreachableError,
    NoSpaceError,
    OriginalUnreadableError,
    ServiceNotReadyError,
    TraceIncompleteError,
)
from slimmer.options import BuildOptions

RESULTS: Final = Codec()
PASSING: Final = frozenset(
    each.exit_code
    for each in (
        EngineUnreachableError,
        NoSpaceError,
        EngineOperationError,
        TraceIncompleteError,
        OriginalUnreadableError,
        ServiceNotReadyError,
        BuildLostError,
    )
)
"""Exit codes of failures that may not happen again elsewhere, or later."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a worker is asked for."""

    name: str
    """The slim image's name: no two jobs of a fleet have the same."""
    options: BuildOptions
    """Paths are absolute."""
    seconds: float
    """Until it is ended."""
    home: str = ""
    """The address of the engine that has the original and gets the result; empty: the worker's own
    engine is all that there is."""
    home_id: str = ""
    """What that engine calls itself: on another machine the same address is another engine."""
    from_saved: Path | None = None
    """A saved trace of an earlier build of the same original, used if the file is there."""


@dataclass(frozen=True, kw_only=True)
class LayerSize:
    """One layer of a slim image."""

    name: str
    """`base`, `system`, `dependencies`, `application`."""
    digest: str
    size: int
    """Bytes of the uncompressed tar."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one build ended."""

    name: str
    """The slim image's name."""
    image: str
    """The original, as the fleet names it."""
    exit_code: Annotated[int, Keywords(maximum=255)] = 0
    """As `slim build` would have ended; 0: the image is there."""
    cause: str = ""
    """What that exit code stands for."""
    problem: str = ""
    """The error's message."""
    hint: str = ""
    details: str = ""
    """The evidence below the error's message."""
    size_before: int = 0
    """Bytes of the original, as the engine counts them; 0 where that is not known."""
    size: int = 0
    """Bytes of the slim image; 0 where there is none."""
    image_id: str = ""
    """The slim image's."""
    layers: tuple[LayerSize, ...] = ()
    """Of the slim image, lowest first."""
    seconds: float = 0.0
    """From the last try's start to its end."""
    attempts: int = 1
    engine: str = ""
    """Where it was built: the address of the worker's engine."""
    report: str = ""
    """The build's own report.html, on the worker's machine; of one that has failed before it had
    any, its log."""
    notes: tuple[str, ...] = ()

    @property
    def is_built(self) -> bool:
        """Whether there is a slim image."""
        return self.exit_code == 0
