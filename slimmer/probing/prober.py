"""Probes against a target: the first is repeated until the application is ready, others only where
they say so. One rule holds for all kinds."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial

from slimmer.probing.kinds import Attempt, kind_of
from slimmer.probing.plan_state import PlanState
from slimmer.probing.substitution import UnknownValueError
from slimmer.probing.target import Target, ended
from slimmer.values import Probe, ProbeResult

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.01, 0.25, 0.15
"""Seconds between two attempts while the application starts: that part of the time that it has
taken so far, so that what is lost is little beside that. A target that can tell of changes ends a
pause early."""
_LOOK = 0.5
"""Seconds between two looks whether anybody is left who could answer; an answer that was given
before the end is here by the next one."""


class Prober:
    """Sends probes to one target. Safe to use from several threads."""

    def __init__(
        self, target: Target, *, probe_timeout: float, workers: int = 1, explained: bool = True
    ) -> None:
        """`probe_timeout` and `workers` as RunOptions.probe_timeout and .probe_workers; `explained`
        as in Attempt."""
        self.workers = workers
        self._explained = explained
        self._target = target
        self._timeout = probe_timeout
        self._plans: dict[str, PlanState] = {}

    def once(self, probe: Probe, *, timeout: float | None = None) -> ProbeResult:
        """One attempt; at most `timeout` (else the probe's, else the run's) seconds."""
        limit = self._limit(probe)
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

        def is_over(_: ProbeResult) -> bool:
            return time.monotonic() >= deadline or self._target.exit_status() is not None

        return self._again(self._tried(probe, deadline, is_over))

    def until_ready(
        self,
        probe: Probe,
        *,
        limit: float,
        busy_limit: float = 0.0,
        failed: Callable[[ProbeResult], None] = lambda _: None,
    ) -> ProbeResult:
        """Attempts until the probe passes, fails for good, or `limit` seconds are over, or those of
        `busy_limit` as long as the target is at work; `failed` is told of each that is not the
        last.

        It fails for good when its answer is definite, which its kind says (`ProbeResult.answered`),
        when the container's own command has ended, or when the target sees that waiting is
        hopeless. A probe with a time within which it must pass takes no answer for definite, and
        what says that it failed may do so because it is still starting.
        """
        started = time.monotonic()
        last = started + max(limit, busy_limit)

        def is_late() -> bool:
            now = time.monotonic()
            return now > last or (now > started + limit and self._target.has_settled())

        def is_definite(result: ProbeResult) -> bool:
            if probe.within or not result.answered:
                return False
            return not (result.faulty and not self._target.has_settled())

        def is_over(result: ProbeResult) -> bool:
            return (
                is_definite(result)
                or self._target.exit_status() is not None
                or is_late()
                or self._target.is_hopeless(probe.port)
            )

        return self._again(self._tried(probe, last, is_over, failed))

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
        self,
        probe: Probe,
        deadline: float,
        is_over: Callable[[ProbeResult], bool],
        failed: Callable[[ProbeResult], None] = lambda _: None,
    ) -> ProbeResult:
        started = time.monotonic()
        attempts = 0
        before: ProbeResult | None = None
        faulty = False
        while True:
            attempts += 1
            begun = time.monotonic()
            left = max(0.1, deadline - begun) if deadline > started else None
            result = self.once(probe, timeout=left)
            faulty = faulty or result.faulty
            if result.passed or is_over(result):
                # An attempt that the end has cut short tells of nothing else.
                took = time.monotonic() - begun
                if before and not result.passed and left and took >= left < self._limit(probe):
                    result = before
                seconds = time.monotonic() - started
                return dataclasses.replace(
                    result, attempts=attempts, seconds=seconds, faulty=faulty
                )
            before = result
            failed(result)
            pause = (time.monotonic() - started) * GROWTH
            self._target.wait_for_change(min(max(FIRST_PAUSE, pause), LONGEST_PAUSE))

    def _limit(self, probe: Probe) -> float:
        """Seconds that an attempt may take that nothing else cuts short."""
        return probe.timeout or self._timeout

    def _send(self, probe: Probe, limit: float, state: PlanState | None) -> ProbeResult:
        attempt = Attempt(
            target=self._target, seconds=limit, state=state, explained=self._explained
        )
        send = partial(kind_of(probe).send, probe, attempt)
        if not probe.needs_port or probe.runs_here:
            return send()  # which look for themselves, or do not need the container's own command
        return self._while_there(probe, send)

    def _while_there(self, probe: Probe, send: Callable[[], ProbeResult]) -> ProbeResult:
        """What an attempt brings, as long as there is somebody to answer it: a process that is held
        at its end keeps its connections open, and whoever waits at one would wait in vain."""
        sent: Future[ProbeResult] = Future()

        def work() -> None:
            try:
                sent.set_result(send())
            except BaseException as error:  # it is raised again in the thread that waits
                sent.set_exception(error)

        threading.Thread(target=work, name="attempt", daemon=True).start()
        status = None
        while not wait((sent,), _LOOK).done:
            if status is not None:
                return ProbeResult(probe=probe, passed=False, answer=ended(status))
            status = self._target.exit_status()
        return sent.result()
