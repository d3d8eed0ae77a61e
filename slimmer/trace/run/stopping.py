"""The end of the target as its image asks for it, and what is said while that is waited for."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from typing import Any, Final

from slimmer.trace.wire.events import RecordStream
from slimmer.trace.wire.records import Exiting
from slimmer.values import RunOptions

PROMPT: Final = 1.0
"""Seconds in which an application that obeys its stop signal mostly has ended."""


def stop_limit(config: Mapping[str, Any], run: RunOptions) -> float:
    """Seconds between the stop signal and the kill, for an image with this `config`."""
    return max(run.stop_timeout, _of_image(config))


def await_end(
    stream: RecordStream,
    number: int,
    config: Mapping[str, Any],
    run: RunOptions,
    waiting: Callable[[str], None],
) -> None:
    """Wait for the target, which got the signal `number`, to end, no longer than `stop_limit`;
    `waiting` is told what for."""
    name, limit = signal.Signals(number).name, stop_limit(config, run)
    waiting(f"stopping: the application has {limit:g} s to end on {name}")
    if stream.wait_for(Exiting, min(PROMPT, limit)) is not None or limit <= PROMPT:
        return
    waiting(_goes_on(name, limit, max(PROMPT, _of_image(config))))
    stream.wait_for(Exiting, limit - PROMPT)


def _of_image(config: Mapping[str, Any]) -> float:
    return float(config.get("StopTimeout") or 0)


def _goes_on(name: str, limit: float, shortest: float) -> str:
    text = f"stopping: the application ignores {name} so far, and is killed after {limit:g} s"
    if limit > shortest:
        text += f"; --stop-timeout {shortest:g} saves {limit - shortest:g} s"
    return text
