"""The traced runs, and beside them the file server that gives index and bytes of the original."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future

from slimmer.build.job import Job
from slimmer.build.roles import all_results, named, naming_role, original_in
from slimmer.build.values import OriginalFiles, TracedOriginal, TracedRole
from slimmer.engine import exposed_ports
from slimmer.errors import OriginalUnreadableError
from slimmer.files import read_packages
from slimmer.image import layer_paths
from slimmer.options import Role
from slimmer.probing import Exploration
from slimmer.probing.explore.crawl import Crawl
from slimmer.probing.explore.openapi import ApiDescription
from slimmer.probing.kinds import ExecProbe
from slimmer.trace.run import (
    Examination,
    FileServer,
    TracedRun,
    examine,
    planned_probes,
)
from slimmer.trace.wire import union
from slimmer.values import EntryType, Original, Trace, in_role

_MOST_TO_SEARCH = 300_000_000
"""Bytes: some four seconds beside the traced run. What has no package database is small."""

Ahead = Callable[[Role, Callable[[], Trace], Future[OriginalFiles]], None]
"""Begins what is done with the unfinished trace of a role: while it starts, once it has booted, and
when it is stopped. It gets what tells what was seen so far."""


def begin_serving(job: Job, wanted: Iterable[str] = ()) -> Future[OriginalFiles]:
    """Start the file server beside what goes on. `wanted` are paths whose files will be read: they
    are fetched while the index is put to use."""
    return job.pool.submit(_serve, job, wanted)


def trace_original(
    job: Job, ahead: Ahead, serving: Future[OriginalFiles] | None = None
) -> tuple[TracedOriginal, OriginalFiles]:
    """Run, probe and stop the original under trace, in each of its roles. `serving` is a file
    server of before."""
    files = serving or begin_serving(job)
    roles = job.options.all_roles
    if len(roles) == 1:
        examinations: tuple[Examination, ...] = (_examine(job, roles[0], files, ahead),)
    else:
        examinations = all_results(
            [job.runs.submit(_examine, job, role, files, ahead) for role in roles]
        )
    pairs = list(zip(roles, examinations, strict=True))
    traced = TracedOriginal(
        roles=tuple(TracedRole(role=role, examination=each) for role, each in pairs),
        trace=union((role.name, each.trace) for role, each in pairs),
        notes=tuple(in_role(role.name, note) for role, each in pairs for note in each.notes),
    )
    return traced, files.result()


def _examine(job: Job, role: Role, files: Future[OriginalFiles], ahead: Ahead) -> Examination:
    """The traced run of one role. Errors name it."""
    with naming_role(role):
        return _examine_as(job, role, original_in(role, job.original), files, ahead)


def _examine_as(
    job: Job, role: Role, original: Original, files: Future[OriginalFiles], ahead: Ahead
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

    def waiting(text: str) -> None:
        job.progress.waiting("trace", in_role(role.name, text))

    target = TracedRun(
        job.session,
        original,
        role.run,
        trace_file=job.trace_file(role),
        ports=sorted(ports),
        sources=job.options.sources,
        census=job.options.seccomp is not None,
        other_users=any(isinstance(each, ExecProbe) and each.user for each in probes),
        index=lambda: files.result().index,
        waiting=waiting,
    )
    hello = target.start()
    for source, reason in hello.missing.items():
        if source in job.options.sources:
            job.warn(f"the trace goes on without {source.value}: {reason}")
    if not hello.as_entitled:
        job.warn(
            "the trace runs under no_new_privs, as this engine allows no other: programs with "
            "privileges of their own (sudo, su, ping) fail in it, though not in the original"
        )

    def look_ahead() -> None:
        ahead(role, target.seen, files)

    look_ahead()  # what the image alone tells is read while the target starts
    examination = examine(
        target,
        original,
        probes,
        role.run,
        done=lambda result: job.progress.probed("trace", named(role, result)),
        booted=look_ahead,
        stopping=look_ahead,
        explorations=explorations,
        waiting=waiting,
    )
    waiting("the list of the original's files is read")
    target.close()
    return examination


def _explorations(role: Role) -> tuple[Exploration, ...]:
    found: list[Exploration] = []
    if role.crawl is not None:
        found.append(Crawl(role.crawl))
    if role.openapi is not None:
        found.append(ApiDescription(role.openapi))
    return tuple(found)


def _serve(job: Job, wanted: Iterable[str]) -> OriginalFiles:
    server = FileServer(job.session, job.original, job.folder / "content")
    index = server.index()
    packages = read_packages(index, server.content)
    ends = (index.resolve(path).entry for path in wanted)
    files = {end.path for end in ends if end is not None and end.type is EntryType.FILE}
    if files:
        job.pool.submit(_fetch, server, sorted(files))
    return OriginalFiles(
        server=server,
        index=index,
        packages=packages,
        above_base=None if packages else _above_base(job),
    )


def _above_base(job: Job) -> frozenset[str] | None:
    """What the layers say of an image without a package database; None where that takes too long:
    the engine has to hand out the whole image."""
    original = job.original
    if original.size > _MOST_TO_SEARCH:
        job.notes.append(
            "the image has no package database, and is too large to search its layers: what its "
            "author put there is known by COPY and ADD alone"
        )
        return None
    layers = layer_paths(job.session.engine.save_image(original.id))
    if not layers:
        return None
    return frozenset().union(*layers[1 if original.has_base else 0 :])


def _fetch(server: FileServer, files: Sequence[str]) -> None:
    with contextlib.suppress(OriginalUnreadableError):  # raised again where the file is needed
        server.content.fetch(files)
