"""The traced runs, and beside them the file server that gives index and bytes of the original."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from slimmer.build.job import Job
from slimmer.build.roles import Examined, ExaminedRole, all_results, named, original_in, told_of
from slimmer.engine import exposed_ports
from slimmer.errors import OriginalUnreadableError
from slimmer.files import PackageDatabase, RootfsIndex, read_packages
from slimmer.options import Role
from slimmer.probing import Exploration
from slimmer.probing.explore.crawl import Crawl
from slimmer.probing.explore.openapi import ApiDescription
from slimmer.trace.run import (
    Examination,
    FileServer,
    TracedRun,
    examine,
    planned_probes,
    sensor_binary,
)
from slimmer.trace.wire import union
from slimmer.values import EntryType, Original, in_role


@dataclass(frozen=True, kw_only=True)
class Served:
    """What the file server gave."""

    server: FileServer
    """Still running, for the bytes."""
    index: RootfsIndex
    packages: PackageDatabase

    def package_name(self, path: str) -> str:
        """The distribution package that owns the path; empty where none does."""
        return getattr(self.packages.owner(path), "name", "")


def examine_original(job: Job) -> tuple[Examined, Served]:
    """Run, probe and stop the original under trace, in each of its roles, or read what an earlier
    run has seen."""
    options = job.options
    sensor = sensor_binary(job.original.architecture)
    if options.from_trace is not None:
        from slimmer.build.trace_file import recall_trace  # only a build from a trace pays

        return recall_trace(
            job,
            options.from_trace,
            lambda paths: job.pool.submit(_serve, job, sensor, paths),
        )
    served = job.pool.submit(_serve, job, sensor)
    roles = options.all_roles
    if len(roles) == 1:
        examinations: tuple[Examination, ...] = (_examine(job, roles[0], sensor, served),)
    else:
        examinations = all_results(
            [job.runs.submit(_examine, job, role, sensor, served) for role in roles]
        )
    pairs = list(zip(roles, examinations, strict=True))
    examined = Examined(
        roles=tuple(ExaminedRole(role=role, examination=each) for role, each in pairs),
        trace=union((role.name, each.trace) for role, each in pairs),
        notes=tuple(in_role(role.name, note) for role, each in pairs for note in each.notes),
    )
    if options.save_trace is not None:
        from slimmer.build.trace_file import save_trace

        examined = save_trace(job, options.save_trace, examined, served.result())
    return examined, served.result()


def _examine(job: Job, role: Role, sensor: Path, served: Future[Served]) -> Examination:
    """The traced run of one role. Errors name it."""
    with told_of(role):
        return _examine_as(job, role, original_in(role, job.original), sensor, served)


def _examine_as(
    job: Job, role: Role, original: Original, sensor: Path, served: Future[Served]
) -> Examination:
    explorations = _explorations(role)
    probes = planned_probes(
        original, role.probes, role.run, healthcheck=role.healthcheck, explorations=explorations
    )
    if probes and not role.probes and not explorations:
        name = in_role(role.name, probes[0].name)
        job.progress.detail("trace", f"no probe is given: using {name}")
    ports = {*job.ports_named((*probes, *role.checks)), *exposed_ports(original.config)}
    if role.run.port:
        ports.add(role.run.port)
    target = TracedRun(
        job.session,
        original,
        role.run,
        sensor=sensor,
        trace_file=job.trace_file(role),
        ports=sorted(ports),
        sources=job.options.sources,
    )
    hello = target.start()
    for source, reason in hello.missing.items():
        if source in job.options.sources:
            job.warn(f"the trace goes on without {source.value}: {reason}")
    ahead: list[Future[None]] = []
    examination = examine(
        target,
        original,
        probes,
        role.run,
        done=lambda result: job.progress.probed("trace", named(role, result)),
        booted=lambda: ahead.append(job.pool.submit(_decide_ahead, job, role, target, served)),
        explorations=explorations,
    )
    target.close()
    with contextlib.suppress(OriginalUnreadableError):  # raised again where the file is needed
        for fetching in ahead:
            fetching.result()
    return examination


def _explorations(role: Role) -> tuple[Exploration, ...]:
    found: list[Exploration] = []
    if role.crawl is not None:
        found.append(Crawl(role.crawl))
    if role.openapi is not None:
        found.append(ApiDescription(role.openapi))
    return tuple(found)


def _decide_ahead(job: Job, role: Role, target: TracedRun, served: Future[Served]) -> None:
    from slimmer.build.assemble import decide_ahead  # see build._later_steps

    decide_ahead(job, role, target.seen(), served.result())


def _serve(job: Job, sensor: Path, wanted: Iterable[str] = ()) -> Served:
    """`wanted` are paths whose files will be read: they are fetched while the index is put to
    use."""
    server = FileServer(job.session, job.original, sensor, job.folder / "content")
    index = server.index()
    packages = read_packages(index, server.content)
    ends = (index.resolve(path).entry for path in wanted)
    files = {end.path for end in ends if end is not None and end.type is EntryType.FILE}
    if files:
        job.pool.submit(_fetch, server, sorted(files))
    return Served(server=server, index=index, packages=packages)


def _fetch(server: FileServer, files: Sequence[str]) -> None:
    with contextlib.suppress(OriginalUnreadableError):  # raised again where the file is needed
        server.content.fetch(files)
