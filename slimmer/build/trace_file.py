"""A build and its trace file: what a traced run saw is saved, or stands in for the run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path

from slimmer.build.drift import fitting_drift, refuse_before_reading
from slimmer.build.job import Job
from slimmer.build.values import OriginalFiles, TracedOriginal, TracedRole, TraceFile
from slimmer.ecosystems import DEPENDENCY_FOLDERS
from slimmer.errors import UsageError
from slimmer.files import RootfsIndex
from slimmer.options import Role
from slimmer.probing import HEALTHCHECK, in_order, literal_secrets
from slimmer.probing.explore.crawl import CRAWL, START
from slimmer.probing.explore.openapi import DESCRIPTION, OPENAPI
from slimmer.trace.run import Examination
from slimmer.trace.saved import (
    Passed,
    SavedRole,
    SavedTrace,
    differences,
    identity_of,
    of_roles,
    read_saved_trace,
    record,
    to_bytes,
)
from slimmer.trace.wire import union
from slimmer.values import (
    KeepSet,
    Probe,
    ProbeResult,
    Repair,
    Trace,
    in_role,
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
    _warn_of_secrets(job, file, saved)
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


def _warn_of_secrets(job: Job, file: Path, saved: SavedTrace) -> None:
    """A trace is checked in, and what its probes say stands in it."""
    for role in saved.all_roles:
        for probe in role.probes:
            if names := sorted(set(literal_secrets(probe))):
                job.warn(
                    f"{file} holds {', '.join(names)} of the probe `{probe.name}` in clear: in a "
                    "step of a plan ${env.NAME} stands for a variable, and --env NAME gives it"
                )


def _with_trace(each: TracedRole, trace: Trace) -> TracedRole:
    """With what the file says of the role's trace, and what it does not say as it was."""
    known = each.examination.trace
    trace = dataclasses.replace(trace, missing_sources=known.missing_sources, records=known.records)
    return dataclasses.replace(each, examination=dataclasses.replace(each.examination, trace=trace))


def results_of_original(traced: TracedOriginal) -> tuple[tuple[Role, tuple[ProbeResult, ...]], ...]:
    """What the original is known to answer, role by role: not to a probe that was never sent."""
    if traced.recalled is None:
        return tuple((each.role, each.examination.results) for each in traced.roles)
    sent = {role.name: role.probes for role in traced.recalled.all_roles}
    return tuple(
        (
            each.role,
            tuple(
                result
                for result in each.examination.results
                if result.probe in sent[each.role.name]
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
    known = {role.name: role for role in saved.all_roles}
    roles = tuple(
        TracedRole(role=role, examination=_recalled(job, role, saved, known[role.name]))
        for role in job.options.all_roles
    )
    files = waiting.result()
    drifted = fitting_drift(job, file, saved, files) if changed else ()
    job.progress.detail("trace", f"{len(saved.paths):,} paths from {file}")
    traced = TracedOriginal(
        roles=roles,
        trace=saved.trace(),
        notes=saved.notes,
        trace_file=TraceFile(file=file, saved=saved, recalled=True, drift=drifted),
    )
    return traced, files


def _recalled(job: Job, role: Role, saved: SavedTrace, known: SavedRole) -> Examination:
    probes = _probes(job, role, known)
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


def _probes(job: Job, role: Role, saved: SavedRole) -> tuple[Probe, ...]:
    """What the finished images must pass: the user's probes and the HEALTHCHECK that the original
    passed, or else the probes of the trace; and what was found out when it was saved."""
    saved_probes = tuple(
        probe for probe in saved.probes if role.healthcheck or not _is_healthcheck(probe)
    )
    given = role.probes
    _tell_unexplored(job, role, saved_probes)
    if not given:
        return _without_host_commands(job, saved_probes)
    # What the original does not pass is not in the trace: no failure, where a plan says so.
    given = tuple(probe for probe in given if not probe.optional or probe in saved_probes)
    unknown = [in_role(role.name, probe.name) for probe in given if probe not in saved_probes]
    if unknown:
        job.warn(
            f"not among the trace's probes: {', '.join(unknown)}; what they alone need was never "
            "seen and may be missing"
        )
    # In the order of the traced run, so that what has passed there is known to be the same test.
    replays = [probe for probe in saved_probes if probe.found_out]
    starts = [probe for probe in replays if probe.name in (START, DESCRIPTION)]
    healthcheck = next(filter(_is_healthcheck, saved_probes), None)
    found_out = (probe for probe in replays if probe not in starts)
    return (*in_order((*given, *starts), healthcheck), *found_out)


def probes_to_repeat(job: Job, role: Role, saved: SavedRole) -> tuple[Probe, ...]:
    """The trace's probes for another traced run, which asks the HEALTHCHECK by itself."""
    probes = _without_host_commands(job, saved.probes)
    return tuple(probe for probe in probes if not _is_healthcheck(probe))


def _tell_unexplored(job: Job, role: Role, probes: Iterable[Probe]) -> None:
    """The original does not run, so nothing can be found out that the trace does not have."""
    names = [probe.name for probe in probes if probe.found_out]
    for asked, name in ((role.crawl, CRAWL), (role.openapi, OPENAPI)):
        if asked is not None and not any(each.startswith(name) for each in names):
            job.warn(
                f"--{name} is for a traced run, and the trace was saved without it: nothing is "
                "found out"
            )


def _without_host_commands(job: Job, probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    """A file that says what an image has used must not run programs on this machine. Later steps
    of a plan may need what such a command did: they are left out as well."""
    kept: list[Probe] = []
    cut: set[str] = set()
    for probe in probes:
        if probe.runs_here:
            cut.add(probe.plan)
        elif not probe.plan or probe.plan not in cut:
            kept.append(probe)
    if len(kept) < len(probes):
        job.warn(
            "commands of the trace that run on this machine are skipped, and the steps behind "
            "them in their plan; name the plan itself (--plan) to run them"
        )
    return tuple(kept)


def _is_healthcheck(probe: Probe) -> bool:
    return bool(probe.program) and probe.name == HEALTHCHECK
