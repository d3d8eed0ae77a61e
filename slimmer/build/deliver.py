"""The end of a build: files, report and tags of images that have passed; and the report of a build
that failed."""

from __future__ import annotations

import contextlib
import dataclasses
import resource
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from slimmer.build.concealing import concealed_hardening, concealed_outcome
from slimmer.build.evidence import write_evidence
from slimmer.build.job import Job
from slimmer.build.known_results import what_passed
from slimmer.build.next_steps import next_commands
from slimmer.build.provenance import NAMES as PROVENANCE_NAMES
from slimmer.build.provenance import provenance_of
from slimmer.build.trace_file import results_of_original, save_outcome, unstable_paths
from slimmer.build.values import Assembly, BuiltImages, Findings, OriginalFiles, TracedOriginal
from slimmer.disk import StagedFiles, files_beside
from slimmer.ecosystems import Installed
from slimmer.errors import SlimError
from slimmer.evidence import ORIGINAL_SBOM_NAME, SBOM_NAME, SPDX_NAME
from slimmer.interruption import disarm, uninterrupted
from slimmer.pack import (
    Attachment,
    NamedImage,
    output_target,
    with_compressed_layers,
    write_output,
)
from slimmer.report import (
    DROPPED_NAME,
    JSON_NAME,
    PAGE_NAME,
    DriftedPath,
    FinishedImage,
    Report,
    RunRecord,
    TraceFileSummary,
    UnstablePath,
    compose_report,
    first_uses,
    has_result,
    measure_coverage,
    read_earlier,
    remember_report,
    write_report,
)
from slimmer.trace.run import Processor
from slimmer.values import (
    Compression,
    ImageKind,
    KeepSet,
    Measurements,
    SmokeOutcome,
)
from slimmer.workspace import explained

LOG_NAME = "container.log"
"""The last lines of the container that failed."""
BILL_NAMES = (SBOM_NAME, ORIGINAL_SBOM_NAME, SPDX_NAME)
HARDENED = "hardened-"
"""What the names of files begin with that say how the image is run with few rights."""
FAILED_NAME = "failed-rebuild"
"""The folder for the report of a build that failed, beside the report of one that did not."""


def deliver(job: Job, findings: Findings, built: BuiltImages) -> Report:
    """Tags move at the very end, when nothing can go wrong any more, and the files of the report
    take their places with them."""
    assembly = built.assembly
    directory = job.report_directory
    with job.clock.stage("deliver", "writing the report"), _staged(directory) as staged:
        finished = _finished(job, built.loaded, assembly)
        # Before the provenance, which has the digest of the trace.
        save_outcome(
            findings.traced,
            built.repair.repairs if built.repair is not None else (),
            what_passed(job, assembly.images, built.cases),
        )
        written = _write_files(job, staged.folder, findings, finished, built)
        record = dataclasses.replace(
            _record(job, findings),
            slim=finished[ImageKind.SLIM],
            inventory=assembly.account.result().inventory,
            debug=finished.get(ImageKind.DEBUG),
            next_commands=next_commands(job, finished[ImageKind.SLIM].plans),
            earlier=read_earlier(directory / JSON_NAME),
            artifacts={
                **written,
                **_write_profile(job, findings),
                **_write_hardening(job, staged.folder, findings),
            },
        )
        report = write_report(compose_report(record), directory, into=staged.folder)
        with uninterrupted():
            for image in finished.values():
                job.session.engine.tag_image(image.id, image.reference)
            # Of an earlier build, which failed, or was asked for more.
            stale = (LOG_NAME, SPDX_NAME, *PROVENANCE_NAMES, *_names_of_hardening(directory))
            staged.publish(stale=stale)
            _forget_failure(job)
            remember_report(directory, (image.id for image in finished.values()))
            disarm()
    return report


