"""One command in the target, and whether it ended as expected."""

from __future__ import annotations

import re
import time

from slimmer.probing.judging import EXCERPT_LIMIT, MissingValueError, captured
from slimmer.probing.record import record
from slimmer.probing.target import CommandOutcome, Target
from slimmer.values import CommandAnswer, CommandProbe, HostProbe, ProbeResult


def run(probe: CommandProbe, target: Target, timeout: float) -> ProbeResult:
    """Run the probe's command in the target; `timeout` in seconds."""
    started = time.monotonic()
    outcome = target.run_command(
        probe.command,
        user=probe.user,
        timeout=timeout,
        stdin=probe.stdin,
        environment=[pair for pair in probe.environment if pair[1]],
    )
    answered_with = None
    if outcome.exit_status is not None:
        answered_with = CommandAnswer(
            exit_status=outcome.exit_status,
            stdout=record(outcome.written.stdout, complete=outcome.written.complete),
            stderr=record(outcome.written.stderr, complete=outcome.written.complete),
            own_names=target.own_names(),
        )
    return judged(probe, outcome, timeout, time.monotonic() - started, answered_with)


def judged(
    probe: CommandProbe | HostProbe,
    outcome: CommandOutcome,
    timeout: float,
    seconds: float,
    answered_with: CommandAnswer | None,
) -> ProbeResult:
    """The result of a command that ended, or had to be given up."""
    text = outcome.written.both.decode("utf-8", "replace")
    values: tuple[tuple[str, str], ...] = ()
    if outcome.exit_status is None:
        passed, answer = False, f"did not end within {round(timeout, 1):g} s"
    else:
        passed = outcome.exit_status == probe.exit_status
        answer = f"exit status {outcome.exit_status}"
        if passed and probe.output_pattern and not re.search(probe.output_pattern, text):
            passed = False
            answer += f", output does not match /{probe.output_pattern}/"
        try:
            values = captured(probe.captures, text) if passed else ()
        except MissingValueError as error:
            passed = False
            answer += f", {error}"
    return ProbeResult(
        probe=probe,
        passed=passed,
        answer=answer,
        excerpt=text[:EXCERPT_LIMIT],
        exit_status=outcome.exit_status,
        seconds=seconds,
        answered_with=answered_with,
        captured=values,
    )
