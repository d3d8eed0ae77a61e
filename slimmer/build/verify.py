"""Images that have passed: assembled, loaded into the engine, and run against the probes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slimmer.build.assemble import Assembly, assemble
from slimmer.build.examine import Served
from slimmer.build.fidelity import FidelityChecks
from slimmer.build.job import Job
from slimmer.build.known_results import has_passed
from slimmer.build.roles import (
    Examined,
    ExaminedRole,
    all_results,
    is_shared,
    named,
    runs_here,
    told_of,
)
from slimmer.errors import SmokeTestError
from slimmer.options import Role, Verification
from slimmer.probing.kinds import ExecProbe
from slimmer.values import Repair, in_role
from slimmer.verify import (
    Fidelity,
    Reference,
    SmokePlan,
    SmokeResult,
    load_images,
    raise_for_failure,
    smoke_test,
)
from slimmer.verify.repair import RepairLog


@dataclass(frozen=True, kw_only=True)
class Trial:
    """What finished images have to do in one role."""

    role: Role
    plan: SmokePlan
    reference: Reference | None = None
    """What the answers are held against; None where they are not."""


@dataclass(frozen=True, kw_only=True)
class Tested:
    """How one image did in one role."""

    trial: Trial
    result: SmokeResult


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Finished images in the engine, by session names, and how they did."""

    assembly: Assembly
    loaded: Mapping[str, str]
    """The engine's id by role: `slim`, `debug`."""
    trials: tuple[Trial, ...]
    """One for each role of the image."""
    verification: Verification
    """What the images had to do: less than asked for where no answers are known."""
    passed_before: bool
    """Whether these very images passed all this when the trace was saved. They are not examined
    again: the engine itself makes sure that it loaded what the digests say."""
    tests: tuple[Tested, ...] = ()
    """One for each trial and image; none where images are not run."""
    fidelity: tuple[Fidelity, ...] = ()
    """One for each image: what was found to be as it has to be."""
    failure: SmokeTestError | None = None
    """Why an image did not pass; None where all did."""
    repair: RepairLog | None = None
    """What it took; None where the first images passed."""


def build_verified(job: Job, examined: Examined, served: Served) -> Verified:
    """Images that have passed, repaired where that was needed. Raises SmokeTestError."""
    built = attempt(job, examined, served, tuple(_trial(job, each) for each in examined.roles))
    if built.failure is not None:
        from slimmer.build.repair import repaired  # most builds never need it

        built = repaired(job, examined, served, built)
    served.server.close()
    return built


def attempt(
    job: Job,
    examined: Examined,
    served: Served,
    trials: tuple[Trial, ...],
    repairs: tuple[Repair, ...] = (),
) -> Verified:
    """One round: images that have what was seen and what is repaired, and their tests."""
    assembly = assemble(job, examined, served, repairs)
    known = has_passed(job, examined, assembly.images, trials)
    checks = None if known else FidelityChecks(job, assembly, served)
    with job.clock.stage("load"):
        loaded = load_images(job.session, assembly.images)
    built = Verified(
        assembly=assembly,
        loaded=loaded,
        trials=trials,
        verification=job.options.verify if known else _verification(job, trials),
        passed_before=known,
    )
    return built if checks is None else _tested(job, built, checks)


def _tested(job: Job, built: Verified, checks: FidelityChecks) -> Verified:
    checking = checks.start(built.loaded)
    failure: SmokeTestError | None = None
    tests: tuple[Tested, ...] = ()
    try:
        with job.clock.stage("verify"):
            tests = _verify(job, built.loaded, built.trials)
            for tested in tests:
                with told_of(tested.trial.role):
                    raise_for_failure([tested.result])
    except SmokeTestError as error:
        failure = error
    with job.clock.stage("fidelity"):
        # An image that is not what was packed explains a probe that fails: no case for repair.
        fidelity = tuple(check.result() for check in checking)
        paths = sum(each.paths for each in fidelity)
        job.progress.detail("fidelity", f"{paths:,} paths as in the original")
    return dataclasses.replace(built, tests=tests, fidelity=fidelity, failure=failure)


def _trial(job: Job, examined: ExaminedRole) -> Trial:
    plan = _plan(job, examined)
    return Trial(role=examined.role, plan=plan, reference=_reference(job, examined, plan))


def _plan(job: Job, examined: ExaminedRole) -> SmokePlan:
    role, examination = examined.role, examined.examination
    probes = (*(result.probe for result in examination.results), *role.checks)
    return SmokePlan(
        run=role.run,
        probes=probes,
        port=examination.port,
        ports=tuple(sorted(job.ports_named(probes))),
        ready_seconds=examination.ready_seconds,
        exit_status=examination.exit_status,
    )


