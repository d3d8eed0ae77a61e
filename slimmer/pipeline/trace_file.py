"""A build and its trace file: what a traced run saw is saved, or stands in for the run."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from slimmer.errors import TraceDriftError
from slimmer.model import CommandProbe, KeepSet, Probe, ProbeResult, Repair
from slimmer.pipeline.job import Job
from slimmer.probing import HEALTHCHECK, in_order
from slimmer.rootfs import RootfsIndex
from slimmer.traces import (
    Drift,
    SavedTrace,
    differences,
    drift,
    identity_of,
    read_saved_trace,
    record,
    to_bytes,
)
from slimmer.tracing import Examination

if TYPE_CHECKING:
    from slimmer.pipeline.examination import Served

ANSWER = "passed when the trace was saved"
"""What the report says of probes that the original passed in another run."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class FiledExamination(Examination):
    """An examination whose trace lies in a file of the user's."""

    file: Path
    saved: SavedTrace
    recalled: bool
    """True where the file was read, False where this run has written it."""
    drift: tuple[Drift, ...] = ()
    """What the original has otherwise than the file, sorted by path."""


def save_trace(job: Job, file: Path, examined: Examination, served: Served) -> FiledExamination:
    """Write the trace file. The build goes on with what it says, so that a build from it can do
    nothing else."""
    saved = record(
        job.original,
        examined.trace,
        tuple(result.probe for result in examined.results),
        port=examined.port,
        ready_seconds=examined.ready_seconds,
        exit_status=examined.exit_status,
        notes=examined.notes,
        index=served.index,
        content=served.server.content,
    )
    _write(file, saved)
    job.progress.detail("trace", f"{len(saved.paths):,} paths saved to {file}")
    trace = dataclasses.replace(
        saved.trace(),
        missing_sources=examined.trace.missing_sources,
        records=examined.trace.records,
    )
    return FiledExamination(
        trace=trace,
        results=examined.results,
        port=examined.port,
        ready_seconds=examined.ready_seconds,
        exit_status=examined.exit_status,
        notes=examined.notes,
        file=file,
        saved=saved,
        recalled=False,
    )


def results_of_original(examined: Examination) -> tuple[ProbeResult, ...]:
    """What the original is known to answer: not to a probe that was never sent to it."""
    if isinstance(examined, FiledExamination) and examined.recalled:
        return tuple(each for each in examined.results if each.probe in examined.saved.probes)
    return examined.results


def save_repairs(examined: Examination, repairs: tuple[Repair, ...]) -> None:
    """Add what the images of this build turned out to need, where the build saves a trace."""
    if isinstance(examined, FiledExamination) and not examined.recalled:
        ordered = tuple(sorted(repairs, key=lambda repair: repair.path))
        _write(examined.file, dataclasses.replace(examined.saved, repairs=ordered))


def repairs_of_trace(examined: Examination) -> tuple[Repair, ...]:
    """What an earlier build from the same trace turned out to need."""
    if isinstance(examined, FiledExamination) and examined.recalled:
        return examined.saved.repairs
    return ()


def recall_trace(
    job: Job, file: Path, serve: Callable[[Iterable[str]], Future[Served]]
) -> tuple[FiledExamination, Served]:
    """What a traced run would have given, from the file; `serve` starts the file server,
    which gets a head start on the files of these paths.

    Raises TraceFileError, and TraceDriftError for the trace of another original.
    """
    saved = read_saved_trace(file)
    changed = tuple(differences(saved.identity, identity_of(job.original)))
    _refuse_other_original(job, file, saved, changed)
    waiting = serve(saved.paths)
    probes = _probes(job, saved)
    trace = saved.trace()
    served = waiting.result()
    drifted = tuple(drift(saved, served.index, served.server.content)) if changed else ()
    if changed:
        _tell_drift(job, drifted)
    job.progress.detail("trace", f"{len(saved.paths):,} paths from {file}")
    examined = FiledExamination(
        trace=trace,
        results=tuple(ProbeResult(probe=probe, passed=True, answer=ANSWER) for probe in probes),
        port=job.options.run.port or saved.port,
        ready_seconds=float(saved.ready_within),
        exit_status=saved.exit_status,
        notes=saved.notes,
        file=file,
        saved=saved,
        recalled=True,
        drift=drifted,
    )
    return examined, served


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
    from slimmer.pack import file_beside, space_errors  # see build._later_steps

    with space_errors(file, "saving the trace"), file_beside(file) as unfinished:
        unfinished.stream.write(to_bytes(saved))
        unfinished.rename_to(file)


def _refuse_other_original(
    job: Job, file: Path, saved: SavedTrace, changed: tuple[str, ...]
) -> None:
    if not changed:
        return
    platform = saved.identity.platform != identity_of(job.original).platform
    if job.options.allow_drift and not platform:
        return
    again = f"trace this image with --save-trace {file}"
    raise TraceDriftError(
        f"the trace {file} is of another original than {job.original.reference}: "
        + "; ".join(changed),
        hint=again
        if platform
        else f"{again}, or use the old trace with --allow-drift, which reports what has changed",
        details=f"it was saved for {saved.identity.reference}",
    )


def _tell_drift(job: Job, drifted: tuple[Drift, ...]) -> None:
    if not drifted:
        job.notes.append("the trace is of another build of the original; no path in it has changed")
        return
    shown = ", ".join(f"{each.path} ({each.change.value})" for each in drifted[:3])
    more = f" and {len(drifted) - 3:,} more" if len(drifted) > 3 else ""
    job.warn(
        f"the trace is of another original: {len(drifted):,} of its paths have changed: "
        f"{shown}{more}; what the changes need was never seen"
    )


def _probes(job: Job, saved: SavedTrace) -> tuple[Probe, ...]:
    """What the finished images must pass: the user's probes and the HEALTHCHECK that the original
    passed, or else the probes of the trace."""
    saved_probes = tuple(
        probe for probe in saved.probes if job.options.healthcheck or not _is_healthcheck(probe)
    )
    given = job.options.probes
    if not given:
        return saved_probes
    unknown = [probe.name for probe in given if probe not in saved_probes]
    if unknown:
        job.warn(
            f"not among the trace's probes: {', '.join(unknown)}; what they alone need was never "
            "seen and may be missing"
        )
    return in_order(given, next(filter(_is_healthcheck, saved_probes), None))


def _is_healthcheck(probe: Probe) -> TypeGuard[CommandProbe]:
    return isinstance(probe, CommandProbe) and probe.name == HEALTHCHECK
