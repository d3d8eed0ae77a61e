"""The sidecar: the container in which the sensor watches the target, and the records it writes."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from slimmer.engine import Attachment, Session, sidecar
from slimmer.errors import EngineOperationError, SlimError, TraceIncompleteError
from slimmer.trace.run.explanation import ended_early
from slimmer.trace.wire.events import RecordStream
from slimmer.trace.wire.records import Adopted, Hello, Note, Phase, Signals
from slimmer.values import Original, Source

ANSWER_TIMEOUT = 30.0
"""Seconds that the sensor may take to answer a control line: it answers in milliseconds, but a
machine under load may schedule it late."""


class Watcher:
    """The sensor beside one target: it is told what begins, and answers in records."""

    def __init__(
        self,
        session: Session,
        original: Original,
        *,
        sensor: Path,
        trace_file: Path,
        sources: frozenset[Source],
        remember: bool,
    ) -> None:
        self.sources = sources
        self._session = session
        self._engine = session.engine
        self._original = original
        self._sensor = sensor
        self._trace_file = trace_file
        self._remember = remember
        self._target = ""
        self._container = ""
        self._attachment: Attachment | None = None
        self._stream: RecordStream | None = None
        self._claimed: set[int] = set()
        self._lock = threading.Lock()

    @property
    def stream(self) -> RecordStream:
        """The records of the run."""
        assert self._stream is not None, "the run has not been started"
        return self._stream

    def create(self, target: str) -> None:
        """Create the sidecar for the target, which need not run yet."""
        flags = {Source.NOTIFY: "--no-notify", Source.FANOTIFY: "--no-fanotify"}
        configuration = sidecar(
            self._original.id,
            ("watch", *(flag for source, flag in flags.items() if source not in self.sources)),
            target,
            tuple(self._original.config.get("Volumes") or ()),
        )
        self._target = target
        self._container = self._session.create_with_sensor("sidecar", configuration, self._sensor)

    def start(self) -> Hello:
        """Watch the target, which has been started; the sensor's first record."""
        self._attachment = self._session.attach(self._container)
        self._stream = RecordStream(
            self._attachment.stdout(), self._trace_file, remember=self._remember
        )
        try:
            self._engine.start_container(self._container)
        except EngineOperationError as error:
            raise self._not_started(error) from error
        self._stream.start()
        hello = self._stream.wait_for(Hello, ANSWER_TIMEOUT)
        if hello is None:
            raise self.incomplete("the sensor did not start")
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
            raise self.incomplete(f"the sensor did not begin the phase {name}")

    def target_takes(self, signal: int) -> bool:
        """Whether the target's first program has a handler for the signal: the kernel ignores
        others for PID 1, and waiting for their effect would be in vain."""
        self._tell("signals")
        answer = self.stream.wait_for(Signals, ANSWER_TIMEOUT)
        return answer is not None and answer.takes(signal)

    def complete(self) -> None:
        """Let the sensor write its trailer."""
        self._tell("finish")
        if not self.stream.finish(ANSWER_TIMEOUT):
            raise self.incomplete("the sensor did not complete the trace")

    def close(self) -> None:
        """Remove the sidecar."""
        if self._attachment is not None:
            self._attachment.close()
        self._session.discard(self._container)

    def incomplete(self, message: str) -> TraceIncompleteError:
        """What the sensor said, and how the target stands, as the error that ends a run."""
        said = self._attachment.errors if self._attachment else ""
        notes = [record.text for record in self.stream.all(Note)]
        state = self._engine.inspect_container(self._target)["State"]
        if not state.get("Running") and state.get("OOMKilled"):
            message += "; the target was killed for using too much memory"
        elif not state.get("Running"):
            message += f"; the target ended with status {state.get('ExitCode')}"
        return TraceIncompleteError(
            message,
            hint="`slim doctor` tells which sources of the trace this engine allows",
            details="\n".join(filter(None, [*notes, said, self._engine.logs(self._target)])),
        )

    def _not_started(self, error: EngineOperationError) -> SlimError:
        """Why the sidecar could not be started: most often, because the target is over."""
        state = self._engine.inspect_container(self._target)["State"]
        if not state.get("Running"):
            return ended_early(int(state.get("ExitCode", 0)), self._engine.logs(self._target))
        return TraceIncompleteError(
            f"the sidecar cannot be started: {error.message}",
            hint="it needs the capabilities SYS_ADMIN, SYS_PTRACE and DAC_READ_SEARCH; "
            "`slim doctor` looks closer",
        )

    def _tell(self, line: str) -> None:
        assert self._attachment is not None
        try:
            self._attachment.write(line.encode("utf-8", "surrogateescape") + b"\n")
        except OSError as error:
            raise self.incomplete(f"the sensor has disappeared ({error})") from error
