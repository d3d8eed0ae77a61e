"""One build, step after step: the only file that knows their order.

Nothing is tagged before all images have passed; whatever happens before, the session and the
workspace take everything away again. What fails behind the traced run is reported all the same.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from slimmer.build.examine import begin_serving, trace_original
from slimmer.build.job import Job, source_date_epoch
from slimmer.build.resolve import read_missed, resolve
from slimmer.build.roles import pool_for_runs
from slimmer.build.values import BuiltImages, Findings, OriginalFiles, TracedOriginal
from slimmer.engine import Session, connect
from slimmer.errors import InterruptedRunError, SlimError
from slimmer.options import BuildOptions, Role, taking_any_certificate
from slimmer.progress import Progress, StageClock
from slimmer.values import Repair, Trace
from slimmer.workspace import explained, workspace

if TYPE_CHECKING:
    from slimmer.report import Report


def build_image(options: BuildOptions, progress: Progress) -> Report:
    """Build, verify and tag the slim image of `options.image` and its debug twin.

    Raises a SlimError for everything that stops it; nothing is left behind then.
    """
    clock = StageClock(progress)
    options = taking_any_certificate(options)
    source_date_epoch()  # a wrong one is told before anything starts
    missed = read_missed(options)
    engine = connect()
    try:
        composition = None
        if options.compose is not None:
            from slimmer.build.services import read_composition  # most builds have none

            composition = read_composition(options.compose, engine.address)
            options = composition.named(options)
        original, slim_name, debug_name = resolve(engine, options)
        with (
            Session(engine) as session,
            workspace() as folder,
            ThreadPoolExecutor(thread_name_prefix="slimmer") as pool,
            pool_for_runs(options) as runs,
        ):
            try:
                notes: tuple[str, ...] = ()
                if composition is not None:
                    with clock.stage("services"):
                        options, notes = composition.start(session, options, folder, progress)
                job = Job(
                    options=options,
                    progress=progress,
                    clock=clock,
                    session=session,
                    folder=folder,
                    pool=pool,
                    runs=runs if options.roles or composition else pool,
                    original=original,
                    slim_name=slim_name,
                    debug_name=debug_name,
                    missed=missed,
                    notes=list(notes),
                )
                return _run_and_report(job)
            except BaseException:
                # Ends every container, and with them whatever a thread of the pool waits for.
                session.close()
                raise
    finally:
        engine.close()


def _run_and_report(job: Job) -> Report:
    """The steps; and where one of them fails behind the traced run, a report of that."""
    findings = Findings()
    later = job.pool.submit(_later_steps)
    try:
        return _run(job, findings, later)
    except BaseException as error:
        # Ends every container, and with them whatever a thread of the pool waits for.
        job.session.close()
        cause = _explained(job, error)
        with contextlib.suppress(SlimError, OSError):
            later.result()
            from slimmer.build.deliver import report_failure

            report = report_failure(job, findings, cause)
            if report is not None:
                cause.report_file = report.artifacts["report"]
        if isinstance(error, Exception) and type(cause) is SlimError:
            raise  # a bug: the traceback is what matters
        raise cause from error


def _explained(job: Job, error: BaseException) -> SlimError:
    """The error as the user is told of it; a plain SlimError for a bug."""
    if isinstance(error, OSError):
        error = explained(error, job.folder.parent, "TMPDIR")
    if isinstance(error, SlimError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return InterruptedRunError("interrupted; everything this run created is removed")
    return SlimError(f"internal error: {type(error).__name__}: {error}")


def _run(job: Job, findings: Findings, later: Future[None]) -> Report:
    with job.clock.stage("trace"):
        traced, files = _traced_or_recalled(job, later)
    findings.traced, findings.files = traced, files
    later.result()
    from slimmer.build.assemble import assemble, keep_to_budget
    from slimmer.build.decide import decide_for_roles
    from slimmer.build.deliver import deliver
    from slimmer.build.verify import smoke_cases, verify

    cases = smoke_cases(job, traced)

    def attempt(repairs: tuple[Repair, ...] = ()) -> BuiltImages:
        findings.decision = decide_for_roles(job, traced, files, repairs)
        assembly = assemble(job, files, findings.decision)
        if not any(repair.listing for repair in findings.decision.request.repairs):
            # Else there is more than will stay: repair cuts it down, and is asked again below.
            keep_to_budget(job, assembly)
        findings.built = verify(job, traced, files, assembly, cases)
        return findings.built

    built = attempt()
    if built.failure is not None:
        from slimmer.build.repair import repair  # most builds never need it

        built = repair(job, traced, files, built, attempt)
        findings.built = built
        keep_to_budget(job, built.assembly)
    files.server.close()
    return deliver(job, traced, files, built)


def _traced_or_recalled(job: Job, later: Future[None]) -> tuple[TracedOriginal, OriginalFiles]:
    """What the original used: seen in its traced runs, or read from the file of an earlier one."""
    options = job.options
    if options.from_trace is not None:
        from slimmer.build.trace_file import recall_trace  # only a build from a trace pays

        return recall_trace(job, options.from_trace, lambda paths: begin_serving(job, paths))

    def ahead(role: Role, trace: Trace, files: OriginalFiles) -> None:
        later.result()
        from slimmer.build.decide import decide_ahead

        decide_ahead(job, role, trace, files)

    traced, files = trace_original(job, ahead)
    if options.save_trace is not None:
        from slimmer.build.trace_file import save_trace

        traced = save_trace(job, options.save_trace, traced, files)
    return traced, files


def _later_steps() -> None:
    """Import the steps behind the traced run. That takes Python 0.1 s, which is spent while the
    engine starts the containers."""
    import slimmer.build.deliver
    import slimmer.build.verify  # noqa: F401
    from slimmer.report import prepare_page

    prepare_page()
