"""The end of a build: files, report and tags of images that have passed."""

from __future__ import annotations

import dataclasses
import resource
import shutil
from collections.abc import Iterable, Mapping

from slimmer.build.assemble import Assembly
from slimmer.build.examine import Served
from slimmer.build.job import Job
from slimmer.build.known_results import what_passed
from slimmer.build.roles import Examined
from slimmer.build.trace_file import results_of_original, save_outcome, unstable_paths
from slimmer.build.verify import Tested, Verified
from slimmer.pack import NamedImage, output_target, write_output
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
from slimmer.values import Measurements, in_role
from slimmer.workspace import explained


def deliver(job: Job, examined: Examined, served: Served, verified: Verified) -> Report:
    """Tags move at the very end, when nothing can go wrong any more."""
    assembly, loaded = verified.assembly, verified.loaded
    with job.clock.stage("deliver"):
        finished = _finished(job, loaded, assembly)
        record = RunRecord(
            original=job.original,
            entries=tuple(served.index),
            generated=tuple(assembly.metadata.entries.values()),
            trace=examined.trace,
            trace_file=_trace_file(examined, served, verified),
            coverage=_coverage(examined, served, assembly),
            keep=assembly.metadata.keep,
            strategy=job.options.strategy,
            slim=finished["slim"],
            debug=finished.get("debug"),
            verification=verified.verification.value,
            tests=(
                *(
                    ImageTest(image="original", role=role.name, results=results)
                    for role, results in results_of_original(examined)
                ),
                *(_image_test(tested) for tested in verified.tests),
            ),
            explorations=tuple(
                dataclasses.replace(summary, role=each.role.name)
                for each in examined.roles
                for summary in each.examination.explored
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
        save_outcome(
            examined,
            verified.repair.repairs if verified.repair is not None else (),
            what_passed(job, assembly.images, verified.trials),
        )
        report = write_report(compose_report(record), job.report_directory)
        for image in finished.values():
            job.session.engine.tag_image(image.id, image.reference)
    return report


def _image_test(tested: Tested) -> ImageTest:
    result = tested.result
    return ImageTest(
        image=result.role,
        role=tested.trial.role.name,
        results=result.results,
        problem=result.problem,
    )


def _coverage(examined: Examined, served: Served, assembly: Assembly) -> CoverageSummary:
    return measure_coverage(
        examined.trace,
        assembly.metadata.keep,
        served.index,
        lambda path: getattr(served.packages.owner(path), "name", ""),
        _first_phases(examined),
    )


def _first_phases(examined: Examined) -> dict[str, str]:
    """The phase of each role's first probe → that of its boot."""
    return {
        in_role(each.role.name, result.probe.name): in_role(each.role.name, phase)
        for each in examined.roles
        for result in each.examination.results[:1]
        for phase in each.examination.trace.phases[:1]
    }


def _trace_file(examined: Examined, served: Served, verified: Verified) -> TraceFileSummary | None:
    filed = examined.filed
    if filed is None:
        return None
    unstable = unstable_paths(filed.saved, served.index, verified.assembly.metadata.keep)
    return TraceFileSummary(
        path=str(filed.file),
        recalled=filed.recalled,
        passed=verified.passed_before,
        runs=filed.saved.runs,
        drift=tuple(DriftedPath(path=each.path, change=each.change.value) for each in filed.drift),
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
    sbom_file = directory / "sbom.cdx.json"
    traces = [job.trace_file(role) for role in job.options.all_roles]
    dropped = directory / DROPPED_NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if job.options.from_trace is None:
            for trace in traces:
                shutil.copyfile(trace, directory / trace.name)
        sbom_file.write_bytes(assembly.sbom.result())
        dropped.write_text(assembly.dropped.result(), "ascii")
    except OSError as error:
        raise explained(error, directory, "--report-dir") from error
    written = {"sbom": str(sbom_file), "dropped": str(dropped)}
    if job.options.from_trace is None:
        written = {trace.name: str(directory / trace.name) for trace in traces} | written
    if job.options.output:
        target = output_target(job.options.output)
        named = [NamedImage(image=each.image, reference=each.reference) for each in images]
        write_output(target, named)
        written["output"] = str(target.path)
    return written
