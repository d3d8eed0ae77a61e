"""What `slim lint` found, as one value. `slim lint --format json` prints exactly this tree.

docs/lint.md explains it for its readers; docs/schemas has its form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from slimmer import __version__
from slimmer.codec import Codec, Keywords
from slimmer.lint.finding import Finding, is_at_least

SCHEMA_VERSION: Final = 1
_DOCUMENTS: Final = Codec()


@dataclass(frozen=True, kw_only=True)
class Weight:
    """A file of the context, or a folder of it."""

    path: str
    """Below the context; a folder ends in `/`."""
    size: int
    """Bytes."""


@dataclass(frozen=True, kw_only=True)
class ContextFacts:
    """What the build is sent."""

    folder: str
    ignore_file: str = ""
    """The one that counts; empty where there is none."""
    size: int
    """Bytes of all files that the ignore file leaves in."""
    files: int
    largest: tuple[Weight, ...]
    """At most ten, the largest first."""


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Lines of the Dockerfile."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class HadolintFacts:
    """What hadolint had to do with it."""

    state: Annotated[str, Keywords(words=("ran", "missing", "off"))]
    """`off`: --no-hadolint."""
    unseen: tuple[Lines, ...] = ()
    """What it could not read, and so says nothing of."""


@dataclass(frozen=True, kw_only=True)
class LintedFile:
    """One Dockerfile."""

    path: str
    """As the user named it; `-` is stdin."""
    findings: tuple[Finding, ...]
    """By line."""
    ignored: int = 0
    """How many more there are that comments or options tell to ignore."""
    context: ContextFacts | None = None
    """Null where it came from stdin without --context."""
    hadolint: HadolintFacts
    notes: tuple[str, ...] = ()
    """Sentences on what could not be looked at."""


@dataclass(frozen=True, kw_only=True)
class LintReport:
    """What `slim lint` found."""

    slimmer_version: str = __version__
    schema_version: Annotated[int, Keywords(minimum=1, maximum=SCHEMA_VERSION)] = SCHEMA_VERSION
    threshold: Annotated[str, Keywords(words=("error", "warning", "info", "style", "none"))]
    """From which severity on findings make the command fail."""
    files: tuple[LintedFile, ...]

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings for which the command fails."""
        return tuple(
            finding
            for file in self.files
            for finding in file.findings
            if is_at_least(finding.severity, self.threshold)
        )


def json_lines(report: LintReport) -> Iterator[str]:
    """The document as JSON text (ASCII), in pieces."""
    return _DOCUMENTS.lines(report)
