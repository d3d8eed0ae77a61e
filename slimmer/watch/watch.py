"""One watched run, from the image's name to what it missed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from slimmer import __version__
from slimmer.engine import Engine, Session, connect, exposed_ports
from slimmer.errors import (
    CommandNotFoundError,
    ImageNotFoundError,
    NotSlimmedError,
    OriginalMissingError,
    TraceIncompleteError,
)
from slimmer.files import PackageDatabase, RootfsIndex, read_packages
from slimmer.image import ORIGINAL_LABEL, read_original
from slimmer.interruption import rearm
from slimmer.keep import interpreter_of, program_named
from slimmer.options import DockerRun
from slimmer.trace.run import FileServer, TracedRun
from slimmer.values import Access, Original, Sighting, Source
from slimmer.verify.repair import Gaps
from slimmer.watch.findings import Findings, MissedPath, Watched
from slimmer.workspace import workspace

_NOT_FOUND = 127
"""What a shell and the engine say of a command that is not there."""
_LONGEST_WAIT = 3600.0
"""Seconds of one wait for the next record; then it waits again."""


@dataclass(frozen=True, kw_only=True)
class WatchOptions:
    """What `slim watch` does."""

    image: str
    container: DockerRun = field(default_factory=DockerRun)
    seconds: float | None = None
    """How long; None: until the container's command ends, or the user says so."""


class WatchEvents(Protocol):
    """Told of what happens, in the thread that watches."""

    def started(self, container: str) -> None:
        """The container runs under this name."""
        ...

    def listening(self, port: int, places: Sequence[tuple[str, int]]) -> None:
        """The container listens on the port, which can be reached there."""
        ...

    def missed(self, missed: MissedPath) -> None:
        """Somebody looked for this path for the first time."""
        ...

    def ending(self) -> None:
        """The container is being stopped."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Held:
    """The original and the slim image, held against each other."""

    index: RootfsIndex
    """The original's."""
    gaps: Gaps
    packages: PackageDatabase
    interpreter: Callable[[str], str]


def watch_image(options: WatchOptions, events: WatchEvents) -> Watched:
    """Run the image under the sensor until its command ends, time is up, or the user interrupts;
    stop it as `docker stop` would, and remove it.

    Raises NotSlimmedError, ImageNotFoundError, OriginalMissingError, and what a traced run
    raises. A second interruption, and one before the container runs, ends it at once.
    """
    engine = connect()
    try:
        image, original = _images(engine, options.image)
        with (
            Session(engine) as session,
            workspace() as folder,
            ThreadPoolExecutor(thread_name_prefix="slimmer") as pool,
        ):
            try:
                held = pool.submit(_hold, session, image, original, folder)
                target = _target(session, image, options.container, folder)
                started = time.monotonic()
                missing = _start(target, held, original, options)
                if not missing:
                    events.started(target.name)
                lists = held.result()
                findings = Findings(
                    lists.gaps,
                    package=lambda path: getattr(lists.packages.owner(path), "name", ""),
                    interpreter=lists.interpreter,
                )
                status: int | None = _NOT_FOUND
                if missing:
                    for missed in findings.add(missing, 0.0):
                        events.missed(missed)
                else:
                    status = _watch(target, findings, options, events, pool)
                return Watched(
                    slimmer_version=__version__,
                    image=options.image,
                    image_id=image.id,
                    original_id=original.id,
                    seconds=round(time.monotonic() - started, 3),
                    exit_status=status,
                    missed=findings.missed,
                    listings=findings.listings,
                )
            except BaseException:
                # Ends every container, and with them whatever a thread of the pool waits for.
                session.close()
                raise
    finally:
        engine.close()


def _images(engine: Engine, reference: str) -> tuple[Original, Original]:
    """The slim image and its original."""
    image = read_original(reference, engine.inspect_image(reference))
    identity = (image.config.get("Labels") or {}).get(ORIGINAL_LABEL)
    if not identity:
        raise NotSlimmedError(
            f"{reference} was not built by slimmer: it does not say which image it was made from",
            hint="name the slim image, or its debug image, not the original",
        )
    try:
        return image, read_original(identity, engine.inspect_image(identity))
    except ImageNotFoundError as error:
        raise OriginalMissingError(
            f"the original of {reference} ({identity[:19]}) is not in the engine any more",
            hint="dropped files can only be named when the original is available: fetch it again, "
            "or build the slim image from the one that is there",
        ) from error


def _start(
    target: TracedRun, held: Future[_Held], original: Original, options: WatchOptions
) -> tuple[Sighting, ...]:
    """Start the target. Where the slim image has not even the program of its command, and the
    original has it, that is what was looked for."""
    try:
        target.start()
    except (CommandNotFoundError, TraceIncompleteError) as error:
        name = target.missing_program()
        if not name:
            raise
        path = program_named(name, held.result().index, original.config, options.container.run)
        if not path or held.result().gaps.at(path) is None:
            raise CommandNotFoundError(
                f"the command {name} cannot be run in {options.image}",
                hint="its original has no such program either",
                details=error.details,
            ) from error
        return (
            Sighting(
                path=path, access=Access.EXECUTE, phase="boot", program="", source=Source.NOTIFY
            ),
        )
    return ()


def _target(session: Session, image: Original, wanted: DockerRun, folder: Path) -> TracedRun:
    return TracedRun(
        session,
        image,
        wanted.run,
        trace_file=folder / "trace",
        ports=(),
        bindings=wanted.published(exposed_ports(image.config)) or (),
        name=wanted.name,
        remember=False,
    )


def _hold(session: Session, image: Original, original: Original, folder: Path) -> _Held:
    with ThreadPoolExecutor(1) as beside:
        finished = beside.submit(_index, session, image, folder / "finished")
        server = FileServer(session, original, folder / "content")
        index = server.index()
        packages = read_packages(index, server.content)
        return _Held(
            index=index,
            gaps=Gaps(index, finished.result()),
            packages=packages,
            interpreter=partial(interpreter_of, index=index, content=server.content),
        )


def _index(session: Session, image: Original, spool: Path) -> RootfsIndex:
    server = FileServer(session, image, spool)
    try:
        return server.index()
    finally:
        server.close()


def _watch(
    target: TracedRun,
    findings: Findings,
    options: WatchOptions,
    events: WatchEvents,
    pool: ThreadPoolExecutor,
) -> int | None:
    """Returns the exit status of a command that ended by itself; None as well where somebody
    killed the container, whose trace ends there."""
    deadline = time.monotonic() + (options.seconds if options.seconds is not None else 1e9)
    looking: Future[bool] | None = None
    try:
        while not target.ended and target.exit_status() is None:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            # In a thread: an interruption would cut off what is asked of the file server, and
            # the next answer would be to another question.
            wait = min(left, _LONGEST_WAIT)
            looking = pool.submit(_look, target, findings, events, wait)
            looking.result()
    except KeyboardInterrupt:
        rearm()  # the way to end a watch; the next one is an interruption
    events.ending()
    status = None
    if not target.ended:
        status = target.exit_status()
        target.finish()
    if looking is not None:
        looking.result()
    while _look(target, findings, events, 0.0):
        pass
    target.close()
    return status


def _look(
    target: TracedRun,
    findings: Findings,
    events: WatchEvents,
    timeout: float,
) -> bool:
    """What came since; whether there may be more."""
    arrived = target.arrived(timeout)
    if arrived is None:
        return False
    for record in arrived.listening:
        if not record.loopback:
            events.listening(record.port, target.addresses(record.port))
    for missed in findings.add(arrived.sightings, round(arrived.time, 3)):
        events.missed(missed)
    return True
