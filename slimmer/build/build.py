"""One build, step after step. Nothing is tagged before both images have passed; whatever happens
before, the session and the workspace take everything away again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from slimmer.build.examine import examine_original
from slimmer.build.job import Job, source_date_epoch
from slimmer.build.resolve import read_missed, resolve
from slimmer.build.roles import pool_for_runs
from slimmer.engine import Session, connect
from slimmer.options import BuildOptions, taking_any_certificate
from slimmer.progress import Progress, StageClock
from slimmer.workspace import workspace

if TYPE_CHECKING:
    from slimmer.build.examine import Served
    from slimmer.build.roles import Examined
    from slimmer.build.verify import Verified
    from slimmer.report import Report

BuildVerified = Callable[[Job, "Examined", "Served"], "Verified"]
Deliver = Callable[[Job, "Examined", "Served", "Verified"], "Report"]


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
                return _run(
                    Job(
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
                )
            except BaseException:
                # Ends every container, and with them whatever a thread of the pool waits for.
                session.close()
                raise
    finally:
        engine.close()


def _run(job: Job) -> Report:
    later_steps = job.pool.submit(_later_steps)
    with job.clock.stage("trace"):
        examined, served = examine_original(job)
    build_verified, deliver = later_steps.result()
    verified = build_verified(job, examined, served)
    return deliver(job, examined, served, verified)


def _later_steps() -> tuple[BuildVerified, Deliver]:
    """The steps behind the traced run. To import them takes Python 0.1 s, which is spent while
    the engine starts the containers."""
    from slimmer.build.deliver import deliver
    from slimmer.build.verify import build_verified
    from slimmer.report import prepare_page

    prepare_page()
    return build_verified, deliver
