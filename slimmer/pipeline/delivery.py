"""The end of a build: finished images are loaded and probed; then come files, report and tags."""

from __future__ import annotations

import dataclasses
import resource
import shutil
from collections.abc import Iterable, Mapping

from slimmer.model import CommandProbe, Measurements
from slimmer.pack import NamedImage, output_target, write_output
from slimmer.pipeline.assembly import Assembly
from slimmer.pipeline.examination import Served
from slimmer.pipeline.job import Job
from slimmer.report import (
    FinishedImage,
    ImageTest,
    Report,
    RunRecord,
    compose_report,
    write_report,
)
from slimmer.tracing import Examination
from slimmer.verify import SmokePlan, SmokeResult, load_images, raise_for_failure, smoke_test
from slimmer.workspace import explained


def verify_and_deliver(
    job: Job, examined: Examination, served: Served, assembly: Assembly
) -> Report:
    """Tags move at the very end, when nothing can go wrong any more."""
    with job.clock.stage("load"):
        loaded = load_images(job.session, assembly.images)
    with job.clock.stage("verify"):
        tests = _verify(job, loaded, examined)
    with job.clock.stage("deliver"):
        finished = _finished(job, loaded, assembly)
        record = RunRecord(
            original=job.original,
            entries=tuple(served.index),
            generated=tuple(assembly.metadata.entries.values()),
            trace=examined.trace,
            keep=assembly.metadata.keep,
            strategy=job.options.strategy,
            slim=finished["slim"],
            debug=finished.get("debug"),
            tests=(
                ImageTest(image="original", results=examined.results),
                *(
                    ImageTest(image=test.role, results=test.results, problem=test.problem)
                    for test in tests
                ),
            ),
            package=lambda path: getattr(served.packages.owner(path), "name", ""),
            notes=(*job.notes, *examined.notes),
            measurements=Measurements(
                stages=job.clock.times,
                total_seconds=job.clock.total_seconds,
                peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            ),
            artifacts=_write_files(job, finished.values(), assembly.sbom.result()),
        )
        report = write_report(compose_report(record), job.report_directory)
        for image in finished.values():
            job.session.engine.tag_image(image.id, image.reference)
    return report


def _verify(job: Job, loaded: Mapping[str, str], examined: Examination) -> list[SmokeResult]:
    """Probe all finished images side by side; raises SmokeTestError where one fails."""
    probes = tuple(result.probe for result in examined.results)
    plan = SmokePlan(
        run=job.options.run,
        probes=(*probes, *job.options.checks),
        port=examined.port,
        ports=tuple(sorted(job.ports_named(probes))),
        ready_seconds=examined.ready_seconds,
        exit_status=examined.exit_status,
    )
    shell = CommandProbe(name="a shell", command=("sh", "-c", "exit 0"))
    plans = {
        "slim": plan,
        "debug": dataclasses.replace(plan, probes=(*plan.probes, shell)),
    }
    running = [
        job.pool.submit(
            smoke_test,
            job.session,
            image,
            plans[role],
            role=role,
            done=lambda result: job.progress.probed("verify", result),
        )
        for role, image in loaded.items()
    ]
    tests = [test.result() for test in running]
    raise_for_failure(tests)
    return tests


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


def _write_files(job: Job, images: Iterable[FinishedImage], sbom: bytes) -> dict[str, str]:
    """Trace and SBOM beside the report, and what --output asks for; returns the places."""
    directory = job.report_directory
    trace, sbom_file = directory / "trace", directory / "sbom.cdx.json"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(job.trace_file, trace)
        sbom_file.write_bytes(sbom)
    except OSError as error:
        raise explained(error, directory, "--report-dir") from error
    written = {"trace": str(trace), "sbom": str(sbom_file)}
    if job.options.output:
        target = output_target(job.options.output)
        named = [NamedImage(image=each.image, reference=each.reference) for each in images]
        write_output(target, named)
        written["output"] = str(target.path)
    return written
