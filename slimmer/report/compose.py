"""The values that the stages gave → the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from slimmer import __version__
from slimmer.ecosystems import Installed
from slimmer.errors import SlimError
from slimmer.evidence import Uses
from slimmer.report.base_summary import BaseSummary
from slimmer.report.coverage_summary import CoverageSummary
from slimmer.report.growth import Earlier, growth_since
from slimmer.report.growth_summary import Growth
from slimmer.report.inventory import Inventory, take_inventory
from slimmer.report.removed import removed_packages
from slimmer.report.report import (
    DifferenceSummary,
    ImageSummary,
    KeptPath,
    LayerSummary,
    OriginalSummary,
    PhaseSummary,
    ProbeSummary,
    RepairedPath,
    RepairRoundSummary,
    RepairSummary,
    Report,
    TestSummary,
    TraceSummary,
)
from slimmer.report.seccomp_summary import seccomp_summary
from slimmer.report.trace_file_summary import TraceFileSummary
from slimmer.seccomp import ProfileInForce
from slimmer.values import (
    Entry,
    EntryType,
    ExplorationSummary,
    Fidelity,
    Hardening,
    KeepSet,
    LayerPlan,
    Measurements,
    Original,
    PackedImage,
    ProbeResult,
    SmokeOutcome,
    Strategy,
    Trace,
)
from slimmer.verify.compare import SHOWN_LINES
from slimmer.verify.repair import RepairLog


@dataclass(frozen=True, kw_only=True)
class FinishedImage:
    """An image as the engine has it."""

    reference: str
    id: str
    size: int
    """Bytes, as the engine counts them."""
    image: PackedImage
    plans: tuple[LayerPlan, ...]
    """All of its layers' plans, lowest first: for the debug image those of the slim one too."""


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """What a run leaves for its report."""

    original: Original
    entries: Collection[Entry]
    """The whole rootfs index of the original."""
    generated: Collection[Entry] = ()
    """What the slim image has from slimmer and not from the original, reasons in `keep`."""
    base: BaseSummary | None = None
    of_base: Collection[Entry] = ()
    """What the slim image has from its base and not from the original, reasons in `keep`."""
    trace: Trace
    keep: KeepSet
    installed: Sequence[Installed] = ()
    """The packages of the original, those of languages first."""
    strategy: Strategy
    slim: FinishedImage | None = None
    debug: FinishedImage | None = None
    verification: str = "content"
    """What finished images had to do: as in Report."""
    trace_file: TraceFileSummary | None = None
    coverage: CoverageSummary | None = None
    first_use: Mapping[str, str] = field(default_factory=dict)
    """Regular file of the original → the phase that used it first."""
    uses: Uses | None = None
    """What of the original was opened; None where the run did not get so far."""
    earlier: Earlier | None = None
    """What the report before said; None where there was none."""
    tests: Sequence[SmokeOutcome]
    """The traced run's first."""
    explorations: Sequence[ExplorationSummary] = ()
    seccomp: ProfileInForce | None = None
    repair: RepairLog | None = None
    """What it took until the slim image passed; None where the first one did."""
    fidelity: Sequence[Fidelity] = ()
    hardening: Sequence[Hardening] = ()
    package: Callable[[str], str] = lambda path: ""
    """The name of the distribution package that owns a path; empty where none does."""
    notes: Sequence[str] = ()
    """Of all stages; those of the keep-set are added here."""
    measurements: Measurements
    artifacts: Mapping[str, str] = field(default_factory=dict)
    next_commands: tuple[str, ...] = ()
    error: SlimError | None = None
    """Why the run failed; None where it did not."""
    inventory: Inventory | None = None
    """Taken already, of all this; None: it is taken for the report."""


