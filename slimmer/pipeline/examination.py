"""The traced run, and beside it the file server that gives index and bytes of the original."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from slimmer.engine import exposed_ports
from slimmer.errors import OriginalUnreadableError
from slimmer.model import EntryType
from slimmer.pipeline.job import Job
from slimmer.rootfs import PackageDatabase, RootfsIndex, read_packages
from slimmer.tracing import (
    Examination,
    FileServer,
    TracedRun,
    examine,
    planned_probes,
    sensor_binary,
)


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


def examine_original(job: Job) -> tuple[Examination, Served]:
    """Run, probe and stop the original under trace, or read what an earlier run has seen."""
    options, original = job.options, job.original
    sensor = sensor_binary(original.architecture)
    if options.from_trace is not None:
        from slimmer.pipeline.trace_file import recall_trace  # only a build from a trace pays

        return recall_trace(
            job,
            options.from_trace,
            lambda paths: job.pool.submit(_serve, job, sensor, paths),
        )
    served = job.pool.submit(_serve, job, sensor)
    probes = planned_probes(original, options.probes, options.run, healthcheck=options.healthcheck)
    if probes and not options.probes:
        job.progress.detail("trace", f"no probe is given: using {probes[0].name}")
    ports = {*job.ports_named(probes), *exposed_ports(original.config)}
    if options.run.port:
        ports.add(options.run.port)
    target = TracedRun(
        job.session,
        original,
        options.run,
        sensor=sensor,
        trace_file=job.trace_file,
        ports=sorted(ports),
        sources=options.sources,
    )
    hello = target.start()
    for source, reason in hello.missing.items():
        if source in options.sources:
            job.warn(f"the trace goes on without {source.value}: {reason}")
    ahead: list[Future[None]] = []
    examination = examine(
        target,
        original,
        probes,
        options.run,
        done=lambda result: job.progress.probed("trace", result),
        booted=lambda: ahead.append(job.pool.submit(_decide_ahead, job, target, served)),
    )
    target.close()
    with contextlib.suppress(OriginalUnreadableError):  # raised again where the file is needed
        for fetching in ahead:
            fetching.result()
    if options.save_trace is not None:
        from slimmer.pipeline.trace_file import save_trace

        examination = save_trace(job, options.save_trace, examination, served.result())
    return examination, served.result()


def _decide_ahead(job: Job, target: TracedRun, served: Future[Served]) -> None:
    from slimmer.pipeline.assembly import decide_ahead  # see build._later_steps

    decide_ahead(job, target.seen(), served.result())


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
