"""The end of a build: files, report and tags of images that have passed."""

from __future__ import annotations

import dataclasses
import resource
import shutil
from collections.abc import Iterable, Mapping

from slimmer.model import Measurements
from slimmer.pack import NamedImage, output_target, write_output
from slimmer.pipeline.assembly import Assembly
from slimmer.pipeline.examination import Served
from slimmer.pipeline.job import Job
from slimmer.pipeline.trace_file import (
    FiledExamination,
    results_of_original,
    save_repairs,
    unstable_paths,
)
from slimmer.pipeline.verification import Verified
from slimmer.report import (
    DROPPED_NAME,
    CoverageSummary,
    DriftedPath,
    FidelitySummary,
    FinishedImage,
    ImageTest,
    Report,
    RunRecord,
    TraceFileSummary,
    UnstablePath,
    compose_report,
    measure_coverage,
    write_report,
)
from slimmer.tracing import Examination
from slimmer.workspace import explained


def deliver(job: Job, examined: Examination, served: Served, verified: Verified) -> Report:
    """Tags move at the very end, when nothing can go wrong any more."""
    assembly, loaded = verified.assembly, verified.loaded
    with job.clock.stage("deliver"):
        finished = _finished(job, loaded, assembly)
        record = RunRecord(
            original=job.original,
            entries=tuple(served.index),
            generated=tuple(assembly.metadata.entries.values()),
            trace=examined.trace,
            trace_file=_trace_file(examined, served, assembly),
            coverage=_coverage(examined, served, assembly),
            keep=assembly.metadata.keep,
            strategy=job.options.strategy,
            slim=finished["slim"],
            debug=finished.get("debug"),
            verification=verified.verification.value,
            tests=(
                ImageTest(image="original", results=results_of_original(examined)),
                *(
                    ImageTest(image=test.role, results=test.results, problem=test.problem)
                    for test in verified.tests
                ),
            ),
            repair=verified.repair,
            fidelity=tuple(
                FidelitySummary(**dataclasses.asdict(each)) for each in verified.fidelity
            ),
            package=served.package_name,
            notes=(*job.notes, *examined.notes),
            measurements=Measurements(
                stages=job.clock.times,
                total_seconds=job.clock.total_seconds,
                peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            ),
            artifacts=_write_files(job, finished.values(), assembly),
        )
        if verified.repair is not None:
            save_repairs(examined, verified.repair.repairs)
        report = write_report(compose_report(record), job.report_directory)
        for image in finished.values():
            job.session.engine.tag_image(image.id, image.reference)
    return report


def _coverage(examined: Examination, served: Served, assembly: Assembly) -> CoverageSummary:
    return measure_coverage(
        examined.trace,
        assembly.metadata.keep,
        served.index,
        lambda path: getattr(served.packages.owner(path), "name", ""),
        [result.probe.name for result in examined.results],
    )


def _trace_file(
    examined: Examination, served: Served, assembly: Assembly
) -> TraceFileSummary | None:
    if not isinstance(examined, FiledExamination):
        return None
    unstable = unstable_paths(examined.saved, served.index, assembly.metadata.keep)
    return TraceFileSummary(
        path=str(examined.file),
        recalled=examined.recalled,
        runs=examined.saved.runs,
        drift=tuple(
            DriftedPath(path=each.path, change=each.change.value) for each in examined.drift
        ),
        unstable=tuple(UnstablePath(path=path, runs=runs) for path, runs in unstable.items()),
    )


def _finished(job: Job, loaded: Mapping[str, str], assembly: Assembly) -> dict[str, FinishedImage]:
    names = {"slim": job.slim_name, "debug": job.debug_name}
    return {
        role: FinishedImage(
            reference=names[role],
            id=identity,
            size=int(job.session.engine.inspect_image(identity)["Size"]),
            image=assembly.images[role],
            plans=assembly.plans[role],
        )
        for role, identity in loaded.items()
    }


def _write_files(job: Job, images: Iterable[FinishedImage], assembly: Assembly) -> dict[str, str]:
    """What lies beside the report, and what --output asks for; returns the places."""
    directory = job.report_directory
    trace, sbom_file = directory / "trace", directory / "sbom.cdx.json"
    dropped = directory / DROPPED_NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if job.options.from_trace is None:
            shutil.copyfile(job.trace_file, trace)
        sbom_file.write_bytes(assembly.sbom.result())
        dropped.write_text(assembly.dropped.result(), "ascii")
    except OSError as error:
        raise explained(error, directory, "--report-dir") from error
    written = {"sbom": str(sbom_file), "dropped": str(dropped)}
    if job.options.from_trace is None:
        written = {"trace": str(trace), **written}
    if job.options.output:
        target = output_target(job.options.output)
        named = [NamedImage(image=each.image, reference=each.reference) for each in images]
        write_output(target, named)
        written["output"] = str(target.path)
    return written
