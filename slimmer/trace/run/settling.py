"""Whether a target that says nothing is at work, or has settled: it will do nothing more by itself.

That is read from what its threads do, as the sensor tells it (Activity). Where all of them wait for
an event, with nothing done between two looks, nothing can come but from outside, and that is known
at once. Where some wait for a time that may be over soon, or for an answer of somebody else, only a
clock can decide. Where threads run look after look, or processor time is used, it is at work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from slimmer.trace.wire.records import Activity

LOOK: Final = 0.25
"""Seconds between two looks at the least."""
QUIET: Final = 5.0
"""Seconds without any sign of work after which a target whose threads wait for a time, or for
somebody else, has settled."""
BEGUN: Final = 20.0
"""The same after which it opens no further port by itself. A server that asks for the name of its
host, where nobody answers, waits for ten."""
_SHARE: Final = 0.1
"""Of one processor's time, from which on a target is at work. Runtimes look after themselves now
and then when nothing is to be done, in about a hundredth; the kernel counts in steps of 10 ms."""


class Settling:
    """Looks at one target. Safe to use from several threads."""

    def __init__(
        self,
        look: Callable[[], Activity | None],
        quiet_for: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`look` asks for what threads do now, None where nobody can tell; `quiet_for` gives the
        seconds since the target last looked up a path that was new."""
        self._look = look
        self._quiet_for = quiet_for
        self._clock = clock
        self._lock = threading.Lock()
        self._before: Activity | None = None
        self._looked = self._at_work = float("-inf")
        self._settled = False

    def has_settled(self) -> bool:
        """Whether the target does nothing more by itself, as far as anybody can tell by now: no
        sooner than at the second look."""
        with self._lock:
            if self._clock() - self._looked >= LOOK:
                self._look_again()
            return self._settled

    def doing(self) -> str:
        """What the target did last, for people who wait for it: "it …"."""
        with self._lock:
            if self._quiet_for() <= LOOK or self._before is None:
                return "it still looks up new files"
            return "it computes" if self._at_work == self._looked else "it waits"

    def _look_again(self) -> None:
        before, seen = self._before, self._look()
        now = self._clock()
        passed, self._looked, self._before = now - self._looked, now, seen
        quiet = self._quiet_for()
        if before is None or seen is None:
            # One look alone tells nothing of processor time.
            self._settled = seen is None and quiet > QUIET
            return
        if _is_at_work(before, seen, passed):
            self._at_work = now
        nothing_for = min(quiet, now - self._at_work)
        is_still = nothing_for >= passed and _all_wait(before) and _all_wait(seen)
        is_same = _threads(before) == _threads(seen)
        self._settled = (is_still and is_same) or nothing_for > QUIET


def _is_at_work(before: Activity, seen: Activity, passed: float) -> bool:
    """A thread that is met running once may look after its runtime; a loaded machine makes that
    long, and gives those that compute little time."""
    is_running = before.running > 0 and seen.running > 0
    return is_running or seen.used - before.used >= _SHARE * passed


def _all_wait(seen: Activity) -> bool:
    """Whether nothing but an event can make the target go on, at least for as long as the clock
    would be watched."""
    ends_soon = seen.limited and seen.left < QUIET
    return not (seen.running or ends_soon or seen.connected) and _threads(seen) > 0


def _threads(seen: Activity) -> int:
    return seen.waiting + seen.limited
