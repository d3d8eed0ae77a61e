"""Images that have passed: assembled, loaded into the engine, and run against the probes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from slimmer.configuration import Verification
from slimmer.errors import SmokeTestError
from slimmer.model import CommandProbe, Repair, RunOptions
from slimmer.pipeline.assembly import Assembly, assemble
from slimmer.pipeline.examination import Served
from slimmer.pipeline.fidelity import FidelityChecks
from slimmer.pipeline.job import Job
from slimmer.repair import RepairLog
from slimmer.tracing import Examination
from slimmer.verify import (
    Fidelity,
    Reference,
    SmokePlan,
    SmokeResult,
    load_images,
    raise_for_failure,
    smoke_test,
)


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Finished images in the engine, by session names, and how they did."""

    assembly: Assembly
    loaded: Mapping[str, str]
    """The engine's id by role: `slim`, `debug`."""
    plan: SmokePlan
    tests: tuple[SmokeResult, ...]
    """One for each image; none where images are not run."""
    fidelity: tuple[Fidelity, ...]
    """One for each image: what was found to be as it has to be."""
    failure: SmokeTestError | None
    """Why an image did not pass; None where all did."""
    verification: Verification
    """What the images had to do: less than asked for where no answers are known."""
    reference: Reference | None = None
    """What the answers were held against; None where they were not."""
    repair: RepairLog | None = None
    """What it took; None where the first images passed."""


def build_verified(job: Job, examined: Examination, served: Served) -> Verified:
    """Images that have passed, repaired where that was needed. Raises SmokeTestError."""
    plan = _plan(job, examined)
    built = attempt(job, examined, served, plan, _reference(job, examined, plan))
    if built.failure is not None:
        from slimmer.pipeline.repair import repaired  # most builds never need it

        built = repaired(job, examined, served, built)
    served.server.close()
    return built


def attempt(
    job: Job,
    examined: Examination,
    served: Served,
    plan: SmokePlan,
    reference: Reference | None,
    repairs: tuple[Repair, ...] = (),
) -> Verified:
    """One round: images that have what was seen and what is repaired, and their tests."""
    assembly = assemble(job, examined, served, repairs)
    checks = FidelityChecks(job, assembly, served)
    with job.clock.stage("load"):
        loaded = load_images(job.session, assembly.images)
    checking = checks.start(loaded)
    failure: SmokeTestError | None = None
    try:
        with job.clock.stage("verify"):
            tests = _verify(job, loaded, plan, reference)
            raise_for_failure(tests)
    except SmokeTestError as error:
        failure = error
    with job.clock.stage("fidelity"):
        # An image that is not what was packed explains a probe that fails: no case for repair.
        fidelity = tuple(check.result() for check in checking)
        paths = sum(each.paths for each in fidelity)
        job.progress.detail("fidelity", f"{paths:,} paths as in the original")
    return Verified(
        assembly=assembly,
        loaded=loaded,
        plan=plan,
        tests=tests,
        fidelity=fidelity,
        failure=failure,
        verification=_verification(job, reference),
        reference=reference,
    )


def _plan(job: Job, examined: Examination) -> SmokePlan:
    probes = tuple(result.probe for result in examined.results)
    return SmokePlan(
        run=job.options.run,
        probes=(*probes, *job.options.checks),
        port=examined.port,
        ports=tuple(sorted(job.ports_named(probes))),
        ready_seconds=examined.ready_seconds,
        exit_status=examined.exit_status,
    )


def _reference(job: Job, examined: Examination, plan: SmokePlan) -> Reference | None:
    """What answers are held against. The original runs again beside the assembling; a build from
    a saved trace never runs it, and compares with the answers that were saved, if any."""
    if job.options.verify is not Verification.CONTENT:
        return None
    if job.options.from_trace is not None:
        known = any(result.answered_with is not None for result in examined.results)
        return Reference(examined.results, plan, None, job.pool) if known else None

    def run(plan: SmokePlan) -> SmokeResult:
        with job.clock.stage("reference"):
            return smoke_test(job.session, job.original.id, plan, role="reference")

    return Reference(examined.results, plan, run, job.pool)


def _verification(job: Job, reference: Reference | None) -> Verification:
    asked = job.options.verify
    return asked if asked is not Verification.CONTENT or reference else Verification.STATUS


def _verify(
    job: Job, loaded: Mapping[str, str], plan: SmokePlan, reference: Reference | None
) -> tuple[SmokeResult, ...]:
    """Probe all finished images side by side, and hold their answers against the original's."""
    if job.options.verify is Verification.OFF:
        job.warn("the images were not run: nothing is known of whether they work (--verify off)")
        return ()
    if reference is not None and _is_shared(job.options.run):
        reference.wait()
    shell = CommandProbe(name="a shell", command=("sh", "-c", "exit 0"))
    plans = {
        "slim": plan,
        "debug": dataclasses.replace(plan, probes=(*plan.probes, shell)),
    }
    running = [
        job.pool.submit(
            smoke_test,
            job.session,
            image,
            plans[role],
            role=role,
            done=lambda result: job.progress.probed("verify", result),
        )
        for role, image in loaded.items()
    ]
    tests = tuple(test.result() for test in running)
    if reference is None:
        return tests
    judgement = reference.judge(tests)
    job.notes.extend(judgement.notes)
    for before, after in zip(tests, judgement.tests, strict=True):
        for answered, compared in zip(before.results, after.results, strict=True):
            if answered.passed and not compared.passed:
                job.progress.probed("verify", compared)
    return judgement.tests


def _is_shared(run: RunOptions) -> bool:
    """Whether two containers of a run may meet: at a port of the host, or in a volume."""
    return bool(run.volumes) or run.network.startswith(("host", "container:"))