def report_failure(job: Job, findings: Findings, error: SlimError) -> Report:
    """Write what is known of a build that failed after the traced run: the report, the traces, and
    the log of the container that failed.

    The report of an image that was made before stays: this one goes into a folder beside it.
    No engine is asked, as it may be what failed. Raises SlimError for a report directory that
    cannot be written to.
    """
    directory = job.report_directory
    if has_result(directory):
        directory /= FAILED_NAME
    with _staged(directory) as staged:
        written = _write_traces(job, staged.folder, directory)
        log = next(
            (each.logs for each in _outcomes(job, findings) if not each.passed and each.logs), ""
        )
        if log:
            (staged.folder / LOG_NAME).write_text(log, "utf-8", "surrogateescape")
            written["log"] = str(directory / LOG_NAME)
        record = dataclasses.replace(_record(job, findings), artifacts=written, error=error)
        report = write_report(compose_report(record), directory, into=staged.folder)
        staged.publish(stale=(DROPPED_NAME, *BILL_NAMES, LOG_NAME, *PROVENANCE_NAMES))
    return report


@contextlib.contextmanager
def _staged(directory: Path) -> Iterator[StagedFiles]:
    try:
        with files_beside(directory) as staged:
            yield staged
    except OSError as error:
        raise explained(error, directory, "--report-dir") from error


def _forget_failure(job: Job) -> None:
    """The report of a failed rebuild is outdated by a build that has not failed."""
    folder = job.report_directory / FAILED_NAME
    traces = (job.trace_file(role).name for role in job.options.all_roles)
    with contextlib.suppress(OSError):
        for name in (JSON_NAME, PAGE_NAME, LOG_NAME, *traces):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()


def _record(job: Job, findings: Findings) -> RunRecord:
    """What there is to tell of every build, whether it went well or not."""
    traced, files, built = findings.traced, findings.files, findings.built
    keep = findings.decision.keep if findings.decision is not None else KeepSet(reasons={})
    foundation = built.assembly.foundation if built is not None else None
    account = built.assembly.account.result() if built is not None else None
    installed: tuple[Installed, ...] = ()
    if built is not None:
        keep = built.assembly.metadata.keep
        installed = built.assembly.metadata.installed
    first_probes = traced.first_probes
    if account is not None:
        first_use, coverage = account.first_use, account.coverage
    else:
        first_use = first_uses(traced.trace, files.index, first_probes)
        coverage = measure_coverage(
            traced.trace, keep, files.index, files.package_name, first_use, first_probes
        )
    return RunRecord(
        original=job.original,
        entries=tuple(files.index),
        generated=account.generated if account is not None else (),
        base=foundation.summary if foundation is not None else None,
        of_base=account.of_base if account is not None else (),
        trace=traced.trace,
        trace_file=_trace_file(traced, files, keep, built is not None and built.passed_before),
        coverage=coverage,
        first_use=first_use,
        keep=keep,
        installed=installed,
        uses=built.assembly.bills.result().uses if built is not None else None,
        strategy=job.options.strategy,
        verification=_verification(job, built),
        tests=(
            *(
                concealed_outcome(
                    SmokeOutcome(image=ImageKind.ORIGINAL, role=role.name, results=results),
                    job.conceal,
                )
                for role, results in results_of_original(traced)
            ),
            *_outcomes(job, findings),
        ),
        explorations=tuple(
            dataclasses.replace(summary, role=each.role.name)
            for each in traced.roles
            for summary in each.examination.explored
        ),
        seccomp=findings.seccomp,
        repair=built.repair if built is not None else None,
        fidelity=built.fidelity if built is not None else (),
        hardening=tuple(concealed_hardening(each, job.conceal) for each in findings.hardening),
        package=files.package_name,
        notes=tuple(map(job.conceal, (*job.notes, *traced.notes))),
        measurements=Measurements(
            stages=job.clock.times,
            total_seconds=job.clock.total_seconds,
            peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        ),
    )


def _verification(job: Job, built: BuiltImages | None) -> str:
    if job.processor is Processor.NONE:
        return "impossible"
    return (built.verification if built is not None else job.options.verify).value


