"""What a run found, did and measured, as one value. `report.json` is exactly this tree.

docs/report.md explains the document for its readers; report.schema.json holds it to its form.
A field that is added keeps the schema's version; one that is removed, renamed or changed in
meaning raises it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from slimmer.model import Reason, StageTime

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class OriginalSummary:
    """The image that was slimmed."""

    reference: str
    """As the user named it."""
    id: str
    architecture: str
    os: str
    size: int
    """Bytes, as the engine counts them."""
    files: int
    """Regular files, symbolic links and devices; directories are not counted."""
    layers: int


@dataclass(frozen=True, kw_only=True)
class LayerSummary:
    """One layer of a finished image."""

    name: str
    """`system`, `dependencies`, `application`, `debug`."""
    digest: str
    size: int
    """Bytes of the uncompressed tar."""
    entries: int
    """Tar entries, directories among them."""


@dataclass(frozen=True, kw_only=True)
class ImageSummary:
    """A finished image."""

    reference: str
    """The tag under which it is stored."""
    id: str
    """The engine's id of it."""
    manifest_digest: str
    """Digest of the OCI manifest, as in an OCI layout or a registry."""
    size: int
    """Bytes, as the engine counts them."""
    files: int
    layers: tuple[LayerSummary, ...]
    """Lowest first."""


@dataclass(frozen=True, kw_only=True)
class ProbeSummary:
    """What a probe got."""

    name: str
    kind: str
    """`http` or `command`."""
    request: str
    """`GET /health`, or the command's words."""
    passed: bool
    answer: str
    seconds: float
    attempts: int


@dataclass(frozen=True, kw_only=True)
class TestSummary:
    """All probes against one image."""

    __test__ = False  # pytest collects what is called Test…

    image: str
    """`original` (the traced run), `slim` or `debug`."""
    passed: bool
    problem: str = ""
    """What went wrong beyond the probes; empty where nothing did."""
    probes: tuple[ProbeSummary, ...]


@dataclass(frozen=True, kw_only=True)
class PhaseSummary:
    """One phase of the traced run."""

    name: str
    sightings: int
    """Different uses of paths that were seen in it."""


@dataclass(frozen=True, kw_only=True)
class TraceSummary:
    """What the sensor saw."""

    sources: tuple[str, ...]
    missing_sources: Mapping[str, str]
    """Source that was not available → why."""
    records: int
    phases: tuple[PhaseSummary, ...]
    exit_status: int | None
    """Of the original's command where it ended by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPath:
    """One path of the slim image, and why it is there."""

    path: str
    type: str
    """`file`, `directory`, `symlink`, `device`, `fifo`."""
    size: int
    """Bytes of content; 0 for a further name of a file that is counted already."""
    layer: str
    """The layer that it lies in; the lowest where several have it."""
    reasons: tuple[Reason, ...]
    package: str = ""
    """The distribution package that owns it; empty where none does."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Files that are named together: by package, or by directory."""

    name: str
    kept_files: int
    kept_size: int
    dropped_files: int
    dropped_size: int


@dataclass(frozen=True, kw_only=True)
class DroppedSummary:
    """What the original has and the slim image has not."""

    files: int
    size: int
    directories: tuple[Group, ...]
    """Each dropped file counts once: for the highest directory of which nothing is left, else
    for the directory that it lies in. The largest first; the rest is summed up as `…`."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything about one run."""

    slimmer_version: str
    schema_version: int = SCHEMA_VERSION
    exit_code: int = 0
    """As the process gives it: 0 when the images are tagged."""
    problem: str = ""
    """The error's message where the exit code is not 0."""
    strategy: str
    original: OriginalSummary
    slim: ImageSummary | None
    debug: ImageSummary | None
    factor: float | None
    """The original's size divided by the slim image's."""
    trace: TraceSummary
    tests: tuple[TestSummary, ...]
    notes: tuple[str, ...]
    """Sentences for the user."""
    stages: tuple[StageTime, ...]
    total_seconds: float
    peak_memory: int
    """Bytes: the highest resident set of the slimmer process."""
    artifacts: Mapping[str, str] = field(default_factory=dict)
    """What was written besides the images: `report`, `page`, `trace`, `output` → path."""
    packages: tuple[Group, ...]
    """Distribution packages, most bytes dropped first; `` for files that no package owns."""
    dropped: DroppedSummary
    excluded: tuple[str, ...]
    """Paths that were left out because of `--exclude` alone."""
    kept: tuple[KeptPath, ...]
    """Sorted by path."""
