"""One command in a running container, with a time limit and a bounded memory of its output."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from slimmer.engine.client import Engine

OUTPUT_LIMIT = 1024 * 1024
"""Bytes of stdout and stderr that are remembered; the rest is read and dropped."""


def run_command(
    engine: Engine,
    container: str,
    command: Sequence[str],
    *,
    user: str,
    timeout: float,
    started: Callable[[], None] = lambda: None,
) -> tuple[int | None, bytes]:
    """Run the command; returns (exit status or None at the time limit, its output).

    `started` is called once the engine was told to start it. A command beyond its time limit
    goes on in the container (the engine offers no way to end it) until that is removed.
    """
    deadline = time.monotonic() + timeout
    identity, stream = engine.execute(container, command, user=user)
    output = bytearray()
    try:
        started()
        while True:
            stream.set_timeout(max(0.001, deadline - time.monotonic()))
            frame = stream.frame()
            if frame is None:
                break
            output += frame[1][: OUTPUT_LIMIT - len(output)]
    except TimeoutError:
        return None, bytes(output)
    finally:
        stream.close()
    return engine.exec_exit_status(identity), bytes(output)
