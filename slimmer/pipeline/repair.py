"""Rounds of repair: the failing image is run under the sensor, what it misses is added, and the
image is built and tested again."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Iterable, Sequence
from functools import partial

from slimmer.errors import SmokeTestError
from slimmer.image import read_original
from slimmer.keep import interpreter_of, program_named, rules_for
from slimmer.model import LayerPlan, Repair
from slimmer.pipeline.assembly import keep_request, keep_to_budget
from slimmer.pipeline.examination import Served
from slimmer.pipeline.job import Job
from slimmer.pipeline.verification import Verified, attempt
from slimmer.repair import (
    Gaps,
    Observation,
    RepairLog,
    RepairRound,
    Suspects,
    find_suspects,
    finished_index,
    observe,
)
from slimmer.rootfs import PathGlobs, RootfsIndex, is_below
from slimmer.tracing import Examination, TracedRun, sensor_binary
from slimmer.verify import SmokeResult

_SHOWN = 5


def repaired(job: Job, examined: Examination, served: Served, failed: Verified) -> Verified:
    """The images of the first round that passes. Raises the last round's SmokeTestError, with
    what was tried, where none does and nothing new is missed."""
    rounds: list[RepairRound] = []
    repairs: tuple[Repair, ...] = ()
    excluded: dict[str, Repair] = {}
    by_listing = False
    built = failed
    while built.failure is not None and len(rounds) < job.options.repair:
        with job.clock.stage("repair"):
            seen = _observe(job, served, built, len(rounds))
            missed = _suspects(job, served, built, seen, repairs)
            fresh = missed.found or missed.named or missed.listed
            job.progress.detail("repair", _words(fresh or missed.excluded))
        excluded |= {repair.path: repair for repair in missed.excluded}
        if not fresh and not _passed(built, seen):
            break
        rounds.append(RepairRound(problem=built.failure.message, repairs=fresh))
        if not fresh:
            continue  # it passed this time: what it depends on shows in another run, or never
        by_listing = by_listing or not missed.found
        repairs += fresh
        job.progress.warned(f"{built.failure.message}; repairing: {_words(fresh)}")
        built = attempt(job, examined, served, built.plan, built.reference, repairs)
    if built.failure is not None:
        raise _with_what_was_tried(built.failure, rounds, excluded.values())
    if by_listing:
        built, repairs = _narrowed(job, examined, served, built, repairs, len(rounds))
    keep_to_budget(job, built.assembly.images["slim"])
    log = RepairLog(
        rounds=tuple(rounds), repairs=repairs, lasting=_lasting(job, examined, served, repairs)
    )
    return dataclasses.replace(built, repair=log)


def _observe(job: Job, served: Served, built: Verified, number: int) -> Observation:
    """The image that failed, or the slim one, under the sensor."""
    role = next((test.role for test in built.tests if not test.passed), "slim")
    image = built.loaded[role]
    plan = built.plan
    run = dataclasses.replace(plan.run, port=plan.port)
    target = TracedRun(
        job.session,
        read_original(image, job.session.engine.inspect_image(image)),
        run,
        sensor=sensor_binary(job.original.architecture),
        trace_file=job.folder / f"repair-{number}.trace",
        ports=sorted({*plan.ports, *((plan.port,) if plan.port else ())}),
        sources=job.options.sources,
    )
    try:
        return observe(
            target,
            plan.probes,
            run,
            ready_limit=plan.ready_limit,
            exit_status=plan.exit_status,
            program=lambda name: program_named(name, served.index, job.original.config, plan.run),
            done=lambda result: job.progress.probed("repair", result),
        )
    finally:
        target.close()


def _passed(built: Verified, seen: Observation) -> bool:
    """Whether nothing was wrong this time, with the answers neither."""
    if not seen.passed or built.reference is None:
        return seen.passed
    test = SmokeResult(role="slim", results=seen.results, problem="", logs="")
    return all(judged.passed for judged in built.reference.judge([test]).tests)


def _suspects(
    job: Job,
    served: Served,
    built: Verified,
    seen: Observation,
    repairs: tuple[Repair, ...],
) -> Suspects:
    return find_suspects(
        seen.trace,
        Gaps(served.index, finished_index(_plans(built))),
        said="\n".join((seen.logs, *_said(built.tests))),
        excludes=PathGlobs(job.options.excludes),
        known=frozenset(repair.path for repair in repairs),
        interpreter=partial(interpreter_of, index=served.index, content=served.server.content),
    )


def _plans(built: Verified) -> Sequence[LayerPlan]:
    return built.assembly.plans["slim"]


def _said(tests: Iterable[SmokeResult]) -> Iterable[str]:
    for test in tests:
        if not test.passed:
            yield test.problem
            yield test.logs
            yield from (result.excerpt for result in test.results if not result.passed)


def _narrowed(
    job: Job,
    examined: Examination,
    served: Served,
    built: Verified,
    repairs: tuple[Repair, ...],
    number: int,
) -> tuple[Verified, tuple[Repair, ...]]:
    """Without the repairs that the passing image does not touch, if it passes without them too:
    a listing brings everything that it lacked, and little of that matters."""
    with job.clock.stage("repair"):
        seen = _observe(job, served, built, number)
    if not _passed(built, seen):
        return built, repairs
    met = _met(served.index, (sighting.path for sighting in seen.trace.sightings))
    used = tuple(repair for repair in repairs if _is_used(repair, met))
    if len(used) == len(repairs):
        return built, repairs
    narrow = attempt(job, examined, served, built.plan, built.reference, used)
    return (built, repairs) if narrow.failure is not None else (narrow, used)


def _met(index: RootfsIndex, paths: Iterable[str]) -> frozenset[str]:
    """The canonical paths of what these lookups name and lead to."""
    walks = map(index.resolve, set(paths))
    ends = (end for walk in walks for end in (walk.named, walk.entry, walk.deepest))
    return frozenset(end.path for end in ends if end is not None)


def _is_used(repair: Repair, met: frozenset[str]) -> bool:
    return repair.path in met or (repair.whole and any(is_below(path, repair.path) for path in met))


def _lasting(
    job: Job, examined: Examination, served: Served, repairs: tuple[Repair, ...]
) -> dict[str, str]:
    """What to add to the command line so that the next build needs no repair."""
    paths = [repair.path for repair in repairs]
    rules = rules_for(keep_request(job, examined.trace, served), paths)
    return {
        path: f"--rule {rules[path]}" if path in rules else f"--include {shlex.quote(path)}"
        for path in paths
    }


def _with_what_was_tried(
    failure: SmokeTestError, rounds: Sequence[RepairRound], excluded: Iterable[Repair]
) -> SmokeTestError:
    lines = [
        f"repair, round {number}: added {repair.path}, {repair.detail}"
        for number, each in enumerate(rounds, 1)
        for repair in each.repairs
    ]
    missed = [f"left out because of --exclude: {each.path}, {each.detail}" for each in excluded]
    hint = failure.hint
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
