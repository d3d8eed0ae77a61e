"""Rounds of repair: the failing image is run under the sensor, what it misses is added, and the
image is built and tested again."""

from __future__ import annotations

import contextlib
import dataclasses
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from slimmer.build.decide import keep_requests
from slimmer.build.job import Job
from slimmer.build.roles import named, original_in
from slimmer.build.values import BuiltImages, OriginalFiles, SmokeCase, TracedOriginal
from slimmer.ecosystems import RULEBOOK
from slimmer.errors import SeccompUnavailableError, SmokeTestError
from slimmer.files import PathGlobs, RootfsIndex, is_below
from slimmer.image import read_original
from slimmer.keep import interpreter_of, program_named, rules_for
from slimmer.trace.run import TracedRun
from slimmer.trace.wire import union
from slimmer.values import CallUse, ImageKind, LayerPlan, Repair, SmokeOutcome, Trace
from slimmer.verify.repair import (
    Gaps,
    Observation,
    RepairLog,
    RepairRound,
    Suspects,
    find_suspects,
    finished_index,
    observe,
)

_SHOWN = 5
_WATCHED = "the image runs once more, watched for what it misses"


Build = Callable[[tuple[Repair, ...]], BuiltImages]
"""Builds and tests images that have these repairs."""


def repair(
    job: Job,
    traced: TracedOriginal,
    files: OriginalFiles,
    failed: BuiltImages,
    build: Build,
    widen: Callable[[BuiltImages, Iterable[CallUse]], bool] = lambda *_: False,
) -> BuiltImages:
    """The images of the first round that passes; or those of the last one, which failed, where
    nothing new is missed or the rounds are used up.

    An image that passes when it is watched, and misses nothing, is watched again where its command
    had ended: what that depends on shows in another run, or never. Where it had gone on, time is
    what it lacked. `widen` is told what it was seen to call; its answer is whether the seccomp
    profile that it failed under allows more now.
    """
    rounds: list[RepairRound] = []
    repairs: tuple[Repair, ...] = ()
    excluded: dict[str, Repair] = {}
    by_listing = by_time = False
    built = failed
    while (failed_by := built.failure) is not None and len(rounds) < job.options.repair:
        with job.clock.stage("repair", _WATCHED):
            seen = _observe(job, files, built, len(rounds))
            missed = _suspects(job, files, built, seen, repairs)
            fresh = missed.found or missed.named or missed.listed
            job.progress.detail("repair", _words(fresh or missed.excluded))
        excluded |= {repair.path: repair for repair in missed.excluded}
        if widen(built, _trace_of(seen).calls):
            rounds.append(RepairRound(problem=failed_by.message, repairs=()))
            built = build(repairs)
            continue
        by_time = not fresh and _passed(seen) and not _has_ended(built)
        if by_time or (not fresh and not _passed(seen)):
            break
        rounds.append(RepairRound(problem=failed_by.message, repairs=fresh))
        if not fresh:
            continue
        by_listing = by_listing or not missed.found
        repairs += fresh
        job.progress.warned(f"{failed_by.message}; repairing: {_words(fresh)}")
        built = build(repairs)
    if built.failure is not None:
        failure = _with_what_was_tried(built.failure, rounds, excluded.values(), by_time=by_time)
        built = dataclasses.replace(built, failure=failure)
    elif by_listing:
        built, repairs = _narrowed(job, files, built, repairs, len(rounds), build)
    if not rounds:
        return built
    lasting = _lasting(job, traced, files, repairs)
    log = RepairLog(rounds=tuple(rounds), repairs=repairs, lasting=lasting)
    return dataclasses.replace(built, repair=log)


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """An image under the sensor, in one role."""

    case: SmokeCase
    observation: Observation


def _observe(job: Job, files: OriginalFiles, built: BuiltImages, number: int) -> tuple[_Seen, ...]:
    """The image that failed, in each role in which one did; or the slim image in all roles."""
    failed: dict[str, ImageKind] = {}
    for outcome in built.outcomes:
        if not outcome.passed:
            failed.setdefault(outcome.role, outcome.image)
    watched = [
        (case, built.loaded[failed.get(case.role.name, ImageKind.SLIM)])
        for case in built.cases
        if not failed or case.role.name in failed
    ]
    return tuple(
        _Seen(case=case, observation=_observe_as(job, files, case, image, number))
        for case, image in watched
    )


def _observe_as(
    job: Job, files: OriginalFiles, case: SmokeCase, image: str, number: int
) -> Observation:
    if job.options.seccomp is not None:
        # The profile may be one of a saved trace, on an engine that can record no calls.
        with contextlib.suppress(SeccompUnavailableError):
            return _watch(job, files, case, image, f"repair-{number}-calls", census=True)
    return _watch(job, files, case, image, f"repair-{number}", census=False)


def _watch(
    job: Job, files: OriginalFiles, case: SmokeCase, image: str, name: str, *, census: bool
) -> Observation:
    plan = case.plan
    run = dataclasses.replace(plan.run, port=plan.port)
    finished = read_original(image, job.session.engine.inspect_image(image))
    target = TracedRun(
        job.session,
        original_in(case.role, finished),
        run,
        trace_file=job.folder / "-".join(filter(None, (name, case.role.name))),
        ports=sorted({*plan.ports, *((plan.port,) if plan.port else ())}),
        sources=job.options.sources,
        census=census,
        index=lambda: files.index,
    )
    try:
        return observe(
            target,
            plan.probes,
            run,
            ready_limit=plan.ready_limit,
            exit_status=plan.exit_status,
            own_command=plan.own_command,
            program=lambda name: program_named(name, files.index, job.original.config, plan.run),
            done=lambda result: job.progress.probed("repair", named(case.role, result)),
        )
    finally:
        target.close()


