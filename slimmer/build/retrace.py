"""A build from a trace that traces anew, and renews the file, where the trace cannot be used."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path

from slimmer.build.job import Job
from slimmer.build.trace_file import recall_trace
from slimmer.build.trace_probes import probes_to_repeat
from slimmer.build.values import OriginalFiles, TracedOriginal
from slimmer.disk import exists
from slimmer.errors import SmokeTestError, TraceDriftError
from slimmer.options import BuildOptions, Role
from slimmer.trace.saved import TESTS, SavedTrace, read_saved_trace
from slimmer.values import Probe

Serve = Callable[[Iterable[str]], Future[OriginalFiles]]


def recalled_or_renewing(
    job: Job, file: Path, serve: Serve
) -> tuple[Job, tuple[TracedOriginal, OriginalFiles] | None, Future[OriginalFiles] | None]:
    """The trace of the file, or the job that has to save it, and the file server if one runs.

    Raises as `recall_trace`, and TraceDriftError where tests have driven the trace, which no build
    can repeat.
    """
    if job.options.retrace and not exists(file):
        job.progress.detail("trace", f"{file} is not there yet: it will be saved")
        return _saving(job, file), None, None
    serving: list[Future[OriginalFiles]] = []

    def serve_once(paths: Iterable[str]) -> Future[OriginalFiles]:
        serving.append(serve(paths))
        return serving[-1]

    try:
        return job, recall_trace(job, file, serve_once), None
    except TraceDriftError as error:
        if not job.options.retrace:
            raise
        saved = read_saved_trace(file)
        _refuse_what_tests_have_driven(saved, file, error)
        runs = f", which was the union of {saved.runs} runs" if saved.runs > 1 else ""
        job.warn(f"{error.message}. It is traced anew; keep the new {file}{runs}")
        return _saving(job, file, saved), None, serving[0] if serving else None


def renewing_after(job: Job, traced: TracedOriginal, failure: SmokeTestError) -> Job | None:
    """The job that traces anew, where an image failed that was made from a trace of an earlier
    application; None where that would change nothing, or tests have driven the trace."""
    file = traced.trace_file
    if file is None or not file.recalled or not file.drift or _is_of_tests(file.saved):
        return None
    job.warn(
        f"{failure.message}. It was made from the trace {file.file}, and the application has "
        f"changed since. It is traced anew; keep the new {file.file}"
    )
    return _saving(job, file.file, file.saved)


def _saving(job: Job, file: Path, saved: SavedTrace | None = None) -> Job:
    """The job as it were with --save-trace, and with the probes of the old trace for each role
    that has none."""
    options = dataclasses.replace(job.options, from_trace=None, save_trace=file)
    if saved is not None:
        options = _asking_as_before(job, options, saved)
    return dataclasses.replace(job, options=options)


def _asking_as_before(job: Job, options: BuildOptions, saved: SavedTrace) -> BuildOptions:
    known = {role.name: role for role in saved.all_roles}

    def probes(role: Role) -> tuple[Probe, ...]:
        if role.probes or role.crawl is not None or role.openapi is not None:
            return role.probes
        return probes_to_repeat(job, role, known[role.name]) if role.name in known else ()

    if not options.roles:
        (role,) = options.all_roles
        return dataclasses.replace(options, probes=probes(role))
    roles = tuple(dataclasses.replace(role, probes=probes(role)) for role in options.roles)
    return dataclasses.replace(options, roles=roles)


def _is_of_tests(saved: SavedTrace) -> bool:
    return any(phase.rpartition(": ")[2] == TESTS for phase in saved.phases)


def _refuse_what_tests_have_driven(saved: SavedTrace, file: Path, error: TraceDriftError) -> None:
    if _is_of_tests(saved):
        raise TraceDriftError(
            error.message,
            hint="your tests have driven it, and a build cannot repeat them: trace again with "
            f"`slim trace start` and `slim trace stop NAME -o {file}`, or with pytest",
            details=error.details,
        ) from error
