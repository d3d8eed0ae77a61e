"""A build and its trace file: what a traced run saw is saved, or stands in for the run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path

from slimmer.build.drift import (
    drift_of_platform,
    fitting_drift,
    is_of_other_platform,
    refuse_before_reading,
)
from slimmer.build.job import Job
from slimmer.build.trace_probes import probes_to_pass, warn_of_secrets
from slimmer.build.values import OriginalFiles, TracedOriginal, TracedRole, TraceFile
from slimmer.ecosystems import DEPENDENCY_FOLDERS
from slimmer.errors import UsageError
from slimmer.files import RootfsIndex
from slimmer.options import Role
from slimmer.trace.run import Examination
from slimmer.trace.saved import (
    Drift,
    Passed,
    SavedRole,
    SavedTrace,
    as_saved,
    differences,
    identity_of,
    of_roles,
    on_platform,
    read_saved_trace,
    record,
    to_bytes,
)
from slimmer.trace.wire import union
from slimmer.values import (
    KeepSet,
    ProbeResult,
    Repair,
    Trace,
)

ANSWER = "passed when the trace was saved"
"""What the report says of probes that the original passed in another run."""


def save_trace(
    job: Job, file: Path, traced: TracedOriginal, files: OriginalFiles
) -> TracedOriginal:
    """Write the trace file. The build goes on with what it says, so that a build from it can do
    nothing else."""
    saved = of_roles(
        [
            (
                each.role.name,
                record(
                    job.original,
                    each.examination.trace,
                    tuple(result.probe for result in each.examination.results),
                    port=each.examination.port,
                    ready_seconds=each.examination.ready_seconds,
                    exit_status=each.examination.exit_status,
                    notes=each.examination.notes,
                    index=files.index,
                    content=files.server.content,
                    packages=files.packages,
                    dependency_folders=DEPENDENCY_FOLDERS,
                ),
            )
            for each in traced.roles
        ]
    )
    _write(file, saved)
    for each in traced.roles:
        warn_of_secrets(job, file, each.examination.results)
    job.progress.detail("save", f"{len(saved.paths):,} paths saved to {file}")
    roles = tuple(
        _with_trace(each, saved.trace_of(known))
        for each, known in zip(traced.roles, saved.all_roles, strict=True)
    )
    return dataclasses.replace(
        traced,
        roles=roles,
        trace=union((each.role.name, each.examination.trace) for each in roles),
        trace_file=TraceFile(file=file, saved=saved, recalled=False),
    )


def _with_trace(each: TracedRole, trace: Trace) -> TracedRole:
    """With what the file says of the role's trace, and what it does not say as it was."""
    known = each.examination.trace
    trace = dataclasses.replace(trace, missing_sources=known.missing_sources, records=known.records)
    return dataclasses.replace(each, examination=dataclasses.replace(each.examination, trace=trace))


def results_of_original(traced: TracedOriginal) -> tuple[tuple[Role, tuple[ProbeResult, ...]], ...]:
    """What the original is known to answer, role by role: not to a probe that was never sent."""
    if traced.recalled is None:
        return tuple((each.role, each.examination.answers) for each in traced.roles)
    sent = {role.name: role.probes for role in traced.recalled.all_roles}
    return tuple(
        (
            each.role,
            tuple(
                result
                for result in each.examination.results
                if as_saved(result.probe) in sent[each.role.name]
            ),
        )
        for each in traced.roles
    )


def save_outcome(
    traced: TracedOriginal, repairs: tuple[Repair, ...], passed: tuple[Passed, ...]
) -> None:
    """Add what the images of this build turned out to need, and that they have passed, where the
    build saves a trace."""
    if traced.trace_file is not None and not traced.trace_file.recalled:
        ordered = tuple(sorted(repairs, key=lambda repair: repair.path))
        saved = dataclasses.replace(traced.trace_file.saved, repairs=ordered, passed=passed)
        _write(traced.trace_file.file, saved)


def recall_trace(
    job: Job, file: Path, serve: Callable[[Iterable[str]], Future[OriginalFiles]]
) -> tuple[TracedOriginal, OriginalFiles]:
    """What a traced run would have given, from the file; `serve` starts the file server,
    which gets a head start on the files of these paths.

    Raises TraceFileError, TraceDriftError for the trace of another original, and UsageError for
    one of other roles.
    """
    saved = read_saved_trace(file)
    changed = tuple(differences(saved.identity, identity_of(job.original)))
    refuse_before_reading(job, file, saved, changed)
    _refuse_other_roles(job, file, saved)
    waiting = serve(saved.paths)
    foreign = is_of_other_platform(job, saved)
    if foreign:
        saved, renamed = on_platform(
            saved, identity_of(job.original).platform, waiting.result().index
        )
    known = {role.name: role for role in saved.all_roles}
    roles = tuple(
        TracedRole(role=role, examination=_recalled(job, role, saved, known[role.name]))
        for role in job.options.all_roles
    )
    files = waiting.result()
    drifted: tuple[Drift, ...] = ()
    if foreign:
        drift_of_platform(job, saved, renamed, files)
    elif changed:
        drifted = fitting_drift(job, file, saved, files)
    job.progress.detail("trace", f"{len(saved.paths):,} paths from {file}")
    traced = TracedOriginal(
        roles=roles,
        trace=saved.trace(),
        notes=saved.notes,
        trace_file=TraceFile(file=file, saved=saved, recalled=True, drift=drifted),
    )
    return traced, files


def _recalled(job: Job, role: Role, saved: SavedTrace, known: SavedRole) -> Examination:
    probes = probes_to_pass(job, role, known)
    if not probes and known.exit_status is None:
        job.warn(
            "neither the trace nor the build has a probe: the finished images were started and had "
            "to stay up, but nobody has asked them anything; --http-probe and --exec-probe do"
        )
    return Examination(
        trace=saved.trace_of(known),
        results=tuple(ProbeResult(probe=probe, passed=True, answer=ANSWER) for probe in probes),
        port=role.run.port or known.port,
        ready_seconds=float(known.ready_within),
        exit_status=known.exit_status,
        notes=(),
    )


def unstable_paths(saved: SavedTrace, index: RootfsIndex, keep: KeepSet) -> dict[str, int]:
    """Kept path → in how many of the trace's runs it was seen, for those that are kept only
    because some of the runs, and not all, saw them."""
    runs: dict[str, int] = {}
    for path, seen in saved.paths.items():
        named = index.resolve(path).named
        if named is not None:
            runs[named.path] = max(seen.runs, runs.get(named.path, 0))
    return {
        path: count
        for path, count in sorted(runs.items())
        if count < saved.runs
        and path in keep.reasons
        and all(reason.rule == "trace" for reason in keep.reasons[path])
    }


def _write(file: Path, saved: SavedTrace) -> None:
    from slimmer.disk import PRIVATE, file_beside, space_errors  # see loading.py

    with space_errors(file, "saving the trace"), file_beside(file, mode=PRIVATE) as unfinished:
        unfinished.stream.write(to_bytes(saved))
        unfinished.rename_to(file)


def _refuse_other_roles(job: Job, file: Path, saved: SavedTrace) -> None:
    asked, known = (
        [role.name for role in roles if role.name] for roles in (job.options.roles, saved.roles)
    )
    if set(asked) == set(known):
        return
    words = [f"the roles {', '.join(names)}" if names else "no roles" for names in (known, asked)]
    raise UsageError(
        f"the trace {file} is of {words[0]}, and the build of {words[1]}",
        hint=f"give slim.yaml the roles of the trace, or trace anew with --save-trace {file}",
    )
