"""How an image did when it was run and probed."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import Annotated

from slimmer.codec import Keywords
from slimmer.values.answers import ProbeResult, Verdict


class ImageKind(enum.StrEnum):
    """The images of one build."""

    ORIGINAL = "original"
    SLIM = "slim"
    DEBUG = "debug"


@dataclass(frozen=True, kw_only=True)
class SmokeOutcome:
    """How one image did in one role."""

    image: ImageKind
    role: str = ""
    """The role of slim.yaml in which it was run; empty where the image has only one."""
    results: tuple[ProbeResult, ...]
    problem: str = ""
    """What went wrong beyond the probes (the container ended); empty where nothing did."""
    unhealthy: str = ""
    """What the HEALTHCHECK said where the engine did not call the container healthy; empty where it
    did, or was not asked."""
    logs: str = ""
    """The container's last lines."""

    @property
    def passed(self) -> bool:
        """Whether the image may be tagged."""
        return not self.problem and not self.failed

    @property
    def held_to_health(self) -> SmokeOutcome:
        """The same where it is a problem to be called unhealthy."""
        if not self.unhealthy or self.problem:
            return self
        problem = f"the engine calls it unhealthy, its HEALTHCHECK says: {self.unhealthy}"
        return replace(self, problem=problem)

    @property
    def failed(self) -> tuple[ProbeResult, ...]:
        """Of the probes, those that did not pass."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def differs_only(self) -> bool:
        """Whether it has not passed, and only because of what it answers."""
        return bool(self.failed) and not self.problem and all(map(differs, self.failed))


@dataclass(frozen=True, kw_only=True)
class Fidelity:
    """A finished image that was compared with the original, path by path, and is the same in all
    that it has."""

    image: Annotated[str, Keywords(words=(ImageKind.SLIM, ImageKind.DEBUG))]
    paths: int
    """Whose types, modes, owners, sizes, times, link targets, devices, extended attributes and
    hard links were compared."""
    files_read: int
    """Whose content was compared: of the debug image those above the slim image's layers."""
    bytes_read: int
    """Of those files, on each side."""


def differs(result: ProbeResult) -> bool:
    """Whether all that is wrong with an answer is that the original's is another one."""
    return result.comparison is not None and result.comparison.verdict is Verdict.DIFFERENT
