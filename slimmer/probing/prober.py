"""Probes against a target: the first is repeated until the application is ready, others only where
they say so."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from slimmer.probing import command, http
from slimmer.probing.origin import origin_of
from slimmer.probing.plan_state import PlanState
from slimmer.probing.replay import replay
from slimmer.probing.substitution import UnknownValueError
from slimmer.probing.target import Target
from slimmer.values import (
    CommandProbe,
    HostProbe,
    HttpProbe,
    LogProbe,
    NetworkProbe,
    Probe,
    ProbeResult,
    ReplayProbe,
    SignalProbe,
    TcpProbe,
)

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.25
"""Seconds between two attempts while the application starts: doubled from first to longest.
A target that can tell of changes ends a pause early."""
COMMAND_MISSING = frozenset({126, 127})
"""Exit statuses of a command that cannot be run: repeating it is pointless."""


class Prober:
    """Sends probes to one target. Safe to use from several threads."""

    def __init__(self, target: Target, *, probe_timeout: float, workers: int = 1) -> None:
        """`probe_timeout` and `workers` as RunOptions.probe_timeout and .probe_workers."""
        self.workers = workers
        self._target = target
        self._timeout = probe_timeout
        self._plans: dict[str, PlanState] = {}

    def once(self, probe: Probe, *, timeout: float | None = None) -> ProbeResult:
        """One attempt; at most `timeout` (else the probe's, else the run's) seconds."""
        limit = probe.timeout or self._timeout
        if timeout is not None:
            limit = min(limit, timeout)
        if not probe.plan:
            return self._send(probe, limit, None)
        state = self._plans.get(probe.plan)
        if state is None:
            state = self._plans.setdefault(probe.plan, PlanState(self._target.environment()))
        try:
            step = state.resolved(probe)
        except UnknownValueError as error:
            return ProbeResult(probe=probe, passed=False, answer=str(error))
        result = self._send(step, limit, state)
        if result.passed:
            state.remember(result.captured)
        return dataclasses.replace(result, probe=probe)

    def in_time(self, probe: Probe) -> ProbeResult:
        """One attempt, or for as long as the probe wants to be tried (`Step.within`); then as
        often as it is to be sent (`Step.repeat`)."""
        deadline = time.monotonic() + probe.within
        return self._again(self._tried(probe, deadline, lambda _: time.monotonic() >= deadline))

    def until_ready(self, probe: Probe, *, limit: float) -> ProbeResult:
        """Attempts until the probe passes, fails for good, or `limit` seconds are over.

        It fails for good when the application gave a definite answer, when the container's own
        command ended, or when the target sees that waiting is hopeless. A probe with a time
        within which it must pass takes no answer for definite.
        """
        deadline = time.monotonic() + limit
        port = probe.port if isinstance(probe, NetworkProbe) else None

        def is_over(result: ProbeResult) -> bool:
            if self._is_final(result) or time.monotonic() > deadline:
                return True
            return self._target.is_hopeless(port)

        return self._again(self._tried(probe, deadline, is_over))

    def _again(self, first: ProbeResult) -> ProbeResult:
        """The result of all times that the probe is to be sent, the first having had its own. None
        begins after one has failed."""
        probe, times = first.probe, first.probe.repeat
        if times == 1 or not first.passed:
            return first
        started = time.monotonic()
        failed: list[ProbeResult] = []
        numbers = iter(range(1, times))

        def work() -> None:
            for _ in numbers:  # the next one that nobody has taken
                if failed:
                    return
                result = self.once(probe)
                if not result.passed:
                    failed.append(result)

        workers = min(self.workers, times - 1)
        with ThreadPoolExecutor(workers, "repeated probe") as pool:
            for working in [pool.submit(work) for _ in range(workers)]:
                working.result()
        result = failed[0] if failed else first
        # Where one has failed, the others show that it is not the request itself.
        answer = f"{result.answer}, {'one of' if failed else 'each of'} {times:,} times"
        seconds = first.seconds + time.monotonic() - started
        return dataclasses.replace(result, answer=answer, seconds=seconds, attempts=first.attempts)

    def _tried(
        self, probe: Probe, deadline: float, is_over: Callable[[ProbeResult], bool]
    ) -> ProbeResult:
        started = time.monotonic()
        pause = FIRST_PAUSE
        attempts = 0
        while True:
            attempts += 1
            left = deadline - time.monotonic() if deadline > started else None
            result = self.once(probe, timeout=None if left is None else max(0.1, left))
            result = dataclasses.replace(
                result, attempts=attempts, seconds=time.monotonic() - started
            )
            if result.passed or is_over(result):
                return result
            self._target.wait_for_change(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _send(self, probe: Probe, limit: float, state: PlanState | None) -> ProbeResult:
        target = self._target
        match probe:
            case HttpProbe():
                return http.request(
                    probe,
                    target.addresses(probe.port),
                    limit,
                    origin=origin_of(probe, target.port()),
                    own_names=target.own_names(),
                    cookies=state.cookies if state else None,
                )
            case ReplayProbe():
                return replay(probe, target, limit)
            case CommandProbe():
                return command.run(probe, target, limit)
            case HostProbe():
                from slimmer.probing import host  # few runs have such steps

                return host.run(probe, target, limit)
            case TcpProbe():
                from slimmer.probing import tcp

                return tcp.converse(
                    probe, target.addresses(probe.port), limit, own_names=target.own_names()
                )
            case LogProbe():
                from slimmer.probing import container

                position = state.log_position if state else 0
                result, position = container.await_line(probe, target, limit, position)
                if state is not None:
                    state.log_position = position
                return result
            case SignalProbe():
                from slimmer.probing import container

                return container.send_signal(probe, target)

    def _is_final(self, result: ProbeResult) -> bool:
        if self._target.exit_status() is not None:
            return True
        if isinstance(result.probe, CommandProbe):
            return result.exit_status in COMMAND_MISSING or result.exit_status is None
        if isinstance(result.probe, HttpProbe | TcpProbe | ReplayProbe):
            return result.answered and not result.probe.within
        return True
