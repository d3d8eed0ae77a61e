"""Probes against a target: the first is repeated until the application is ready, none else."""

from __future__ import annotations

import dataclasses
import time

from slimmer.model import HttpProbe, Probe, ProbeResult, ReplayProbe
from slimmer.probing import command, http
from slimmer.probing.replay import replay
from slimmer.probing.target import Target

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.25
"""Seconds between two attempts while the application starts: doubled from first to longest.
A target that can tell of changes ends a pause early."""
COMMAND_MISSING = frozenset({126, 127})
"""Exit statuses of a command that cannot be run: repeating it is pointless."""


class Prober:
    """Sends probes to one target."""

    def __init__(self, target: Target, *, probe_timeout: float) -> None:
        self._target = target
        self._timeout = probe_timeout

    def once(self, probe: Probe, *, timeout: float | None = None) -> ProbeResult:
        """One attempt; at most `timeout` (else the probe timeout) seconds."""
        limit = self._timeout if timeout is None else timeout
        if isinstance(probe, HttpProbe):
            return http.request(
                probe,
                self._target.addresses(probe.port),
                limit,
                own_names=self._target.own_names(),
            )
        if isinstance(probe, ReplayProbe):
            return replay(probe, self._target, limit)
        return command.run(probe, self._target, limit)

    def until_ready(self, probe: Probe, *, limit: float) -> ProbeResult:
        """Attempts until the probe passes, fails for good, or `limit` seconds are over.

        It fails for good when the application gave a definite answer, when the container's own
        command ended, or when the target sees that waiting is hopeless.
        """
        started = time.monotonic()
        pause = FIRST_PAUSE
        attempts = 0
        while True:
            attempts += 1
            left = started + limit - time.monotonic()
            result = self.once(probe, timeout=max(0.1, min(self._timeout, left)))
            result = dataclasses.replace(
                result, attempts=attempts, seconds=time.monotonic() - started
            )
            if result.passed or self._is_final(result):
                return result
            port = probe.port if isinstance(probe, HttpProbe | ReplayProbe) else None
            if time.monotonic() - started > limit or self._target.is_hopeless(port):
                return result
            self._target.wait_for_change(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _is_final(self, result: ProbeResult) -> bool:
        if isinstance(result.probe, HttpProbe | ReplayProbe):
            return result.answered or self._target.exit_status() is not None
        return (
            result.exit_status in COMMAND_MISSING
            or result.exit_status is None
            or self._target.exit_status() is not None
        )
