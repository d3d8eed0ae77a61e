"""Packed images are loaded into the engine, compared with the original, and run against the
probes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from slimmer.build.fidelity import FidelityChecks
from slimmer.build.job import Job
from slimmer.build.known_results import has_passed
from slimmer.build.roles import (
    all_results,
    is_shared,
    named,
    naming_role,
    original_in,
    runs_here,
)
from slimmer.build.values import (
    Assembly,
    BuiltImages,
    OriginalFiles,
    SmokeCase,
    TracedOriginal,
    TracedRole,
)
from slimmer.engine import argument_vector
from slimmer.errors import SmokeTestError
from slimmer.options import Verification
from slimmer.probing import HEALTHCHECK, own_command_probe
from slimmer.probing.kinds import ExecProbe
from slimmer.trace.run import Processor
from slimmer.values import ImageKind, SmokeOutcome, in_role
from slimmer.verify import Reference, SmokePlan, load_images, raise_for_failure, smoke_test
from slimmer.words import count, size


def smoke_cases(job: Job, traced: TracedOriginal) -> tuple[SmokeCase, ...]:
    """What finished images have to do, role by role. Where answers are compared, the original
    begins to run again."""
    return tuple(_case(job, each) for each in traced.roles)


def verify(
    job: Job,
    traced: TracedOriginal,
    files: OriginalFiles,
    assembly: Assembly,
    cases: tuple[SmokeCase, ...],
) -> BuiltImages:
    """Load the images and test them, unless they are known to have passed. A failed smoke test is
    part of what is returned; an image that is not what was packed raises PackingError."""
    known = has_passed(job, traced, assembly.images, cases)
    checks = None if known else FidelityChecks(job, assembly, files)
    with job.clock.stage("load", "the engine takes the images in"):
        loaded = load_images(
            job.session,
            assembly.images,
            like=(job.slim_name, job.debug_name, *(each.id for each in job.bases)),
        )
        if loaded.spared:
            job.progress.detail(
                "load",
                f"{size(loaded.sent)} sent; the engine has {size(loaded.spared)}",
            )
    built = BuiltImages(
        assembly=assembly,
        loaded=loaded.ids,
        cases=cases,
        verification=job.options.verify if known else _verification(job, cases),
        passed_before=known,
    )
    return built if checks is None else _tested(job, built, checks)


def _tested(job: Job, built: BuiltImages, checks: FidelityChecks) -> BuiltImages:
    checking = checks.start(built.loaded)
    outcomes: tuple[SmokeOutcome, ...] = ()
    failure: SmokeTestError | None = None
    try:
        with job.clock.stage("verify", "the finished images start, and are probed"):
            outcomes = _verify(job, built.loaded, built.cases)
            for case in built.cases:
                with naming_role(case.role):
                    raise_for_failure(each for each in outcomes if each.role == case.role.name)
    except SmokeTestError as error:
        failure = error
    with job.clock.stage("fidelity", "each path is compared with the original's"):
        # An image that is not what was packed explains a probe that fails: no case for repair.
        fidelity = tuple(check.result() for check in checking)
        same = ", ".join(f"{count(each.paths, 'path')} of the {each.image}" for each in fidelity)
        job.progress.detail("fidelity", f"{same} image as in the original")
    return dataclasses.replace(built, outcomes=outcomes, fidelity=fidelity, failure=failure)


def _case(job: Job, traced: TracedRole) -> SmokeCase:
    plan = _plan(job, traced)
    return SmokeCase(role=traced.role, plan=plan, reference=_reference(job, traced, plan))


def _plan(job: Job, traced: TracedRole) -> SmokePlan:
    role, examination = traced.role, traced.examination
    probes = (*(result.probe for result in examination.results), *role.checks)
    return SmokePlan(
        role=role.name,
        run=role.run,
        probes=probes,
        port=examination.port,
        ports=tuple(sorted(job.ports_named(probes))),
        ready_seconds=examination.ready_seconds,
        exit_status=examination.exit_status,
        own_command=_own_command(job, traced),
        is_healthy=any(probe.name == HEALTHCHECK for probe in probes),
        # A trace does not tell.
        is_faulty_at_first=job.options.from_trace is not None
        or any(result.faulty for result in examination.results[:1]),
    )


def _own_command(job: Job, traced: TracedRole) -> ExecProbe | None:
    exit_status, role = traced.examination.exit_status, traced.role
    if exit_status is None:
        return None
    config = original_in(role, job.original).config
    return own_command_probe(argument_vector(config, role.run), exit_status)


def _reference(job: Job, traced: TracedRole, plan: SmokePlan) -> Reference | None:
    """What answers are held against. The original runs again beside the assembling; a build from
    a saved trace never runs it, and compares with the answers that were saved, if any."""
    if job.options.verify is not Verification.CONTENT:
        return None
    results = traced.examination.answers
    if job.options.from_trace is not None:
        known = any(result.answered_with is not None for result in results)
        return Reference(results, plan, None, job.pool) if known else None

    def run(plan: SmokePlan) -> SmokeOutcome:
        with job.clock.stage("reference", "a second run of the original answers the probes"):
            return smoke_test(job.session, job.original.id, plan, ImageKind.ORIGINAL)

    return Reference(results, plan, run, job.runs)


def _verification(job: Job, cases: Sequence[SmokeCase]) -> Verification:
    asked = job.options.verify
    compared = any(case.reference is not None for case in cases)
    return asked if asked is not Verification.CONTENT or compared else Verification.STATUS


def _verify(
    job: Job, loaded: Mapping[ImageKind, str], cases: Sequence[SmokeCase]
) -> tuple[SmokeOutcome, ...]:
    """Probe all finished images, side by side where they do not meet, and hold their answers
    against the original's."""
    if job.options.verify is Verification.OFF:
        reason = (
            f"nothing here runs {job.platform}"
            if job.processor is Processor.NONE
            else "--verify off"
        )
        job.warn(f"the images were not run: nothing is known of whether they work ({reason})")
        return ()
    for case in cases:
        plan = case.plan
        if case.reference is not None and (is_shared(plan.run) or runs_here(plan.probes)):
            case.reference.wait()
    pairs = [(case, kind) for kind in loaded for case in cases]
    outcomes = all_results(
        [job.runs.submit(_test, job, case, kind, loaded[kind]) for case, kind in pairs]
    )
    judged: list[SmokeOutcome] = []
    for case in cases:
        own = [outcome for (its, _), outcome in zip(pairs, outcomes, strict=True) if its is case]
        judged += _without_chance(job, case, _judged(job, case, own), loaded)
    return tuple(judged)


