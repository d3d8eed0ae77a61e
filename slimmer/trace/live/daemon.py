"""The daemon that keeps a live trace: from the start of the container to its end."""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from slimmer.engine import Session, connect, exposed_ports, owner, owner_is_alive
from slimmer.errors import SlimError, TraceIncompleteError
from slimmer.image import read_original
from slimmer.interruption import uninterrupted
from slimmer.options import DockerRun
from slimmer.probing import healthcheck_probe, in_order
from slimmer.trace.live.document import Address, End, LiveTrace
from slimmer.trace.live.place import Place
from slimmer.trace.run import Readiness, TracedRun, await_ready, stop_limit
from slimmer.trace.saved import TESTS
from slimmer.values import Original, Probe

_LOOK = 1.0
"""Seconds between two looks at the process that the trace ends with."""
_LONGEST_WAIT = 3600.0
"""Seconds of one wait for the container's end; then it waits again."""


@dataclass(frozen=True, kw_only=True)
class LiveOptions:
    """What `slim trace start` does."""

    image: str
    container: DockerRun = field(default_factory=DockerRun)
    probes: tuple[Probe, ...] = ()
    """By which it is seen that the application is ready."""
    healthcheck: bool = True
    """Whether the image's HEALTHCHECK is one of the probes."""
    end_with: int | None = None
    """A process; when it ends, the trace is discarded."""


def run_daemon(options: LiveOptions, place: Place, ready: Callable[[LiveTrace], None]) -> None:
    """Run the image under the sensor, until its command ends or this process is asked to end
    (SIGTERM, SIGINT); then stop it as `docker stop` would, and complete the trace.

    `ready` is called once the application is ready; before that, a request to end raises
    KeyboardInterrupt. Raises what a traced run raises; what goes wrong after `ready` is written
    to the place.
    """
    # The command line switches it off for runs of seconds; this one may last for days.
    gc.enable()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end_once)
    place.own()
    user = "" if options.end_with is None else owner(options.end_with)
    engine = connect()
    try:
        original = read_original(options.image, engine.inspect_image(options.image))
        with Session(engine) as session:
            target = _target(session, original, options, place)
            hello = target.start()
            wanted = _ports(original, options.container)
            check = healthcheck_probe(original.config) if options.healthcheck else None
            run = options.container.run
            readiness = await_ready(target, in_order(options.probes, check), run, ports=wanted)
            target.phase(TESTS)
            missing = tuple(
                f"the trace goes on without {source.value}: {reason}"
                for source, reason in hello.missing.items()
            )
            live = _live(session, original, options, place, target, readiness, missing)
            place.write(live)
            try:
                ready(live)
                abandoned = _wait(target, user)
            except KeyboardInterrupt:
                abandoned = False  # the way to end it
            with uninterrupted():
                if abandoned:
                    place.remove()
                else:
                    place.write(replace(live, end=_finish(target)))
    finally:
        engine.close()


def _wait(target: TracedRun, user: str) -> bool:
    """Wait for the end of the container; True where its user ended before."""
    while not target.ended and target.exit_status() is None:
        if user and owner_is_alive(user) is False:
            return True
        target.wait_for_exit(_LOOK if user else _LONGEST_WAIT)
    return False


def _end_once(*_: Any) -> None:
    """Whoever asks again must not break what the first request has begun."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _target(session: Session, original: Original, options: LiveOptions, place: Place) -> TracedRun:
    wanted = options.container
    return TracedRun(
        session,
        original,
        wanted.run,
        trace_file=place.records,
        ports=(wanted.run.port,) if wanted.run.port else (),
        bindings=wanted.published(exposed_ports(original.config)),
        name=place.name,
        remember=False,
    )


def _ports(original: Original, wanted: DockerRun) -> tuple[int, ...]:
    """The TCP ports on one of which the application is expected, the likeliest first."""
    if wanted.run.port:
        return (wanted.run.port,)
    published = tuple(each.port for each in wanted.bindings if each.protocol == "tcp")
    return published or exposed_ports(original.config)


def _live(
    session: Session,
    original: Original,
    options: LiveOptions,
    place: Place,
    target: TracedRun,
    readiness: Readiness,
    missing: tuple[str, ...],
) -> LiveTrace:
    port = target.port()
    listening = [record.port for record in target.listening() if not record.loopback]
    ports = dict.fromkeys((*((port,) if port else ()), *_ports(original, options.container)))
    addresses = [
        Address(port=number, host=places[0][0], host_port=places[0][1])
        for number in (*ports, *(each for each in listening if each not in ports))
        if (places := target.addresses(number))
    ]
    return LiveTrace(
        name=place.name,
        owner=owner(),
        session=session.id,
        image=options.image,
        image_id=original.id,
        container=target.name,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        addresses=tuple(dict.fromkeys(addresses)),
        port=port,
        ready_seconds=readiness.seconds,
        stop_timeout=stop_limit(original.config, options.container.run),
        is_service=bool(listening or readiness.probes),
        probes=readiness.probes,
        notes=(*missing, *readiness.notes),
    )


def _finish(target: TracedRun) -> End:
    status, logs = None, target.logs()
    try:
        status = target.exit_status()
        target.complete()
    except TraceIncompleteError as error:
        return End(exit_status=status, error=error.message, logs=error.details or logs)
    except SlimError as error:
        reason = f"the container was ended from outside ({error.message})"
        return End(exit_status=status, error=reason, logs=logs)
    return End(exit_status=status, logs=logs)