def compose_report(run: RunRecord) -> Report:
    """The report of a run."""
    inventory = run.inventory or take_inventory(
        run.entries,
        run.keep,
        plans=run.slim.plans if run.slim else (),
        generated=run.generated,
        of_base=run.of_base,
        installed=run.installed,
        package=run.package,
        first_use=run.first_use,
    )
    return Report(
        slimmer_version=__version__,
        exit_code=run.error.exit_code if run.error else 0,
        problem=run.error.message if run.error else "",
        cause=run.error.cause if run.error else "",
        hint=run.error.hint if run.error else "",
        details=run.error.details if run.error else "",
        strategy=run.strategy.value,
        original=OriginalSummary(
            reference=run.original.reference,
            id=run.original.id,
            architecture=run.original.architecture,
            os=run.original.os,
            size=run.original.size,
            files=inventory.files,
            layers=len(run.original.layers),
        ),
        slim=_image(run.slim) if run.slim else None,
        debug=_image(run.debug) if run.debug else None,
        base=run.base,
        factor=round(run.original.size / run.slim.size, 2) if run.slim and run.slim.size else None,
        trace=_trace(run.trace),
        verification=run.verification,
        trace_file=run.trace_file,
        ecosystems=removed_packages(run.installed, run.uses),
        heavy=run.keep.heavy,
        unstartable=run.keep.unstartable,
        coverage=run.coverage,
        tests=tuple(_test(test) for test in run.tests),
        explorations=tuple(run.explorations),
        seccomp=seccomp_summary(run.seccomp, run.trace.calls) if run.seccomp else None,
        repair=_repair(run.repair) if run.repair else None,
        fidelity=tuple(run.fidelity),
        hardening=tuple(run.hardening),
        notes=tuple(dict.fromkeys((*run.notes, *run.keep.notes))),
        stages=run.measurements.stages,
        total_seconds=run.measurements.total_seconds,
        peak_memory=run.measurements.peak_memory,
        artifacts=dict(run.artifacts),
        next_commands=run.next_commands,
        packages=inventory.packages,
        dropped=inventory.dropped,
        areas=inventory.areas,
        unused_packages=inventory.unused_packages,
        language_packages=inventory.language_packages,
        growth=_growth(run, inventory.kept),
        excluded=run.keep.excluded,
        kept=inventory.kept,
    )


def _growth(run: RunRecord, kept: Sequence[KeptPath]) -> Growth | None:
    if run.slim is None or run.earlier is None:
        return None
    return growth_since(
        run.earlier, ((each.path, each.size) for each in kept if each.type != "directory")
    )


def _image(finished: FinishedImage) -> ImageSummary:
    files = {
        entry.path
        for plan in finished.plans
        for entry in plan.entries
        if entry.type is not EntryType.DIRECTORY
    }
    return ImageSummary(
        reference=finished.reference,
        id=finished.id,
        manifest_digest=finished.image.manifest_digest,
        size=finished.size,
        files=len(files),
        layers=tuple(
            LayerSummary(
                name=layer.name, digest=layer.digest, size=layer.size, entries=layer.entries
            )
            for layer in finished.image.layers
        ),
    )


def _trace(trace: Trace) -> TraceSummary:
    sightings = Counter(sighting.phase for sighting in trace.sightings)
    return TraceSummary(
        sources=tuple(sorted(source.value for source in trace.sources)),
        missing_sources={
            source.value: reason
            for source, reason in sorted(
                trace.missing_sources.items(), key=lambda item: item[0].value
            )
        },
        records=trace.records,
        phases=tuple(PhaseSummary(name=name, sightings=sightings[name]) for name in trace.phases),
        exit_status=trace.exit_status,
    )


def _test(outcome: SmokeOutcome) -> TestSummary:
    return TestSummary(
        image=outcome.image.value,
        role=outcome.role,
        passed=outcome.passed,
        problem=outcome.problem,
        log="" if outcome.passed else outcome.logs,
        probes=tuple(_probe(result) for result in outcome.results),
    )


def _repair(log: RepairLog) -> RepairSummary:
    return RepairSummary(
        rounds=tuple(
            RepairRoundSummary(
                problem=each.problem, paths=tuple(repair.path for repair in each.repairs)
            )
            for each in log.rounds
        ),
        paths=tuple(
            RepairedPath(
                path=repair.path, detail=repair.detail, lasting=log.lasting.get(repair.path, "")
            )
            for repair in log.repairs
        ),
    )


def _probe(result: ProbeResult) -> ProbeSummary:
    probe = result.probe
    comparison = result.comparison
    return ProbeSummary(
        name=probe.name,
        kind=probe.kind,
        request=probe.request,
        passed=result.passed,
        answer=result.answer,
        seconds=result.seconds,
        attempts=result.attempts,
        compared=comparison.verdict.value if comparison else "",
        unstable=comparison.unstable if comparison else (),
        differences=tuple(
            DifferenceSummary(part=each.part, lines=each.lines[:SHOWN_LINES])
            for each in (comparison.differences if comparison else ())
        ),
    )