def _passed(seen: Iterable[_Seen]) -> bool:
    """Whether nothing was wrong this time, with the answers neither."""
    return all(map(_has_passed, seen))


def _has_passed(seen: _Seen) -> bool:
    reference, observation = seen.case.reference, seen.observation
    if not observation.passed or reference is None:
        return observation.passed
    outcome = SmokeOutcome(image=ImageKind.SLIM, results=observation.results)
    return all(judged.passed for judged in reference.judge([outcome]).outcomes)


def _has_ended(built: BuiltImages) -> bool:
    """Whether the command of an image that failed had ended, or never ran."""
    return any(outcome.problem for outcome in built.outcomes if not outcome.passed)


def _trace_of(seen: Iterable[_Seen]) -> Trace:
    return union((each.case.role.name, each.observation.trace) for each in seen)


def _suspects(
    job: Job,
    files: OriginalFiles,
    built: BuiltImages,
    seen: tuple[_Seen, ...],
    repairs: tuple[Repair, ...],
) -> Suspects:
    return find_suspects(
        _trace_of(seen),
        Gaps(files.index, finished_index(_plans(built))),
        said="\n".join((*(each.observation.logs for each in seen), *_said(built.outcomes))),
        excludes=PathGlobs(job.options.excludes),
        known=frozenset(repair.path for repair in repairs),
        interpreter=partial(interpreter_of, index=files.index, content=files.server.content),
    )


def _plans(built: BuiltImages) -> Sequence[LayerPlan]:
    return built.assembly.plans[ImageKind.SLIM]


def _said(outcomes: Iterable[SmokeOutcome]) -> Iterable[str]:
    for outcome in outcomes:
        if not outcome.passed:
            yield outcome.problem
            if not outcome.differs_only:
                yield outcome.logs
            yield from (result.excerpt for result in outcome.failed)


def _narrowed(
    job: Job,
    files: OriginalFiles,
    built: BuiltImages,
    repairs: tuple[Repair, ...],
    number: int,
    build: Build,
) -> tuple[BuiltImages, tuple[Repair, ...]]:
    """Without the repairs that the passing image does not touch, if it passes without them too:
    a listing brings everything that it lacked, and little of that matters."""
    with job.clock.stage("repair", _WATCHED):
        seen = _observe(job, files, built, number)
    if not _passed(seen):
        return built, repairs
    met = _met(files.index, (sighting.path for sighting in _trace_of(seen).sightings))
    used = tuple(repair for repair in repairs if _is_used(repair, met))
    if len(used) == len(repairs):
        return built, repairs
    narrow = build(used)
    return (built, repairs) if narrow.failure is not None else (narrow, used)


def _met(index: RootfsIndex, paths: Iterable[str]) -> frozenset[str]:
    """The canonical paths of what these lookups name and lead to."""
    walks = map(index.resolve, set(paths))
    ends = (end for walk in walks for end in (walk.named, walk.entry, walk.deepest))
    return frozenset(end.path for end in ends if end is not None)


def _is_used(repair: Repair, met: frozenset[str]) -> bool:
    return repair.path in met or (repair.whole and any(is_below(path, repair.path) for path in met))


def _lasting(
    job: Job, traced: TracedOriginal, files: OriginalFiles, repairs: tuple[Repair, ...]
) -> dict[str, str]:
    """What to add to the command line so that the next build needs no repair."""
    paths = [repair.path for repair in repairs]
    rules: dict[str, str] = {}
    for request in keep_requests(job, traced, files):
        rules = rules_for(request, RULEBOOK, paths) | rules
    return {
        path: f"--rule {rules[path]}" if path in rules else f"--include {shlex.quote(path)}"
        for path in paths
    }


def _with_what_was_tried(
    failure: SmokeTestError,
    rounds: Sequence[RepairRound],
    excluded: Iterable[Repair],
    *,
    by_time: bool,
) -> SmokeTestError:
    lines = [
        f"repair, round {number}: added {repair.path}, {repair.detail}"
        for number, each in enumerate(rounds, 1)
        for repair in each.repairs
    ]
    missed = [f"dropped because of --exclude: {each.path}, {each.detail}" for each in excluded]
    hint = failure.hint
    if by_time:
        hint = (
            "no tag was moved; run once more, the image passed and missed nothing: it is a matter "
            "of timing. Build on a less busy machine, or raise --start-timeout or --probe-timeout"
        )
    if missed:
        hint = "no tag was moved; the image misses what --exclude leaves out: exclude less"
    return type(failure)(
        failure.message, hint=hint, details="\n".join((failure.details, *lines, *missed)).strip()
    )


def _words(repairs: Sequence[Repair]) -> str:
    """`/etc/a, /etc/b and 3 more`."""
    if not repairs:
        return "nothing is missed"
    shown = ", ".join(repair.path for repair in repairs[:_SHOWN])
    more = len(repairs) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
