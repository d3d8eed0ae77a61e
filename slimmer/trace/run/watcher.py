"""The sidecar: the container in which the sensor watches the target, and the records it writes."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slimmer.engine import (
    MOMENT,
    Attachment,
    Session,
    TimedOutError,
    broken_connection,
    sidecar,
)
from slimmer.errors import (
    EngineOperationError,
    SeccompUnavailableError,
    SlimError,
    TraceIncompleteError,
)
from slimmer.trace.run.explanation import ended_early, killed_for_memory
from slimmer.trace.run.sensor import sensor_binary
from slimmer.trace.run.settling import Settling
from slimmer.trace.wire.events import RecordStream
from slimmer.trace.wire.records import (
    Activity,
    Adopted,
    Exiting,
    Hello,
    Note,
    Phase,
    Signals,
    Trailer,
)
from slimmer.values import Original, Source

ANSWER_TIMEOUT = 30.0
"""Seconds that the sensor may take to answer a control line: it answers in milliseconds, but a
machine under load may schedule it late."""
_PAUSE = 0.1


class Watcher:
    """The sensor beside one target: it is told what begins, and answers in records."""

    def __init__(
        self,
        session: Session,
        original: Original,
        *,
        trace_file: Path,
        sources: frozenset[Source],
        remember: bool,
        memory: str = "",
        census: bool = False,
    ) -> None:
        """`memory` as RunOptions.memory; `census`: every system call is recorded."""
        self.sources = sources
        self._census = census
        self._memory = memory
        self._session = session
        self._engine = session.engine
        self._original = original
        self._trace_file = trace_file
        self._remember = remember
        self._target = ""
        self._container = ""
        self._attachment: Attachment | None = None
        self._stream: RecordStream | None = None
        self.settling = Settling(self.activity, lambda: self.stream.quiet_for())
        self._claimed: set[int] = set()
        self._lock = threading.Lock()

    @property
    def stream(self) -> RecordStream:
        """The records of the run."""
        assert self._stream is not None, "the run has not been started"
        return self._stream

    def prepare(self) -> None:
        """Create and start the sidecar. It waits to be told its target."""
        flags = {Source.NOTIFY: "--no-notify", Source.FANOTIFY: "--no-fanotify"}
        configuration = sidecar(
            self._original.id,
            (
                "watch",
                *(flag for source, flag in flags.items() if source not in self.sources),
                *(("--census",) if self._census else ()),
            ),
            tuple(self._original.config.get("Volumes") or ()),
        )
        sensor = sensor_binary(self._session.engine.architecture)
        self._container = self._session.create_with_sensor("sidecar", configuration, sensor)
        self._attachment = self._session.attach(self._container)
        self._stream = RecordStream(
            self._attachment.stdout(), self._trace_file, remember=self._remember
        )
        try:
            self._engine.start_container(self._container)
        except EngineOperationError as error:
            raise TraceIncompleteError(
                f"the sidecar cannot be started: {error.message}",
                hint="it needs the capabilities SYS_ADMIN, SYS_PTRACE and DAC_READ_SEARCH, and the "
                "PID namespace of the engine's machine; `slim doctor` looks closer",
            ) from error

    def watch(self, description: Mapping[str, Any]) -> Hello:
        """Watch the target, a container that was started and then looked at; the sensor's first
        record."""
        self._target, state = description["Id"], description["State"]
        if not state.get("Running"):
            raise ended_early(int(state.get("ExitCode", 0)), self._engine.logs(self._target))
        self._tell(f"target {state['Pid']}")
        self.stream.start()
        hello = self.stream.wait_for(Hello, ANSWER_TIMEOUT)
        if hello is None:
            # A command that cannot be run is over before anybody can watch it.
            status = self.target_status() if self.stream.ended else None
            if status is not None:
                raise ended_early(status, self._engine.logs(self._target))
            raise self.silent("the sensor did not start")
        if self._census and not hello.census:
            raise self._no_census()
        return hello

    def adopt(self) -> None:
        """Tell the sensor that a command is about to be run beside the target's own."""
        self._tell("adopt")

    def adoption(self, point: int) -> Adopted | None:
        """The sensor's word, behind the point, that it watches a command: one for each command, as
        several may be on their way at once."""
        deadline = time.monotonic() + ANSWER_TIMEOUT
        while True:
            with self._lock:
                arrived = self.stream.behind(point)
                for number, each in enumerate(arrived, point):
                    if isinstance(each, Adopted) and number not in self._claimed:
                        self._claimed.add(number)
                        return each
            left = deadline - time.monotonic()
            if self.stream.wait_for(Adopted, left, since=point + len(arrived)) is None:
                return None

    def phase(self, name: str) -> None:
        """Everything that is seen from now on belongs to the phase `name`."""
        point = self.stream.position()
        self._tell("phase " + " ".join(name.split()))
        if self.stream.wait_for(Phase, ANSWER_TIMEOUT, since=point) is None:
            raise self.silent(f"the sensor did not begin the phase {name}")

    def target_takes(self, signal: int) -> bool:
        """Whether the target's first program has a handler for the signal: the kernel ignores
        others for PID 1, and waiting for their effect would be in vain."""
        self._tell("signals")
        answer = self.stream.wait_for(Signals, ANSWER_TIMEOUT)
        return answer is not None and answer.takes(signal)

    def activity(self) -> Activity | None:
        """What the target's threads do now; None at the end of the records."""
        if self.stream.ended or self.stream.find(Trailer) is not None:
            return None
        point = self.stream.position()
        self._tell("activity")
        return self.stream.wait_for(Activity, ANSWER_TIMEOUT, since=point)

    def complete(self) -> None:
        """Let the sensor write its trailer: the end of the target has made it do so, or it is told
        to."""
        if not self.stream.ended:
            self._tell("finish")
        if not self.stream.finish(ANSWER_TIMEOUT):
            raise self.silent("the sensor did not complete the trace")

    def close(self) -> None:
        """Remove the sidecar."""
        if self._attachment is not None:
            self._attachment.close()
        self._session.discard(self._container)

    def target_status(self) -> int | None:
        """The exit status of a target that is over, once the engine has noticed; None where it
        goes on."""
        return self._engine.wait_container(self._target, MOMENT)

    def cause(self, message: str = "the trace broke off") -> SlimError | None:
        """What has ended the run from outside: too little memory, the end of the target, of the
        sensor, or of the connection to it, or that it garbles the records. None where everything
        goes on. Nothing is recorded any more afterwards.

        A target that ends by itself is held at its exit, so one that is over without that has been
        killed, unless the sensor was gone before.
        """
        self.stream.check()
        target, watching = self._states()
        is_complete = self.stream.find(Trailer) is not None
        if target.get("OOMKilled"):
            return killed_for_memory(self._memory, self._engine.logs(self._target))
        # It ends by itself only when nobody speaks to it any more; the target may crash upon that.
        left_alone = not is_complete and not watching["Running"] and watching["ExitCode"] == 0
        if self.stream.ended and left_alone:
            return broken_connection("read the sensor's records", message)
        status = int(target["ExitCode"])
        if not target["Running"] and status > 128 and self.stream.find(Exiting) is None:
            return ended_early(status, self._engine.logs(self._target))
        if not self.stream.ended:
            self._tell("finish")
            self.stream.wait_for(Trailer, MOMENT)  # raises where its checksum is another
            return None
        if is_complete:
            return None
        if watching["Running"]:
            return broken_connection("read the sensor's records", message)
        return self._incomplete(f"{message}: the sensor ended with status {watching['ExitCode']}")

    def incomplete(self, message: str) -> SlimError:
        """The error that ends a run whose trace is not complete."""
        return self.cause(message) or self._incomplete(message)

    def silent(self, message: str) -> SlimError:
        """The error that ends a run whose sensor has not answered."""
        return self.cause(message) or TimedOutError(
            f"{message} within {ANSWER_TIMEOUT:g} s, though it runs",
            hint="the engine or the machine may hang or be overloaded: run again",
            details=self._said(),
        )

    def _no_census(self) -> SeccompUnavailableError:
        note = self.stream.wait_for(Note, ANSWER_TIMEOUT)
        return SeccompUnavailableError(
            "the system calls of the application cannot be recorded"
            + (f": {note.text}" if note is not None else ""),
            hint="it takes Linux 5.11 or newer with BPF, and an engine that runs as root; a trace "
            "that was saved on such a machine with --seccomp can be used here: --from-trace FILE",
        )

    def _states(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Of target and sidecar; where the records have ended, once one of them has, too, and where
        they are complete, once the target has."""
        deadline = time.monotonic() + MOMENT
        while True:
            target, watching = (
                self._engine.container_state(each) for each in (self._target, self._container)
            )
            is_complete = self.stream.find(Trailer) is not None
            goes_on = target["Running"] and (watching["Running"] or is_complete)
            if not (goes_on and self.stream.ended and time.monotonic() < deadline):
                return target, watching
            time.sleep(_PAUSE)

    def _incomplete(self, message: str) -> TraceIncompleteError:
        return TraceIncompleteError(
            message,
            hint="`slim doctor` tells which sources of the trace this engine allows",
            details=self._said(),
        )

    def _said(self) -> str:
        """What the sensor and the target have said."""
        said = self._attachment.errors if self._attachment else ""
        notes = [record.text for record in self.stream.all(Note)]
        return "\n".join(filter(None, [*notes, said, self._engine.logs(self._target)]))

    def _tell(self, line: str) -> None:
        assert self._attachment is not None
        try:
            self._attachment.write(line.encode("utf-8", "surrogateescape") + b"\n")
        except OSError as error:
            if self.stream.ended:
                raise self.incomplete(f"the sensor has disappeared ({error})") from error
            raise broken_connection("speak to the sensor", error) from error
