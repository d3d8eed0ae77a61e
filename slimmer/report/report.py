"""What a run found, did and measured, as one value. `report.json` is exactly this tree.

docs/report.md explains the document for its readers; docs/schemas has its form.
A field that is added keeps the schema's version; one that is removed, renamed or changed in
meaning raises it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from slimmer.codec import AbsolutePath, Digest, Keywords
from slimmer.report.areas import Area
from slimmer.report.base_summary import BaseSummary
from slimmer.report.coverage_summary import CoverageSummary
from slimmer.report.growth_summary import Growth
from slimmer.report.language_packages import LanguagePackage
from slimmer.report.removed import EcosystemSummary
from slimmer.report.seccomp_summary import SeccompSummary
from slimmer.report.trace_file_summary import TraceFileSummary
from slimmer.report.unused_packages import UnusedPackage
from slimmer.values import (
    ExplorationSummary,
    Fidelity,
    Hardening,
    HeavyOmission,
    Reason,
    Source,
    StageTime,
    Strategy,
    Unstartable,
    Verdict,
)

SCHEMA_VERSION: Final = 1
PATH_TYPES: Final = ("file", "directory", "symlink", "device", "fifo", "socket")


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
    """`base`, `system`, `dependencies`, `application`, `debug`, `directories`."""
    digest: Digest
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
    manifest_digest: Digest
    """Digest of the OCI manifest, as in an OCI layout or a registry."""
    size: int
    """Bytes, as the engine counts them."""
    files: int
    layers: tuple[LayerSummary, ...]
    """Lowest first."""


@dataclass(frozen=True, kw_only=True)
class PushedImage:
    """A finished image that a registry has."""

    reference: str
    """Its name there."""
    digest: Digest
    """Of its manifest there. The engine compresses layers, so it differs from `manifest_digest`."""


@dataclass(frozen=True, kw_only=True)
class DifferenceSummary:
    """One part of an answer that is not the original's."""

    part: str
    """`status`, `header Content-Type`, `body`, `exit status`, `stdout`, `stderr`."""
    lines: tuple[str, ...]
    """As in a unified diff, `…` for what differs each time; the first ones."""


