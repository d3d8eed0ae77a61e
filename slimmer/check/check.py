"""The order of a check: read the image once, ask every gate, explain what was too large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from slimmer import __version__
from slimmer.check.document import (
    ERROR,
    FAIL,
    PASS,
    CheckDocument,
    GateResult,
    Growth,
    Judgement,
    SizeExplanation,
    StrategySize,
)
from slimmer.check.gate import Gate
from slimmer.check.gates import GATES
from slimmer.check.growth import growth_of
from slimmer.check.largest import FileShare, by_strategy, explain_size
from slimmer.check.settings import CheckSettings
from slimmer.check.strategies import sizes_by_strategy
from slimmer.check.subject import Inputs, Subject
from slimmer.errors import ReportMismatchError, SlimError
from slimmer.explain import ReadImage, found_report, read_image, used_of_report, used_of_trace
from slimmer.image.archive import Choice
from slimmer.report import SavedReport, read_report
from slimmer.trace.saved import read_saved_trace
from slimmer.values import Strategy
from slimmer.xray import Inspection, Used, examine_paths


def check_image(reference: str, settings: CheckSettings, choice: Choice) -> CheckDocument:
    """Hold an image, or an archive, to the gates. What a gate cannot measure is in its result.

    Raises SlimError where the image itself, the trace or the report cannot be read: TraceDriftError
    and ReportMismatchError for those of another image.
    """
    inputs = _inputs(settings.inputs, choice.platform)
    # What is named first is read first: it may be wrong, and an image takes its time.
    trace = read_saved_trace(inputs.trace) if inputs.trace else None
    report = read_report(inputs.report) if inputs.report else None
    image = read_image(reference, choice, Inspection())
    used: Used | None = None
    if report is not None:
        _require_own(reference, image, report)
    else:
        # Of the build that made the image, else of the one that took it as the original.
        report = found_report(image, ("slim", "debug"), ("original",))
    if inputs.trace and trace is not None:
        used = used_of_trace(reference, image, inputs.trace, trace)
    elif report is not None:
        used = used_of_report(report)
    subject = Subject(
        reference=reference,
        image=image,
        examination=examine_paths(image.content, reference, source=image.source, used=used),
        inputs=inputs,
        report=report,
    )
    return _judged(subject, settings.limits)


def _inputs(told: Mapping[str, object], platform: str) -> Inputs:
    fields = {name.replace("-", "_"): value for name, value in told.items()}
    return Inputs(**fields, platform=platform)  # type: ignore[arg-type]


def _require_own(reference: str, image: ReadImage, report: SavedReport) -> None:
    known = {report.original.id, report.slim.id, *([report.debug.id] if report.debug else [])}
    if not known & image.ids:
        raise ReportMismatchError(
            f"the report {report.file} is of another build: it tells of {report.slim.reference} "
            f"and {report.original.reference}, and {reference} is {image.content.id[:19]}",
            hint="name the report of the build that made this image, or leave --report out",
        )


def _judged(subject: Subject, limits: Mapping[str, object]) -> CheckDocument:
    results = tuple(
        result
        for gate in GATES
        if gate.name in limits
        for result in _ask(gate, limits[gate.name], subject)
    )
    names = {gate.name for gate in GATES if gate.is_of_size}
    too_large = any(each.status == FAIL and each.gate in names for each in results)
    growth, note = _growth(subject)
    if any(gate.needs == "baseline" and gate.name in limits for gate in GATES):
        note = ()  # the gate says it
    return CheckDocument(
        slimmer_version=__version__,
        image=subject.xray.image,
        passed=all(each.status == PASS for each in results),
        gates=results,
        growth=growth,
        explanation=_explanation(subject) if too_large else None,
        packages=subject.xray.packages,
        unpackaged=subject.xray.unpackaged,
        notes=(*subject.xray.notes, *note),
    )


def _ask(gate: Gate, limit: object, subject: Subject) -> Iterator[GateResult]:
    """All that the gate has to say. An error ends what it says, and is no pass."""
    number = 0
    try:
        for judgement in gate.judge(limit, subject):
            number += 1
            yield _result(gate, judgement)
    except SlimError as error:
        message = "; ".join(filter(None, (error.message, error.details)))
        yield _result(gate, Judgement(status=ERROR, limit="", problem=message, hint=error.hint))
        return
    if not number:
        yield _result(gate, Judgement(status=ERROR, limit="", problem="nothing was measured"))


def _result(gate: Gate, judgement: Judgement) -> GateResult:
    return GateResult(gate=gate.name, title=gate.title, **vars(judgement))


def _growth(subject: Subject) -> tuple[Growth | None, tuple[str, ...]]:
    """Beside the baseline, whether a gate asks for it or not."""
    if subject.inputs.baseline is None:
        return None, ()
    try:
        return growth_of(subject.xray, subject.baseline), ()
    except SlimError as error:
        return None, (f"There is nothing to compare with: {error.message}.",)


def _explanation(subject: Subject) -> SizeExplanation:
    examination, usage = subject.examination, subject.xray.usage
    owners, used = examination.packages.owners, examination.used
    shares = (
        FileShare(
            path=path,
            size=size,
            package=(owner.type, f"{owner.name} {owner.version}".strip()) if owner else None,
            used=None if used is None else path in used,
        )
        for path, size in examination.sizes.items()
        for owner in (owners.get(path),)
    )
    return explain_size(
        shares, usage=usage.source if usage else "", strategies=_strategies(subject)
    )


def _strategies(subject: Subject) -> tuple[StrategySize, ...]:
    """What the report knows: of the original, what was made of it; of the slim image, what a
    stricter strategy would have kept."""
    report = subject.report
    if report is None:
        return ()
    kept = {path: fate for path, fate in report.fates.items() if fate.kept}
    estimates = by_strategy(
        sizes_by_strategy(
            Strategy(report.strategy),
            {path: fate.reasons for path, fate in kept.items()},
            {path: fate.size for path, fate in kept.items()},
        )
    )
    if subject.is_result:
        return estimates
    built = StrategySize(strategy=report.strategy, size=report.slim.size, is_estimate=False)
    return (*estimates, built)
