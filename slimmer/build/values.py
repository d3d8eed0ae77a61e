"""What the steps of a build hand to each other. No step is imported here, and at run time nothing
of the stages behind the traced run either."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from slimmer.errors import OriginalUnreadableError, SmokeTestError
from slimmer.files import PackageDatabase, Readings, RootfsIndex
from slimmer.options import Role, Verification
from slimmer.trace.run import Examination, FileServer
from slimmer.values import (
    Content,
    Entry,
    Fidelity,
    Hardening,
    ImageKind,
    KeepSet,
    LayerPlan,
    PackedImage,
    SmokeOutcome,
    Trace,
    in_role,
)

if TYPE_CHECKING:  # loaded while the engine starts containers, see loading.py
    from slimmer.base import BaseImage, Comparison, Overlay
    from slimmer.evidence import PackageUse, Uses
    from slimmer.keep import KeepRequest
    from slimmer.metadata import PackageMetadata
    from slimmer.report import BaseSummary, CoverageSummary, Inventory
    from slimmer.seccomp import ProfileInForce
    from slimmer.trace.saved import Drift, SavedTrace
    from slimmer.verify import Reference, SmokePlan
    from slimmer.verify.repair import RepairLog


@dataclass(frozen=True, kw_only=True)
class OriginalFiles:
    """The original's files, as its file server gives them."""

    server: FileServer
    """Still running, for the bytes."""
    index: RootfsIndex
    packages: PackageDatabase
    above_base: frozenset[str] | None = None
    """As in keep.KeepRequest."""
    readings: Readings = field(default_factory=Readings)
    """What decisions have read out of them so far."""

    def package_name(self, path: str) -> str:
        """The distribution package that owns the path; empty where none does."""
        return getattr(self.packages.owner(path), "name", "")


@dataclass(frozen=True, kw_only=True)
class TracedRole:
    """What the traced run of one role brought."""

    role: Role
    examination: Examination


@dataclass(frozen=True, kw_only=True)
class TraceFile:
    """The trace of a build as a file of the user's."""

    file: Path
    saved: SavedTrace
    recalled: bool
    """True where the file was read, False where this run has written it."""
    drift: tuple[Drift, ...] = ()
    """What the original has otherwise than the file, sorted by path."""


@dataclass(frozen=True, kw_only=True)
class TracedOriginal:
    """What the traced runs of all roles brought."""

    roles: tuple[TracedRole, ...]
    trace: Trace
    """Of all of them, see trace.wire.union."""
    notes: tuple[str, ...] = ()
    """Sentences for the report."""
    trace_file: TraceFile | None = None
    """None where the trace is neither saved nor read."""

    @property
    def first_probes(self) -> dict[str, str]:
        """The phase of each role's first probe → that of its boot."""
        return {
            in_role(each.role.name, result.probe.name): in_role(each.role.name, phase)
            for each in self.roles
            for result in each.examination.results[:1]
            for phase in each.examination.trace.phases[:1]
        }

    @property
    def recalled(self) -> SavedTrace | None:
        """The saved trace that stood in for the runs; None where the original was run."""
        file = self.trace_file
        return file.saved if file is not None and file.recalled else None


@dataclass(frozen=True, kw_only=True)
class DebugLayer:
    """What `pack_debug_image` needs."""

    plan: LayerPlan
    content: Content
    path_folders: tuple[str, ...] = ()
    """Folders to append to PATH."""
    foreign: frozenset[str] = frozenset()
    """Paths that are not the original's: taken from another image, or made."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is kept, before anything is made of it."""

    request: KeepRequest
    """That of the first role, whose file system, rules and options are those of all."""
    keep: KeepSet
    """The union of what all roles keep."""


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What a slim image stands on, and what it is there."""

    base: BaseImage
    overlay: Overlay
    metadata: PackageMetadata
    """With all that the base has: its paths are kept, and `entries` are as the base has them."""
    plans: tuple[LayerPlan, ...]
    """What can be seen of each of the base's layers, lowest first."""
    comparison: Comparison
    summary: BaseSummary