def _test(job: Job, case: SmokeCase, kind: ImageKind, image: str) -> SmokeOutcome:
    """The debug image has to have a shell besides."""
    plan = case.plan
    if kind is ImageKind.DEBUG:
        shell = ExecProbe(name="a shell", command=("sh", "-c", "exit 0"))
        plan = dataclasses.replace(plan, probes=(*plan.probes, shell))
    with naming_role(case.role):
        return smoke_test(
            job.session,
            image,
            plan,
            kind,
            done=lambda result: job.progress.probed("verify", named(case.role, result)),
        )


def _judged(job: Job, case: SmokeCase, outcomes: Sequence[SmokeOutcome]) -> Sequence[SmokeOutcome]:
    """The tests of a role with each answer held against the original's."""
    if case.reference is None:
        return [outcome.held_to_health for outcome in outcomes]
    judgement = case.reference.judge(outcomes)
    job.notes.extend(in_role(case.role.name, note) for note in judgement.notes)
    for before, after in zip(outcomes, judgement.outcomes, strict=True):
        for answered, compared in zip(before.results, after.results, strict=True):
            if answered.passed and not compared.passed:
                job.progress.probed("verify", named(case.role, compared))
    return judgement.outcomes


def _without_chance(
    job: Job, case: SmokeCase, outcomes: Sequence[SmokeOutcome], loaded: Mapping[ImageKind, str]
) -> Sequence[SmokeOutcome]:
    """The tests of images whose answers differ are run once more: what is missing is missing
    again, and an answer that differs only once is noise that the original has not shown so far."""
    doubtful = [each.image for each in outcomes if each.differs_only]
    if not doubtful:
        return outcomes
    repeated = all_results(
        [job.runs.submit(_test, job, case, kind, loaded[kind]) for kind in doubtful]
    )
    again = {each.image: each for each in _judged(job, case, repeated)}
    return [
        _better(job, case, each, again[each.image]) if each.image in again else each
        for each in outcomes
    ]


def _better(job: Job, case: SmokeCase, first: SmokeOutcome, second: SmokeOutcome) -> SmokeOutcome:
    """The first test, with the results of the second for probes that have passed only there."""
    if second.problem:
        return first
    results = []
    for former, later in zip(first.results, second.results, strict=True):
        by_chance = later.passed and not former.passed
        results.append(later if by_chance else former)
        if by_chance:
            note = (
                f"the {first.image} image answered `{later.probe.name}` otherwise than the "
                "original, and as the original does when it was run again"
            )
            job.notes.append(in_role(case.role.name, note))
    return dataclasses.replace(first, results=tuple(results))
