"""Steps that concern the container itself: a line of its log, a signal for its first process."""

from __future__ import annotations

import re
import time

from slimmer.probing.judging import MissingValueError, captured
from slimmer.probing.target import Target
from slimmer.values import LogProbe, ProbeResult, SignalProbe


def await_line(
    probe: LogProbe, target: Target, timeout: float, position: int
) -> tuple[ProbeResult, int]:
    """Wait for the line behind `position`; the result, and the position behind the line (the same
    where none came)."""
    started = time.monotonic()
    found = target.wait_for_line(re.compile(probe.pattern), position, timeout)
    seconds = time.monotonic() - started
    if found is None:
        answer = f"no such line within {round(timeout, 1):g} s"
        return ProbeResult(probe=probe, passed=False, answer=answer, seconds=seconds), position
    line, position = found
    try:
        values = captured(probe.captures, line)
    except MissingValueError as error:
        result = ProbeResult(probe=probe, passed=False, answer=str(error), excerpt=line)
        return result, position
    result = ProbeResult(
        probe=probe, passed=True, answer="there", excerpt=line, seconds=seconds, captured=values
    )
    return result, position


def send_signal(probe: SignalProbe, target: Target) -> ProbeResult:
    """Send the signal. That it had an effect is for the next steps to see."""
    status = target.exit_status()
    if status is not None:
        answer = f"the container's command has ended with status {status}"
        return ProbeResult(probe=probe, passed=False, answer=answer)
    target.signal(probe.signal)
    return ProbeResult(probe=probe, passed=True, answer="sent")