@dataclass(frozen=True, kw_only=True)
class Bills:
    """Bills of materials."""

    uses: Uses
    """What of the original was opened."""
    packages: Sequence[PackageUse]
    """Of the slim image."""
    slim: bytes
    """Its document, CycloneDX."""
    original: bytes
    """That of the original, which says what became of each package."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """What the report tells of the slim image, whether it passes its tests or not."""

    generated: tuple[Entry, ...]
    """As in RunRecord, like the rest."""
    of_base: tuple[Entry, ...]
    first_use: Mapping[str, str]
    coverage: CoverageSummary
    inventory: Inventory


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """Packed images and how they came about."""

    metadata: PackageMetadata
    """With the keep-set, the files that describe packages among it."""
    images: Mapping[ImageKind, PackedImage]
    plans: Mapping[ImageKind, tuple[LayerPlan, ...]]
    """Of all layers of each image, lowest first."""
    debug_layer: DebugLayer | None
    """What the debug image has above the slim one's layers."""
    bills: Future[Bills]
    """Composed beside what follows."""
    foundation: Foundation | None
    """What the images stand on; None where that is nothing."""
    dropped: Future[str]
    """What the slim image does not have, for dropped.json; composed beside what follows too, as the
    next two."""
    account: Future[Account]
    secrets: Future[tuple[tuple[str, str, int], ...]]
    """(path, what it is, number of the line) of what looks like one in a file of the slim image."""


@dataclass(frozen=True, kw_only=True)
class SmokeCase:
    """What finished images have to do in one role."""

    role: Role
    plan: SmokePlan
    reference: Reference | None = None
    """What the answers are compared with; None where they are not."""


@dataclass(frozen=True, kw_only=True)
class BuiltImages:
    """Finished images in the engine, by session names, and how they did."""

    assembly: Assembly
    loaded: Mapping[ImageKind, str]
    """The engine's id of each."""
    cases: tuple[SmokeCase, ...]
    """One for each role of the image."""
    verification: Verification
    """What the images had to do: less than asked for where no answers are known."""
    passed_before: bool
    """Whether these very images passed all this when the trace was saved. They are not examined
    again: the engine itself makes sure that it loaded what the digests say."""
    outcomes: tuple[SmokeOutcome, ...] = ()
    """One for each case and image; none where images are not run."""
    fidelity: tuple[Fidelity, ...] = ()
    """One for each image: what was found to be as it has to be."""
    failure: SmokeTestError | None = None
    """Why an image did not pass; None where all did."""
    repair: RepairLog | None = None
    """What was tried; None where the first images passed, or nothing was found to try."""


@dataclass(frozen=True, kw_only=True)
class Foresight:
    """Decisions on traces that are not complete yet, by the names of roles."""

    turn: Lock = field(default_factory=Lock)
    """Held by the one that is being made: side by side, two would read the same files."""
    last: dict[str, object] = field(default_factory=dict)
    """What stands for the decision that was begun last."""
    begun: list[Future[None]] = field(default_factory=list)
    decided: dict[str, tuple[KeepRequest, KeepSet]] = field(default_factory=dict)

    def begin(self, role: str) -> Callable[[], bool]:
        """Begin another decision; what comes back tells whether yet another one has begun."""
        mine = self.last[role] = object()
        return lambda: self.last[role] is not mine

    def wait(self) -> None:
        """Return when none is under way."""
        for each in self.begun:
            with suppress(OriginalUnreadableError):  # raised again where the file is needed
                each.result()


@dataclass(kw_only=True)
class Findings:
    """How far a build has come since the traced run: what there is to report, even if it fails."""

    traced: TracedOriginal
    files: OriginalFiles
    foresight: Foresight | None = None
    """None where nothing was traced."""
    seccomp: ProfileInForce | None = None
    """As it was in the last round; None where no profile is made."""
    decision: Decision | None = None
    """Of the last round."""
    built: BuiltImages | None = None
    """Of the last round in which images were tested."""
    hardening: tuple[Hardening, ...] = ()
    """Of each role, where it was asked for."""