def _reference(job: Job, examined: ExaminedRole, plan: SmokePlan) -> Reference | None:
    """What answers are held against. The original runs again beside the assembling; a build from
    a saved trace never runs it, and compares with the answers that were saved, if any."""
    if job.options.verify is not Verification.CONTENT:
        return None
    results = examined.examination.results
    if job.options.from_trace is not None:
        known = any(result.answered_with is not None for result in results)
        return Reference(results, plan, None, job.pool) if known else None

    def run(plan: SmokePlan) -> SmokeResult:
        with job.clock.stage("reference"):
            return smoke_test(job.session, job.original.id, plan, role="reference")

    return Reference(results, plan, run, job.runs)


def _verification(job: Job, trials: Sequence[Trial]) -> Verification:
    asked = job.options.verify
    compared = any(trial.reference is not None for trial in trials)
    return asked if asked is not Verification.CONTENT or compared else Verification.STATUS


def _verify(job: Job, loaded: Mapping[str, str], trials: Sequence[Trial]) -> tuple[Tested, ...]:
    """Probe all finished images, side by side where they do not meet, and hold their answers
    against the original's."""
    if job.options.verify is Verification.OFF:
        job.warn("the images were not run: nothing is known of whether they work (--verify off)")
        return ()
    for trial in trials:
        plan = trial.plan
        if trial.reference is not None and (is_shared(plan.run) or runs_here(plan.probes)):
            trial.reference.wait()
    pairs = [(trial, image) for image in loaded for trial in trials]
    results = all_results(
        [job.runs.submit(_test, job, trial, image, loaded[image]) for trial, image in pairs]
    )
    judged: list[Tested] = []
    for trial in trials:
        own = [result for (its, _), result in zip(pairs, results, strict=True) if its is trial]
        tests = _without_chance(job, trial, _judged(job, trial, own), loaded)
        judged += (Tested(trial=trial, result=result) for result in tests)
    return tuple(judged)


def _test(job: Job, trial: Trial, image: str, identity: str) -> SmokeResult:
    """`image` is `slim` or `debug`, which has to have a shell besides."""
    plan = trial.plan
    if image == "debug":
        shell = ExecProbe(name="a shell", command=("sh", "-c", "exit 0"))
        plan = dataclasses.replace(plan, probes=(*plan.probes, shell))
    with told_of(trial.role):
        return smoke_test(
            job.session,
            identity,
            plan,
            role=image,
            done=lambda result: job.progress.probed("verify", named(trial.role, result)),
        )


def _judged(job: Job, trial: Trial, tests: Sequence[SmokeResult]) -> Sequence[SmokeResult]:
    """The tests of a role with each answer held against the original's."""
    if trial.reference is None:
        return tests
    judgement = trial.reference.judge(tests)
    job.notes.extend(in_role(trial.role.name, note) for note in judgement.notes)
    for before, after in zip(tests, judgement.tests, strict=True):
        for answered, compared in zip(before.results, after.results, strict=True):
            if answered.passed and not compared.passed:
                job.progress.probed("verify", named(trial.role, compared))
    return judgement.tests


def _without_chance(
    job: Job, trial: Trial, tests: Sequence[SmokeResult], loaded: Mapping[str, str]
) -> Sequence[SmokeResult]:
    """The tests of images whose answers differ are run once more: what is missing is missing
    again, and an answer that differs only once is noise that the original has not shown so far."""
    doubtful = [test.role for test in tests if test.differs_only]
    if not doubtful:
        return tests
    repeated = all_results(
        [job.runs.submit(_test, job, trial, image, loaded[image]) for image in doubtful]
    )
    again = {test.role: test for test in _judged(job, trial, repeated)}
    return [
        _better(job, trial, test, again[test.role]) if test.role in again else test
        for test in tests
    ]


def _better(job: Job, trial: Trial, first: SmokeResult, second: SmokeResult) -> SmokeResult:
    """The first test, with the results of the second for probes that have passed only there."""
    if second.problem:
        return first
    results = []
    for former, later in zip(first.results, second.results, strict=True):
        by_chance = later.passed and not former.passed
        results.append(later if by_chance else former)
        if by_chance:
            note = (
                f"the {first.role} image answered `{later.probe.name}` otherwise than the "
                "original, and as the original does when it was run again"
            )
            job.notes.append(in_role(trial.role.name, note))
    return dataclasses.replace(first, results=tuple(results))
