"""What was read out of the files of one original, for all decisions on it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

T = TypeVar("T")


class Readings:
    """The original's files do not change: what the decision that is made beside the probes has
    read, the one behind them finds here."""

    def __init__(self) -> None:
        self._found: dict[Hashable, Any] = {}

    def once(self, key: Hashable, read: Callable[[], T]) -> T:
        """What `read` gave when the key was asked for first. From any thread; two that ask at the
        same time may both read."""
        if key not in self._found:
            self._found[key] = read()
        return cast(T, self._found[key])

    def below(self, key: Hashable) -> Readings:
        """Readings of their own, for what is asked of very many files in the same way."""
        return self.once(key, Readings)
