"""Progress without the values of secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from slimmer.progress.progress import Progress
from slimmer.values import ProbeResult


class ConcealingProgress:
    """Tells another one what it is told, with all texts changed by `conceal`."""

    def __init__(self, progress: Progress, conceal: Callable[[str], str]) -> None:
        self._progress, self._conceal = progress, conceal

    def started(self, stage: str) -> None:
        self._progress.started(stage)

    def detail(self, stage: str, text: str) -> None:
        self._progress.detail(stage, self._conceal(text))

    def waiting(self, stage: str, text: str) -> None:
        self._progress.waiting(stage, self._conceal(text))

    def done(self, stage: str, *, failed: bool = False) -> None:
        self._progress.done(stage, failed=failed)

    def probed(self, stage: str, result: ProbeResult) -> None:
        self._progress.probed(stage, replace(result, answer=self._conceal(result.answer)))

    def warned(self, text: str) -> None:
        self._progress.warned(self._conceal(text))

    def close(self) -> None:
        self._progress.close()
