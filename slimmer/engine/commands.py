"""One command in a running container, with a time limit and a bounded memory of its output."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slimmer.engine.interface import Engine
from slimmer.engine.streams import Attachment, Output
from slimmer.errors import EngineOperationError

MOMENT = 3.0
"""Seconds that an engine may take to notice that a container has ended."""


@dataclass(frozen=True, kw_only=True)
class RanCommand:
    """How a command in a container ended, and what it wrote."""

    exit_status: int | None
    """None where it did not end within its time limit, or the container did before it."""
    output: Output
    container_status: int | None = None
    """The exit status of the container's own command where that had ended, so that no other could
    be run or bring its status."""


def run_command(
    engine: Engine,
    container: str,
    command: Sequence[str],
    *,
    user: str,
    timeout: float,
    stdin: bytes = b"",
    environment: Sequence[tuple[str, str]] = (),
    started: Callable[[], None] = lambda: None,
) -> RanCommand:
    """Run the command, `timeout` in seconds, with `environment` beside the container's own.

    `started` is called once the engine was told to start it. A command beyond its time limit
    goes on in the container (the engine offers no way to end it) until that is removed.
    """
    deadline = time.monotonic() + timeout
    output = Output()
    try:
        identity, stream = engine.execute(
            container, command, user=user, environment=dict(environment), stdin=bool(stdin)
        )
    except EngineOperationError:
        # That there is nothing left to run it in is how a test may end, and no fault of the engine.
        ended = engine.wait_container(container, MOMENT)
        if ended is None:
            raise
        return RanCommand(exit_status=None, output=output, container_status=ended)
    try:
        started()
        if stdin:
            give_input(stream, stdin)
        while True:
            stream.set_timeout(max(0.001, deadline - time.monotonic()))
            frame = stream.frame()
            if frame is None:
                break
            output.add(*frame)
    except TimeoutError:
        return RanCommand(exit_status=None, output=output)
    finally:
        stream.close()
    status = engine.exec_exit_status(identity)
    ended = engine.wait_container(container, MOMENT) if status is None else None
    return RanCommand(exit_status=status, output=output, container_status=ended)


def give_input(stream: Attachment, data: bytes) -> None:
    """Write all of stdin and close it, beside whatever comes next: a command may write much before
    it has read all."""

    def give() -> None:
        with contextlib.suppress(OSError):  # a command need not read all that it is given
            stream.write(data)
        stream.close_stdin()

    threading.Thread(target=give, name="stdin", daemon=True).start()
