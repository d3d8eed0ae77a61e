"""One build, step after step: the only file that knows their order.

Nothing is tagged before all images have passed; whatever happens before, the session and the
workspace take everything away again. What fails after the traced run is reported all the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from slimmer.build.concealing import concealment_of
from slimmer.build.destinations import refuse_unwritable
from slimmer.build.examine import begin_serving, trace_original
from slimmer.build.job import Job, source_date_epoch
from slimmer.build.loading import load_later_steps
from slimmer.build.processor import for_platform, with_processor
from slimmer.build.resolve import read_missed, resolve, resolve_bases
from slimmer.build.roles import pool_for_runs
from slimmer.build.values import (
    BuiltImages,
    Findings,
    Foresight,
    OriginalFiles,
    SmokeCase,
    TracedOriginal,
)
from slimmer.engine import Session, connect, network_note
from slimmer.errors import SmokeTestError, as_slim_error
from slimmer.options import BuildOptions, Role, taking_any_certificate
from slimmer.probing import conceal_error, concealed_errors
from slimmer.progress import ConcealingProgress, Progress, StageClock
from slimmer.values import CallUse, Repair, Trace
from slimmer.workspace import explained, workspace

if TYPE_CHECKING:
    from slimmer.build.foundation import Bases
    from slimmer.report import Report
    from slimmer.seccomp import Additions, ProfileInForce

T = TypeVar("T")


def build_image(options: BuildOptions, progress: Progress) -> Report:
    """Build, verify and tag the slim image of `options.image` and its debug twin.

    Raises a SlimError for everything that stops it; nothing is left behind then.
    """
    return with_job(options, progress, lambda job: _pushed(job, _run(job)))


def with_job(options: BuildOptions, progress: Progress, work: Callable[[Job], T]) -> T:
    """What `work` makes of the original, which is in the engine, and of a session and a workspace
    that go with it. Errors as for `build_image`. Secrets of the options are told nobody."""
    conceal = concealment_of(options)
    with concealed_errors(conceal):
        return _with_job(options, ConcealingProgress(progress, conceal), work)


def _with_job(options: BuildOptions, progress: Progress, work: Callable[[Job], T]) -> T:
    clock = StageClock(progress)
    options = for_platform(taking_any_certificate(options))
    if options.cache_directory is not None:
        from slimmer.build.trace_cache import with_cached_trace  # most builds have none

        options = with_cached_trace(options, options.cache_directory)
    source_date_epoch()  # a wrong one is told before anything starts
    missed = read_missed(options)
    additions = _read_additions(options)
    if options.harden:
        from slimmer.build.harden import check_hardening  # most builds do not

        check_hardening(options)
    engine = connect(options.engine)
    try:
        composition = None
        if options.compose is not None:
            from slimmer.build.services import read_composition  # most builds have none

            composition = read_composition(options.compose, engine.address)
            options = composition.named(options)
        if options.pull:
            from slimmer.build.pull import pull_missing  # most originals are there

            pull_missing(engine, options.image, clock, progress)
        original, slim_name, debug_name = resolve(engine, options)
        bases = resolve_bases(engine, options, original)
        with (
            _clean_up(progress) as begin_to_clean,
            Session(engine) as session,
            workspace() as folder,
            ThreadPoolExecutor(thread_name_prefix="slimmer") as pool,
            ThreadPoolExecutor(1, thread_name_prefix="aside") as aside,
            pool_for_runs(options) as runs,
        ):
            try:
                notes = network_note(engine, options.run.network)
                if composition is not None:
                    with clock.stage("services", "the services of the compose file start"):
                        options, notes = composition.start(session, options, folder, progress)
                job = Job(
                    options=options,
                    progress=progress,
                    clock=clock,
                    session=session,
                    folder=folder,
                    pool=pool,
                    aside=aside,
                    runs=runs if options.roles or composition else pool,
                    original=original,
                    slim_name=slim_name,
                    debug_name=debug_name,
                    bases=bases,
                    missed=missed,
                    additions=additions,
                    notes=list(notes),
                )
                return work(with_processor(job))
            except BaseException:
                begin_to_clean()
                # Ends every container, and with them whatever a thread of the pool waits for.
                session.close()
                raise
            finally:
                begin_to_clean()
    finally:
        engine.close()


def _read_additions(options: BuildOptions) -> Additions | None:
    if options.seccomp is None and not options.seccomp_from:
        return None
    from slimmer.build.seccomp import read_additions  # most builds make no profile

    return read_additions(options)


@contextlib.contextmanager
def _clean_up(progress: Progress) -> Iterator[Callable[[], None]]:
    """A stage from the first call of what is given until the block, with the clean-up, ends."""
    begun: list[str] = []

    def begin() -> None:
        if not begun:
            begun.append("clean up")
            progress.started(begun[0])
            progress.waiting(begun[0], "the engine removes what this run made in it")

    try:
        yield begin
    finally:
        for stage in begun:
            progress.done(stage)


def _pushed(job: Job, report: Report) -> Report:
    if not job.options.push and not job.options.push_debug:
        return report
    from slimmer.build.push import push_images  # most builds push nothing

    return push_images(job, report)


def _run(job: Job) -> Report:
    refuse_unwritable(job.options, job.slim_name)
    later = job.pool.submit(load_later_steps)
    bases = _bases(job)
    with job.clock.stage("trace", "the engine makes the containers"):
        job, findings = _traced_or_recalled(job, later)
    with _reported(job, findings, later):
        try:
            return _build_from(job, findings, later, bases)
        except SmokeTestError as failure:
            if not job.options.retrace:
                raise
            from slimmer.build.retrace import renewing_after

            renewing = renewing_after(job, findings.traced, failure)
            if renewing is None:
                raise
        # The application has changed, and needs what its trace does not have.
        with job.clock.stage("trace again", "the engine makes the containers"):
            findings.traced, _ = trace_original(renewing, lambda *_: None, _served(findings.files))
        return _build_from(renewing, findings, later, bases)


def _served(files: OriginalFiles) -> Future[OriginalFiles]:
    served: Future[OriginalFiles] = Future()
    served.set_result(files)
    return served


def _bases(job: Job) -> Bases | None:
    if not job.bases:
        return None
    from slimmer.build.foundation import Bases  # most builds have none

    return Bases(job)


def _traced_or_recalled(job: Job, later: Future[None]) -> tuple[Job, Findings]:
    """What the original used: seen in its traced runs, or read from the file of an earlier one.
    The job is another one where it turned out that the file has to be renewed."""
    serving: Future[OriginalFiles] | None = None
    if job.options.from_trace is not None:
        from slimmer.build.retrace import recalled_or_renewing  # only a build from a trace pays

        job, recalled, serving = recalled_or_renewing(
            job, job.options.from_trace, lambda paths: begin_serving(job, paths)
        )
        if recalled is not None:
            traced, files = recalled
            return job, Findings(traced=traced, files=files)

    foresight = Foresight()

    def ahead(role: Role, seen: Callable[[], Trace], files: Future[OriginalFiles]) -> None:
        is_overtaken = foresight.begin(role.name)

        def work() -> None:
            later.result()
            from slimmer.build.decide import decide_ahead

            decide_ahead(job, foresight, role, seen, files.result(), is_overtaken)

        foresight.begun.append(job.pool.submit(work))

    traced, files = trace_original(job, ahead, serving)
    return job, Findings(traced=traced, files=files, foresight=foresight)


def _build_from(job: Job, findings: Findings, later: Future[None], bases: Bases | None) -> Report:
    """The steps behind the traced run."""
    files = findings.files
    later.result()
    from slimmer.build.assemble import assemble
    from slimmer.build.budget import keep_to_budget
    from slimmer.build.decide import decide_for_roles
    from slimmer.build.deliver import deliver
    from slimmer.build.secrets import warn_of_secrets
    from slimmer.build.verify import smoke_cases, verify

    cases = smoke_cases(job, findings.traced)
    if job.options.save_trace is not None:
        from slimmer.build.trace_file import save_trace

        with job.clock.stage("save", "writing the trace"):
            findings.traced = save_trace(job, job.options.save_trace, findings.traced, files)
    traced = findings.traced
    findings.seccomp = _begin_profile(job, traced)

    def attempt(repairs: tuple[Repair, ...] = ()) -> BuiltImages:
        findings.decision = decide_for_roles(job, traced, files, repairs, findings.foresight)
        assembly = assemble(job, files, findings.decision, traced, bases)
        if not any(repair.listing for repair in findings.decision.request.repairs):
            # Else there is more than will stay: repair cuts it down, and is asked again below.
            keep_to_budget(job, traced, files, assembly)
        findings.built = verify(job, traced, files, assembly, _under_profile(findings, cases))
        return findings.built

    built = attempt()
    if built.failure is not None:
        from slimmer.build.repair import repair  # most builds never need it

        built = findings.built = repair(
            job, traced, files, built, attempt, partial(_widen_profile, job, findings)
        )
        if built.failure is not None:
            raise _with_hint(built.failure, traced, findings.seccomp)
        keep_to_budget(job, traced, files, built.assembly)
    warn_of_secrets(job, built.assembly)
    if job.options.harden:
        from slimmer.build.harden import harden  # most builds do not

        findings.hardening = harden(job, traced, files, built)
    files.server.close()
    return deliver(job, findings, built)


def _with_hint(
    failure: SmokeTestError, traced: TracedOriginal, profile: ProfileInForce | None
) -> SmokeTestError:
    """With a word on the trace, where the application is not the one that was traced, and on the
    profile that it ran under."""
    file = traced.trace_file
    if file is not None and file.drift:
        failure.hint = (
            "the application has changed since it was traced, and may need what nobody has seen: "
            f"trace it anew with --save-trace {file.file}. {failure.hint}"
        )
    if profile is not None:
        failure.hint += (
            ". It ran under the seccomp profile, which stops none of the calls that it was seen to "
            "make; the same build without --seccomp tells whether that is why"
        )
    return failure


def _begin_profile(job: Job, traced: TracedOriginal) -> ProfileInForce | None:
    if job.options.seccomp is None:
        return None
    from slimmer.build.seccomp import begin_profile  # most builds make none

    return begin_profile(job, traced.trace.calls)


def _under_profile(findings: Findings, cases: tuple[SmokeCase, ...]) -> tuple[SmokeCase, ...]:
    if findings.seccomp is None:
        return cases
    from slimmer.build.seccomp import under_profile

    return under_profile(cases, findings.seccomp)


def _widen_profile(
    job: Job, findings: Findings, built: BuiltImages, seen: Iterable[CallUse]
) -> bool:
    if findings.seccomp is None:
        return False
    from slimmer.build.seccomp import with_stopped_calls

    wider = with_stopped_calls(job, findings.seccomp, built, seen)
    findings.seccomp = wider or findings.seccomp
    return wider is not None


@contextlib.contextmanager
def _reported(job: Job, findings: Findings, later: Future[None]) -> Iterator[None]:
    """Whatever makes the block fail gets a report, and the error says where that is."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, OSError):
            cause = as_slim_error(explained(error, job.folder.parent, "TMPDIR"))
        else:
            cause = as_slim_error(error)
        conceal_error(cause, job.conceal)
        try:
            later.result()
            from slimmer.build.deliver import report_failure

            cause.report_file = report_failure(job, findings, cause).artifacts["report"]
        except Exception as problem:
            job.progress.warned(f"no report of the failure could be written: {problem}")
        if cause is error:
            raise
        raise cause from error
