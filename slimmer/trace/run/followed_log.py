"""The target's log, which lines are waited for in."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Final

from slimmer.engine import LogReader

LOOK: Final = 0.5
"""Seconds between two looks whether a container that should write a line has ended."""


class FollowedLog:
    """The log of one container, followed from the first call on, and read from its start. Safe to
    use from several threads."""

    def __init__(self, follow: Callable[[], LogReader], has_ended: Callable[[], bool]) -> None:
        """A log has no end while its first program is held at its exit, so that is looked for."""
        self._follow, self._has_ended = follow, has_ended
        self._lock = threading.Lock()
        self._log: LogReader | None = None

    def wait_for_line(
        self, pattern: re.Pattern[str], position: int, timeout: float
    ) -> tuple[str, int] | None:
        """As Target.wait_for_line."""
        with self._lock:
            if self._log is None:
                self._log = self._follow()
        deadline = time.monotonic() + timeout
        while True:
            has_ended = self._has_ended()
            left = min(deadline - time.monotonic(), LOOK)
            found = self._log.wait_for(pattern, position, left)
            if found is not None or has_ended or time.monotonic() >= deadline:
                return found

    def close(self) -> None:
        """Follow it no longer."""
        if self._log is not None:
            self._log.close()
