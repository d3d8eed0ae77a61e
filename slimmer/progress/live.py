"""Progress on a terminal: one line per stage, drawn again several times a second."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TextIO

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from slimmer.values import ProbeResult
from slimmer.words import printable, seconds

_SHOWN_PROBES = 6
"""Of a stage with more, the last ones are shown, and all that failed."""


@dataclass
class _Stage:
    """One stage as it is drawn."""

    name: str
    began: float
    ended: float | None = None
    failed: bool = False
    detail: str = ""
    awaited: str = ""
    """What it is waiting for, while it does."""
    probes: list[ProbeResult] = field(default_factory=list)
    spinner: Spinner = field(default_factory=lambda: Spinner("dots", style="cyan"))


class LiveProgress:
    """The stages with spinner and seconds, probes ticking below them."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._stages: dict[str, _Stage] = {}
        self._lock = threading.Lock()
        self._live = Live(
            self,
            console=self._console,
            refresh_per_second=12,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._closed = False
        self._live.start()

    def started(self, stage: str) -> None:
        with self._lock:
            # A stage that runs once more goes to the end, and shows its last run.
            self._stages.pop(stage, None)
            self._stages[stage] = _Stage(name=stage, began=time.monotonic())

    def detail(self, stage: str, text: str) -> None:
        with self._lock:
            self._stage(stage).detail = text

    def waiting(self, stage: str, text: str) -> None:
        with self._lock:
            self._stage(stage).awaited = text

    def done(self, stage: str, *, failed: bool = False) -> None:
        with self._lock:
            ended = self._stage(stage)
            ended.ended = time.monotonic()
            ended.failed = failed
            ended.awaited = ""

    def probed(self, stage: str, result: ProbeResult) -> None:
        with self._lock:
            self._stage(stage).probes.append(result)

    def warned(self, text: str) -> None:
        # Above the live view, where it stays.
        self._console.print(Text.assemble(("warning ", "yellow"), printable(text)))

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._live.stop()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What `Live` draws: called by its own thread."""
        with self._lock:
            yield self._table()

    def _stage(self, name: str) -> _Stage:
        if name not in self._stages:
            self._stages[name] = _Stage(name=name, began=time.monotonic())
        return self._stages[name]

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column()  # the only one that gives way on a narrow terminal
        for stage in self._stages.values():
            took = (stage.ended or time.monotonic()) - stage.began
            table.add_row(
                self._mark(stage),
                Text(stage.name, style="" if stage.ended else "bold"),
                Text(seconds(took), style="dim"),
                Text(printable(stage.awaited), style="dim")
                if stage.awaited
                else _cut(stage.detail),
            )
            for result in _worth_showing(stage.probes):
                table.add_row(
                    "",
                    _probe(result),
                    Text(seconds(result.seconds), style="dim"),
                    _cut(result.answer),
                )
        return table

    def _mark(self, stage: _Stage) -> Text | Spinner:
        if stage.ended is None and not self._closed:
            return stage.spinner
        if stage.failed or stage.ended is None:
            return Text("✗", style="red")
        return Text("✓", style="green")


def _worth_showing(results: list[ProbeResult]) -> list[ProbeResult]:
    earlier = [result for result in results[:-_SHOWN_PROBES] if not result.passed]
    return earlier + results[-_SHOWN_PROBES:]


def _cut(text: str) -> Text:
    """On one line, however narrow; what is waited for is told in full."""
    return Text(printable(text), style="dim", no_wrap=True, overflow="ellipsis")


def _probe(result: ProbeResult) -> Text:
    mark = ("✓ ", "green") if result.passed else ("✗ ", "red")
    return Text.assemble(mark, printable(result.probe.name))
