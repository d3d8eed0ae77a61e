"""The original's container with the sensor's gate in front, and the sidecar that watches it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from slimmer.engine import (
    SENSOR_PATH,
    BrokenAnswerError,
    Loan,
    Output,
    Session,
    addresses,
    argument_vector,
    as_user_would,
    exposed_ports,
    loan,
    own_names,
    run_command,
    stop_signal,
    traced,
)
from slimmer.engine import environment as environment_of
from slimmer.errors import EngineOperationError, SlimError, UsageError
from slimmer.files import RootfsIndex
from slimmer.probing import COMMAND_MISSING, CommandOutcome
from slimmer.trace.run.default_port import DefaultPort
from slimmer.trace.run.explanation import COMPLAINT
from slimmer.trace.run.followed_log import FollowedLog
from slimmer.trace.run.sensor import sensor_binary
from slimmer.trace.run.settling import BEGUN, LOOK, QUIET
from slimmer.trace.run.stopping import await_end
from slimmer.trace.run.watcher import Watcher
from slimmer.trace.wire.events import RecordStream
from slimmer.trace.wire.records import Exiting, Hello, Listening, Trailer
from slimmer.trace.wire.trace import PartOfTrace, build_trace, part_of_trace
from slimmer.values import Original, PortBinding, RunOptions, Source, Trace

MOMENT = 0.5
"""Seconds in which the end of a target that has dropped a connection is told of."""


class TracedRun:
    """A traced container of the original. Implements probing.Target."""

    def __init__(
        self,
        session: Session,
        original: Original,
        run: RunOptions,
        *,
        trace_file: Path,
        ports: Sequence[int],
        sources: frozenset[Source] = frozenset(Source),
        bindings: Sequence[PortBinding] | None = None,
        name: str = "",
        remember: bool = True,
        other_users: bool = False,
        census: bool = False,
        index: Callable[[], RootfsIndex] | None = None,
        waiting: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`ports` and those of EXPOSE are published at free ports, unless `bindings` say what is
        published. `name` is the container's; empty: one of the session. Without `remember` what is
        seen goes to the file only, however long the run is. `other_users`: users who are not root
        will run commands in a container of root's. `census`: every system call is recorded. The
        original's `index` is asked for where more is seen than memory should hold, and `waiting` is
        told what the run's end waits for."""
        self._session, self._engine = session, session.engine
        self._original, self._run = original, run
        self._ports, self._index = tuple(ports), index
        self._bindings, self._name, self._waiting = bindings, name, waiting
        self._watcher = Watcher(
            session,
            original,
            trace_file=trace_file,
            sources=sources,
            remember=remember,
            memory=run.memory,
            census=census,
        )
        self._lent = Loan(gate=("--no-notify",))
        if Source.NOTIFY in sources:
            self._lent = loan(original.config, run, other_users=other_users)
        self._port = DefaultPort(run.port, exposed_ports(original.config), self.listening)
        self._description: Mapping[str, Any] = {}
        self.container = ""
        self._was_stirred = False
        self._log = FollowedLog(
            lambda: self._engine.follow_log(self.container), lambda: self.exit_status() is not None
        )

    def start(self) -> Hello:
        """Start target and sidecar; returns once the sensor has said which sources it has.

        The target's first program waits in its execve for the sensor: nothing runs unseen.
        """
        image, run, lent = self._original, self._run, self._lent
        arguments = argument_vector(image.config, run)
        if not arguments:
            raise UsageError(
                f"{image.reference} has neither ENTRYPOINT nor CMD: nothing would run",
                hint="say what to run with --cmd or --entrypoint",
            )
        ports = {*self._ports, *exposed_ports(image.config)}
        plain = as_user_would(
            image.id,
            run,
            ports,
            loopback=self._engine.is_local,
            network=self._engine.network,
            bindings=self._bindings,
        )
        target = traced(plain, arguments, lent)
        with ThreadPoolExecutor(1, "sidecar") as pool:
            prepared = pool.submit(self._watcher.prepare)
            sensor = sensor_binary(self._engine.architecture)
            self.container = self._session.create_with_sensor(
                "target", target, sensor, name=self._name, with_capabilities=lent.by_file
            )
            self._engine.start_container(self.container)
            prepared.result()
        self._description = self._engine.inspect_container(self.container)
        return self._watcher.watch(self._description)

    # ---- probing.Target

    def addresses(self, port: int | None) -> list[tuple[str, int]]:
        """Where the port can be reached; None: the one that `port` tells."""
        number = port or self.port()
        return addresses(self._description, number, self._engine.host) if number else []

    def port(self) -> int | None:
        """The port that HTTP probes speak to, as far as it is known by now."""
        return self._port.number()

    def other_ports(self, asked: int | None) -> Sequence[int]:
        """Where it may be instead."""
        return self._port.others(asked, begun=self.has_settled() and self.quiet_for() > BEGUN)

    def speak_to(self, port: int) -> None:
        """It is this one."""
        self._port.settle(port)

    def listening(self) -> list[Listening]:
        """Every TCP port that the target listened on so far."""
        return self._stream.all(Listening)

    def run_command(
        self,
        command: Sequence[str],
        *,
        user: str,
        timeout: float,
        stdin: bytes = b"",
        environment: Sequence[tuple[str, str]] = (),
    ) -> CommandOutcome:
        """Run a command in the container, behind a gate of its own."""
        point = self._stream.position()
        self._was_stirred = True
        try:
            ran = run_command(
                self._engine,
                self.container,
                (SENSOR_PATH, "gate", *self._lent.gate, "--", *command),
                user=user or self._run.user,
                timeout=timeout,
                stdin=stdin,
                environment=environment,
                started=self._watcher.adopt,
            )
        except (EngineOperationError, BrokenAnswerError) as error:
            if self._stream.ended:
                raise self._watcher.incomplete("the target was ended from outside") from error
            raise
        outcome = CommandOutcome(
            exit_status=ran.exit_status, written=ran.output, container_status=ran.container_status
        )
        is_missing = ran.exit_status in COMMAND_MISSING and COMPLAINT in ran.output.both
        if is_missing or ran.container_status is not None:
            return outcome
        adopted = self._watcher.adoption(point)
        if adopted is None or not adopted.process:
            raise self._watcher.incomplete(
                f"the command {command[0]} was not traced"
                + (f" ({adopted.text})" if adopted is not None else "")
            )
        return outcome

    def environment(self) -> Mapping[str, str]:
        """As the engine has set it."""
        return environment_of(self._description)

    def wait_for_line(
        self, pattern: re.Pattern[str], position: int, timeout: float
    ) -> tuple[str, int] | None:
        """As the container has written it so far."""
        return self._log.wait_for_line(pattern, position, timeout)

    def signal(self, name: str) -> None:
        """Send a signal to the target's first program, which is the user's command by now."""
        self._engine.signal_container(self.container, name)

    def own_names(self) -> tuple[tuple[str, str], ...]:
        """What the engine called the target."""
        return own_names(self._description)

    def exit_status(self) -> int | None:
        """The exit status of the target's first program, which is held at its exit. Raises what
        ended the trace of a target that goes on."""
        if (exiting := self._stream.find(Exiting)) is not None:
            return exiting.status
        if not self._stream.ended:
            return None
        status = self._watcher.target_status()
        if status is None:
            raise self._watcher.incomplete("no more records come")
        return status

    def cause(self) -> SlimError | None:
        """What has ended the run from outside, if anything has; the trace is over then."""
        self.wait_for_change(MOMENT)
        return self._watcher.cause()

    def wait_for_change(self, seconds: float) -> None:
        """Return early when the target begins to listen or ends."""
        events, point = (Listening, Exiting, Trailer), self._stream.position()
        if self._stream.wait_for(events, seconds, since=point) is None and self._stream.ended:
            time.sleep(seconds)  # nothing will wake us: the caller's pause, not ours

    def wait_until_listening(self, port: int | None, timeout: float) -> bool:
        """Wait until the target listens on the port (None: on any it could mean); False when it
        ended, when that looks hopeless, or after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            if self._port.is_open(port):
                return True
            # Its time is not lost to a command that is to be run, however long this one computes.
            over = self.quiet_for() > QUIET or time.monotonic() > deadline
            if over or self.has_settled() or self.exit_status() is not None:
                return False
            self.wait_for_change(LOOK)

    def is_hopeless(self, port: int | None) -> bool:
        """True once the target listens elsewhere and has settled; where commands are run in it,
        which may stir it, not before QUIET seconds."""
        if not self.listening() or self._port.is_open(port) or not self.has_settled():
            return False
        return not self._was_stirred or self.quiet_for() > QUIET

    def has_settled(self) -> bool:
        """Whether the target does nothing more by itself, as far as anybody can tell by now."""
        return self._watcher.settling.has_settled()

    def quiet_for(self) -> float:
        """Seconds since the target last looked up a path that was new in its phase."""
        return self._stream.quiet_for()

    def wait_for_exit(self, timeout: float) -> int | None:
        """The exit status of the target's first program, waiting for it up to `timeout` s."""
        self._stream.wait_for(Exiting, timeout)
        return self.exit_status()

    def wait_while_busy(self, timeout: float) -> int | None:
        """As `wait_for_exit`, but no longer than the command is at work: one that has settled is
        taken for one that stays."""
        deadline = time.monotonic() + timeout
        while (status := self.exit_status()) is None:
            left = deadline - time.monotonic()
            if left <= 0 or self.has_settled():
                return None
            doing = self._watcher.settling.doing()
            self._waiting(f"the command may end by itself: {doing} (at most {timeout:g} s)")
            self._stream.wait_for(Exiting, min(left, LOOK))
        return status

    def logs(self) -> str:
        """The target's last lines."""
        return self._engine.logs(self.container)

    def output(self) -> Output:
        """All that the target wrote."""
        return self._engine.output(self.container)

    def missing_program(self) -> str:
        """The program of the command where the container has none of that name; else empty."""
        if COMPLAINT.decode() not in self.logs():
            return ""
        return argument_vector(self._original.config, self._run)[0]

    @property
    def name(self) -> str:
        """The container's name."""
        return str(self._description.get("Name", "")).removeprefix("/")

    def arrived(self, timeout: float) -> PartOfTrace | None:
        """What came since this was asked before, or a part of it, waiting up to `timeout` seconds
        for it; None at the time limit, or at the end of the stream."""
        records = self._stream.take(timeout)
        return part_of_trace(records) if records else None

    @property
    def ended(self) -> bool:
        """Whether no more records come."""
        return self._stream.ended

    def seen(self) -> Trace:
        """What was seen so far: no result can be built on it, as more may come."""
        index = self._index() if self._index is not None and self._stream.is_too_long else None
        return build_trace(self._stream.everything(), index)

    # ---- phases and the end

    def phase(self, name: str) -> None:
        """Everything that is seen from now on belongs to the phase `name`."""
        self._watcher.phase(name)

    def finish(self, stopping: Callable[[], None] = lambda: None) -> Trace:
        """Stop the target and complete the trace, as `complete` does; what was seen."""
        self.complete(stopping)
        return self.seen()

    def complete(self, stopping: Callable[[], None] = lambda: None) -> None:
        """Stop the target as its image asks for, and complete the trace in its file. `stopping` is
        called when all records of what was before have come."""
        if self._stream.ended or self.exit_status() is not None:
            stopping()
        else:
            self.phase("shutdown")
            stopping()
            number = stop_signal(self._original.config)
            if self._watcher.target_takes(number):
                self._engine.signal_container(self.container, number)
                await_end(self._stream, number, self._original.config, self._run, self._waiting)
        self._watcher.complete()

    def close(self) -> None:
        """Remove the target and the sidecar."""
        self._log.close()
        self._watcher.close()
        self._session.discard(self.container)

    @property
    def _stream(self) -> RecordStream:
        return self._watcher.stream
