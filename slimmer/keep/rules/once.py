"""Rules that have one thing to ask for, as soon as one kept entry asks for it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence

from slimmer.keep.rule import Context, Rule, Want
from slimmer.values import Entry


class OnceRule(Rule):
    """Base: looks at what is kept until something asks, and is content then."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._is_done = False

    @abstractmethod
    def is_asked_by(self, entry: Entry) -> bool:
        """Whether this kept entry asks."""

    @abstractmethod
    def content(self, because: str) -> Iterable[Want]:
        """What is asked for, because of the entry at this path."""

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if not self._is_done and self.is_asked_by(entry):
                self._is_done = True
                yield from self.content(entry.path)
