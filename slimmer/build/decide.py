"""What was seen → what is kept. Nothing runs, and nothing is written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

from slimmer.build.job import Job
from slimmer.build.values import Decision, Foresight, OriginalFiles, TracedOriginal, TracedRole
from slimmer.ecosystems import RULEBOOK
from slimmer.files import PathGlobs, RootfsIndex
from slimmer.keep import KeepRequest, OvertakenError, carried_over, decide, union_of
from slimmer.options import Role
from slimmer.trace.wire import union
from slimmer.values import KeepSet, Repair, RunOptions, Trace


def decide_ahead(
    job: Job,
    foresight: Foresight,
    role: Role,
    seen: Callable[[], Trace],
    files: OriginalFiles,
    is_overtaken: Callable[[], bool],
) -> None:
    """Decide on a trace that is not complete yet, for two effects: what will be kept is fetched
    and read beside the run, and where nothing new is seen after it, nothing is left to decide. The
    decision is broken off when it is overtaken by another one of the role."""
    with foresight.turn, contextlib.suppress(OvertakenError):
        if not is_overtaken():
            request = _keep_request(job, role.run, seen(), files)
            kept = decide(request, RULEBOOK, is_overtaken=is_overtaken)
            foresight.decided[role.name] = (request, kept)


def decide_for_roles(
    job: Job,
    traced: TracedOriginal,
    files: OriginalFiles,
    repairs: tuple[Repair, ...] = (),
    foresight: Foresight | None = None,
) -> Decision:
    """The union of what all roles need. `repairs` are what earlier rounds were seen to miss; what
    the build that saved the trace has repaired comes along."""
    known = traced.recalled.repairs if traced.recalled is not None else ()
    with job.clock.stage("decide", "rules look for what the seen files need"):
        if foresight is not None:
            foresight.wait()
        requests = keep_requests(job, traced, files, (*known, *repairs))
        keep = union_of([_decided(each, foresight) for each in requests])
        job.progress.detail(
            "decide", f"rules ask for {len(keep.reasons):,} of {len(files.index):,} paths"
        )
    return Decision(request=requests[0], keep=keep)


def _decided(request: KeepRequest, foresight: Foresight | None) -> KeepSet:
    for earlier, kept in foresight.decided.values() if foresight is not None else ():
        if (known := carried_over(kept, earlier, request)) is not None:
            return known
    return decide(request, RULEBOOK)


def keep_requests(
    job: Job, traced: TracedOriginal, files: OriginalFiles, repairs: tuple[Repair, ...] = ()
) -> tuple[KeepRequest, ...]:
    """What the keep-set is decided from: the union of what these requests keep. What decides with
    the trace (variables, user, working directory) is the same for most roles, and each that is
    run otherwise has a request of its own."""
    alike: dict[tuple[object, ...], list[TracedRole]] = {}
    for each in traced.roles:
        run = each.role.run
        alike.setdefault((run.environment, run.user, run.workdir), []).append(each)
    if len(alike) == 1:
        return (_keep_request(job, traced.roles[0].role.run, traced.trace, files, repairs),)
    return tuple(
        _keep_request(
            job,
            roles[0].role.run,
            union((each.role.name, each.examination.trace) for each in roles),
            files,
            repairs,
        )
        for roles in alike.values()
    )


def _keep_request(
    job: Job, run: RunOptions, trace: Trace, files: OriginalFiles, repairs: tuple[Repair, ...] = ()
) -> KeepRequest:
    options = job.options
    return KeepRequest(
        index=files.index,
        content=files.server.content,
        trace=_without_withheld(trace, files.index, options.withheld),
        config=job.original.config,
        copied=job.original.copied,
        base_finished=job.original.base_finished,
        packages=files.packages,
        above_base=files.above_base,
        strategy=options.strategy,
        with_rules=frozenset(options.rules),
        without_rules=frozenset(options.without_rules),
        includes=options.includes,
        missed=job.missed,
        excludes=options.excludes,
        repairs=repairs,
        withheld=options.withheld,
        environment=run.environment,
        user=run.user,
        workdir=run.workdir,
        readings=files.readings,
    )


def _without_withheld(trace: Trace, index: RootfsIndex, globs: tuple[str, ...]) -> Trace:
    """The trace as if nobody had looked up what the globs cover."""
    if not globs:
        return trace
    withheld = PathGlobs(globs)
    sightings = []
    for sighting in trace.sightings:
        walk = index.resolve(sighting.path)
        ends = [entry.path for entry in (walk.named, walk.entry) if entry is not None]
        if not any(map(withheld.covers, (sighting.path, *ends))):
            sightings.append(sighting)
    return replace(trace, sightings=tuple(sightings))