def _outcomes(job: Job, findings: Findings) -> tuple[SmokeOutcome, ...]:
    outcomes = findings.built.outcomes if findings.built is not None else ()
    return tuple(concealed_outcome(each, job.conceal) for each in outcomes)


def _trace_file(
    traced: TracedOriginal, files: OriginalFiles, keep: KeepSet, passed: bool
) -> TraceFileSummary | None:
    trace_file = traced.trace_file
    if trace_file is None:
        return None
    unstable = unstable_paths(trace_file.saved, files.index, keep)
    return TraceFileSummary(
        path=str(trace_file.file),
        recalled=trace_file.recalled,
        passed=passed,
        runs=trace_file.saved.runs,
        drift=tuple(
            DriftedPath(path=each.path, change=each.change.value, layer=each.layer)
            for each in trace_file.drift
        ),
        unstable=tuple(UnstablePath(path=path, runs=runs) for path, runs in unstable.items()),
    )


def _finished(
    job: Job, loaded: Mapping[ImageKind, str], assembly: Assembly
) -> dict[ImageKind, FinishedImage]:
    names = {ImageKind.SLIM: job.slim_name, ImageKind.DEBUG: job.debug_name}
    return {
        kind: FinishedImage(
            reference=names[kind],
            id=identity,
            size=int(job.session.engine.inspect_image(identity)["Size"]),
            image=assembly.images[kind],
            plans=assembly.plans[kind],
        )
        for kind, identity in loaded.items()
    }


def _write_files(
    job: Job,
    folder: Path,
    findings: Findings,
    finished: Mapping[ImageKind, FinishedImage],
    built: BuiltImages,
) -> dict[str, str]:
    """What will lie beside the report, into the folder, and what --output asks for; returns the
    places."""
    directory, assembly = job.report_directory, built.assembly
    written = _write_traces(job, folder, directory)
    written |= write_evidence(job, folder, assembly, findings.files)
    written["dropped"] = str(directory / DROPPED_NAME)
    (folder / DROPPED_NAME).write_text(assembly.dropped.result(), "ascii")
    named = [NamedImage(image=each.image, reference=each.reference) for each in finished.values()]
    if job.options.compression is not Compression.NONE:
        named = with_compressed_layers(named, job.options.compression, job.folder)
    attached: tuple[Attachment, ...] = ()
    if job.options.provenance:
        provenance = provenance_of(
            job, findings.traced, built, finished, named, assembly.bills.result().slim
        )
        written |= provenance.write(folder, directory)
        attached = provenance.attached
    if job.options.output:
        target = output_target(job.options.output)
        write_output(target, named, attached=attached)
        written["output"] = str(target.path)
    return written


def _names_of_hardening(directory: Path) -> list[str]:
    return [path.name for path in directory.glob(f"{HARDENED}*")]


def _write_hardening(job: Job, folder: Path, findings: Findings) -> dict[str, str]:
    texts = [each for hardening in findings.hardening for each in hardening.texts.items()]
    for name, text in texts:
        (folder / name).write_text(text, "utf-8", "surrogateescape")
    return {name.rpartition(".")[0]: str(job.report_directory / name) for name, _ in texts}


def _write_profile(job: Job, findings: Findings) -> dict[str, str]:
    """Where the images have passed under it, and not before."""
    if findings.seccomp is None or job.options.seccomp is None:
        return {}
    from slimmer.seccomp import write_profile  # most builds make none

    write_profile(job.options.seccomp, findings.seccomp.profile)
    return {"seccomp": str(job.options.seccomp)}


def _write_traces(job: Job, folder: Path, directory: Path) -> dict[str, str]:
    """Copy the sensor's records into the folder, role by role, from where they go into the
    directory; nothing where an earlier run's trace was read."""
    traces = [] if job.options.from_trace else map(job.trace_file, job.options.all_roles)
    written: dict[str, str] = {}
    for trace in traces:
        shutil.copyfile(trace, folder / trace.name)
        written[trace.name] = str(directory / trace.name)
    return written
