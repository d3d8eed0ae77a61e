"""What the report says of a build's saved trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from slimmer.codec import Keywords
from slimmer.trace.saved import Change


@dataclass(frozen=True, kw_only=True)
class DriftedPath:
    """A seen path that is not what it was when its trace was saved."""

    path: str
    change: Annotated[str, Keywords(words=tuple(each.value for each in Change))]
    """`gone`, `new` (looked for in vain before), `type` or `content`."""
    layer: str = ""
    """The slim image's layer for it: `system`, `dependencies` or `application`; empty in reports
    of before."""


@dataclass(frozen=True, kw_only=True)
class UnstablePath:
    """A path that is kept only because some of a trace's runs saw it, and not all."""

    path: str
    runs: int


@dataclass(frozen=True, kw_only=True)
class TraceFileSummary:
    """The saved trace of a build."""

    path: str
    recalled: bool
    """True where the build was made from it, False where the build has saved it."""
    passed: bool
    """Whether the images, digest for digest, passed when the trace was saved, and were not run."""
    runs: int
    """Traced runs that it is the union of."""
    drift: tuple[DriftedPath, ...]
    unstable: tuple[UnstablePath, ...]
