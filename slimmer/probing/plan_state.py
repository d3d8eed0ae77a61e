"""What the steps of one plan share while they run against one container."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from slimmer.probing.substitution import ENVIRONMENT, resolved
from slimmer.values import Probe

if TYPE_CHECKING:
    from slimmer.probing.cookies import Cookies

S = TypeVar("S", bound=Probe)


class PlanState:
    """Cookies, captured values, and the place in the log. Safe to use from several threads."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        from slimmer.probing.cookies import Cookies  # only plans pay for it

        self.cookies: Cookies = Cookies()
        self.log_position = 0
        """Behind the line that a log step has found last."""
        self._values = {ENVIRONMENT + name: value for name, value in environment.items()}
        self._lock = threading.Lock()

    def resolved(self, step: S) -> S:
        """The step with values in place of their names. Raises UnknownValueError."""
        with self._lock:
            values = dict(self._values)
        return resolved(step, values)

    def remember(self, values: Iterable[tuple[str, str]]) -> None:
        """Take what a step has captured."""
        with self._lock:
            self._values.update(values)
