"""What is said while the target is waited for at its end."""

from __future__ import annotations

import signal
import time
from typing import Any, cast

import pytest

from slimmer.trace.run import stopping
from slimmer.trace.run.stopping import await_end, stop_limit
from slimmer.trace.wire.events import RecordStream
from slimmer.trace.wire.records import Exiting
from slimmer.values import RunOptions


class Target:
    """Ends after so many seconds, and tells as the stream of its records does."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def wait_for(self, _: type[Exiting], timeout: float) -> Exiting | None:
        left = self._end - time.monotonic()
        time.sleep(max(0.0, min(left, timeout)))
        return Exiting(time=0, status=0) if left <= timeout else None


@pytest.mark.parametrize(
    ("ends_after", "of_user", "of_image", "said"),
    [
        (0.0, 10, None, ["the application has 10 s to end on SIGTERM"]),
        (0.2, 0.05, None, ["the application has 0.05 s to end on SIGTERM"]),
        (
            0.3,
            10,
            None,
            [
                "the application has 10 s to end on SIGTERM",
                "the application ignores SIGTERM so far, and is killed after 10 s; "
                "--stop-timeout 0.1 saves 9.9 s",
            ],
        ),
        (
            0.3,
            10,
            30,  # of the image, which --stop-timeout does not make any less
            [
                "the application has 30 s to end on SIGTERM",
                "the application ignores SIGTERM so far, and is killed after 30 s",
            ],
        ),
    ],
)
def test_who_does_not_end_is_told_of(
    monkeypatch: pytest.MonkeyPatch,
    ends_after: float,
    of_user: float,
    of_image: float | None,
    said: list[str],
) -> None:
    monkeypatch.setattr(stopping, "PROMPT", 0.1)
    config: dict[str, Any] = {} if of_image is None else {"StopTimeout": of_image}
    run = RunOptions(stop_timeout=of_user)
    told: list[str] = []
    stream = cast(RecordStream, Target(ends_after))
    await_end(stream, signal.SIGTERM, config, run, told.append)
    assert told == [f"stopping: {each}" for each in said]
    assert stop_limit(config, run) == max(of_user, of_image or 0)
