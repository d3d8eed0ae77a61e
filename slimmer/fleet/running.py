"""The coordinator: at any time as many builds are with the workers as there are workers.

Nothing waits in the scheduler, so that its memory does not grow with the fleet; what has ended is
in the state file before the next build begins.
"""

from __future__ import annotations

import dataclasses
import heapq
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from slimmer.errors import ImageNotFoundError
from slimmer.fleet.document import Limits
from slimmer.fleet.job import PASSING, Job, Outcome
from slimmer.fleet.planning import Planned
from slimmer.fleet.progress import FleetProgress
from slimmer.fleet.state import State
from slimmer.fleet.workforce import Ended

_LOOK: Final = 5.0
"""Seconds between two looks at whether there are more workers."""
_LONELY: Final = 10.0
"""Seconds without any worker until the user is told."""


class Workers(Protocol):
    """What the coordinator needs of a workforce."""

    @property
    def size(self) -> int: ...

    def submit(self, job: Job) -> None: ...

    def ended(self, timeout: float) -> Iterable[Ended]: ...


def run_builds(
    planned: Sequence[Planned],
    workers: Workers,
    state: State,
    stage: str,
    limits: Limits,
    progress: FleetProgress,
    done: Callable[[Outcome], None],
) -> None:
    """Do all of them; `done` gets each outcome as soon as it is in the state, under `stage`."""
    progress.stage(stage, len(planned))
    _Run(planned, workers, state, stage, limits, progress, done).run()


class _Run:
    def __init__(
        self,
        planned: Iterable[Planned],
        workers: Workers,
        state: State,
        stage: str,
        limits: Limits,
        progress: FleetProgress,
        done: Callable[[Outcome], None],
    ) -> None:
        self._waiting: deque[Planned] = deque(planned)
        self._workers = workers
        self._state = state
        self._stage = stage
        self._limits = limits
        self._progress = progress
        self._done = done
        self._later: list[tuple[float, int, Planned]] = []
        """A heap of what is tried again: (when, a number that no other has, what)."""
        self._numbers = itertools.count()
        self._running: dict[str, Planned] = {}
        self._attempts: dict[str, int] = {}
        self._lonely_since: float | None = None

    def run(self) -> None:
        while self._waiting or self._later or self._running:
            self._send()
            for job, outcome in self._workers.ended(self._patience()):
                planned = self._running.pop(job.name)
                if outcome is None:
                    self._progress.lost(job.name)
                    self._waiting.appendleft(planned)
                else:
                    self._judge(planned, outcome)

    def _send(self) -> None:
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._waiting.appendleft(heapq.heappop(self._later)[2])
        size = self._workers.size
        self._tell_if_lonely(size, now)
        while self._waiting and len(self._running) < max(1, size):
            planned = self._waiting.popleft()
            self._running[planned.job.name] = planned
            self._progress.began(planned.job.name)
            self._workers.submit(planned.job)

    def _patience(self) -> float:
        if not self._later:
            return _LOOK
        return min(_LOOK, max(0.0, self._later[0][0] - time.monotonic()))

    def _tell_if_lonely(self, size: int, now: float) -> None:
        if size:
            self._lonely_since = None
        elif self._lonely_since is None:
            self._lonely_since = now
        elif now - self._lonely_since > _LONELY:
            self._lonely_since = now
            self._progress.warned(
                "no worker has an engine: `dask worker SCHEDULER --nthreads 1 --resources engine=1`"
            )

    def _judge(self, planned: Planned, outcome: Outcome) -> None:
        name = planned.job.name
        attempts = self._attempts.get(name, 0) + 1
        outcome = dataclasses.replace(outcome, attempts=attempts)
        if attempts <= self._limits.retries and _may_pass_by(planned, outcome):
            self._attempts[name] = attempts
            pause = self._limits.pause * 2 ** (attempts - 1)
            heapq.heappush(self._later, (time.monotonic() + pause, next(self._numbers), planned))
            self._progress.again(outcome, pause)
            return
        self._attempts.pop(name, None)
        self._state.remember(outcome, self._stage, planned.fingerprint)
        self._progress.ended(outcome)
        self._done(outcome)


def _may_pass_by(planned: Planned, outcome: Outcome) -> bool:
    """Also where a worker does not have an image that is there: another may have taken it away."""
    is_missing = outcome.exit_code == ImageNotFoundError.exit_code
    return outcome.exit_code in PASSING or (is_missing and planned.original is not None)