@dataclass(frozen=True, kw_only=True)
class ProbeSummary:
    """What a probe got."""

    name: str
    kind: str
    """What a plan calls such a step (`http`, `exec`, …), or `replay`: requests that a crawl or an
    API description brought."""
    request: str
    """`GET /health`, the command's words, what is sent, looked for or signalled, or how many
    requests."""
    passed: bool
    answer: str
    seconds: float
    attempts: int
    compared: Annotated[str, Keywords(words=tuple(each.value for each in Verdict))] = ""
    """`same`, `alike` (where the original answers the same each time), `incomparable` (it hardly
    ever does), `different`, `unknown`; empty where the answer was not held against the
    original's."""
    unstable: tuple[str, ...] = ()
    """Parts in which the original's own answers differ."""
    differences: tuple[DifferenceSummary, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TestSummary:
    """All probes against one image."""

    __test__ = False  # pytest collects what is called Test…

    image: Annotated[str, Keywords(words=("original", "slim", "debug"))]
    """`original` is the traced run."""
    role: str = ""
    """In which of the image's roles; empty where it has one."""
    passed: bool
    problem: str = ""
    """What went wrong beyond the probes; empty where nothing did."""
    log: str = ""
    """The container's last lines where the test failed."""
    probes: tuple[ProbeSummary, ...]


@dataclass(frozen=True, kw_only=True)
class RepairRoundSummary:
    """One smoke test that failed, and what was added because of it."""

    problem: str
    """How the slim image failed."""
    paths: tuple[AbsolutePath, ...]
    """Added for the next try; none where the image passed under the sensor."""


@dataclass(frozen=True, kw_only=True)
class RepairedPath:
    """A path that the slim image has because it was seen to miss it."""

    path: AbsolutePath
    detail: str
    """Who missed it, and when."""
    lasting: str
    """The option of `slim build` that keeps it from the first try on."""


@dataclass(frozen=True, kw_only=True)
class RepairSummary:
    """What was tried to make the slim image pass."""

    rounds: tuple[RepairRoundSummary, ...]
    paths: tuple[RepairedPath, ...]


@dataclass(frozen=True, kw_only=True)
class PhaseSummary:
    """One phase of the traced run."""

    name: str
    sightings: int
    """Different uses of paths that were seen in it."""


@dataclass(frozen=True, kw_only=True)
class TraceSummary:
    """What the sensor saw."""

    sources: tuple[Annotated[str, Keywords(words=tuple(each.value for each in Source))], ...]
    missing_sources: Mapping[str, str]
    """Source that was not available → why."""
    records: int
    phases: tuple[PhaseSummary, ...]
    exit_status: int | None
    """Of the original's command where it ended by itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPath:
    """One path of the slim image, and why it is there."""

    path: AbsolutePath
    type: Annotated[str, Keywords(words=PATH_TYPES)]
    size: int
    """Bytes of content; 0 for a further name of a file that is counted already."""
    layer: str
    """The layer that it lies in; the lowest where several have it."""
    reasons: Annotated[tuple[Reason, ...], Keywords(items=1)]
    package: str = ""
    """The distribution package that owns it; empty where none does."""
    target: str = ""
    """The text of a symbolic link; empty for other types."""
    origin: str = ""
    """`slimmer` for what it made, `base` for what lies in the base and is not the original's; empty
    for what is the original's."""
    phase: str = ""
    """The first phase that used the regular file; empty where none did, and for other types. A
    first probe counts as boot."""


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
    """The version of slimmer that wrote the report."""
    schema_version: Annotated[int, Keywords(minimum=SCHEMA_VERSION, maximum=SCHEMA_VERSION)] = (
        SCHEMA_VERSION
    )
    """Raised when a field is removed, renamed or changed in meaning."""
    exit_code: Annotated[int, Keywords(maximum=255)] = 0
    """As the process gives it: 0 when the images are tagged."""
    problem: str = ""
    """The error's message where the exit code is not 0."""
    cause: str = ""
    """What that exit code stands for."""
    hint: str = ""
    """What the error says to do next."""
    details: str = ""
    """The evidence below the error's message."""
    strategy: Annotated[str, Keywords(words=tuple(each.value for each in Strategy))]
    """How much was kept around what was seen."""
    original: OriginalSummary
    slim: ImageSummary | None
    debug: ImageSummary | None
    pushed: tuple[PushedImage, ...] = ()
    """What was pushed, the slim image first."""
    base: BaseSummary | None = None
    """What the images stand on; None where that is nothing."""
    factor: float | None
    """The original's size divided by the slim image's."""
    trace: TraceSummary
    verification: Annotated[str, Keywords(words=("content", "status", "off", "impossible"))]
    """What finished images had to do: answer as the original, pass the probes, or nothing."""
    trace_file: TraceFileSummary | None
    """The saved trace that was written or read; None where there is none."""
    ecosystems: tuple[EcosystemSummary, ...] = ()
    """What was removed of the packages that the original has, those of languages first."""
    heavy: tuple[HeavyOmission, ...] = ()
    """What may be needed and was dropped for its size, the largest first."""
    unstartable: tuple[Unstartable, ...] = ()
    """Kept programs and libraries that cannot start or be loaded without what is not kept."""
    coverage: CoverageSummary | None
    """What the probes reached; None where no run got that far."""
    tests: tuple[TestSummary, ...]
    """The traced run of the original first, then the smoke tests."""
    explorations: tuple[ExplorationSummary, ...] = ()
    """What was found out on the running original."""
    seccomp: SeccompSummary | None = None
    """The profile that the images were tested under; None where none was made."""
    repair: RepairSummary | None = None
    """What was tried where the first slim image failed; None where it passed."""
    fidelity: tuple[Fidelity, ...] = ()
    """One for each finished image."""
    hardening: tuple[Hardening, ...] = ()
    """The fewest rights that the slim image was found to pass with, role by role; none where they
    were not looked for."""
    notes: tuple[str, ...]
    """Sentences for the user."""
    stages: tuple[StageTime, ...]
    """In the order in which they ended."""
    total_seconds: float
    """From start to end; less than the sum of the stages where they overlapped."""
    peak_memory: int
    """Bytes: the highest resident set of the slimmer process."""
    artifacts: Mapping[str, str] = field(default_factory=dict)
    """What was written besides the images: `report`, `dropped`, `trace`, `output`, … → path."""
    next_commands: tuple[str, ...] = ()
    """What may be typed next; empty where no image was made. `…` stands for options of the run."""
    packages: tuple[Group, ...]
    """Distribution packages, most bytes dropped first; `` for files that no package owns."""
    dropped: DroppedSummary
    areas: tuple[Area, ...] = ()
    """Parts of the original, divided in several ways, with what was used, kept and dropped of each;
    small ones are left out."""
    unused_packages: tuple[UnusedPackage, ...] = ()
    """Packages of languages of which nothing was used: declared ones first, then the largest."""
    language_packages: tuple[LanguagePackage, ...] = ()
    """Where the original's packages of languages lie; none in reports of before."""
    growth: Growth | None = None
    """What is different from the report that was in the folder before; null where none was."""
    excluded: tuple[AbsolutePath, ...]
    """Paths that were left out because of `--exclude` alone."""
    kept: tuple[KeptPath, ...]
    """Sorted by path."""
