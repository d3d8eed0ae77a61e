"""What a fleet tells while it goes on: a bar with what is under way, or a line for each event."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Protocol, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from slimmer.fleet.job import Outcome
from slimmer.progress import encodable
from slimmer.words import comparison, printable, seconds, size

_SHOWN = 8
"""Builds that are drawn at once."""


class FleetProgress(Protocol):
    """Who is told of what happens."""

    def stage(self, title: str, total: int) -> None:
        """So many builds are there to do from here on."""
        ...

    def began(self, name: str) -> None: ...

    def again(self, outcome: Outcome, pause: float) -> None:
        """It failed, and is tried again in so many seconds."""
        ...

    def lost(self, name: str) -> None:
        """Its scheduler was lost; it is sent again."""
        ...

    def ended(self, outcome: Outcome) -> None: ...

    def unchanged(self, outcome: Outcome) -> None:
        """It was built before, and nothing has changed."""
        ...

    def said(self, text: str) -> None: ...

    def warned(self, text: str) -> None: ...


def words_of(outcome: Outcome) -> str:
    """`514 MB → 32 MB, 16.1x smaller, in 8.2 s`, or why it failed."""
    if not outcome.is_built:
        return f"failed with exit code {outcome.exit_code}: {outcome.problem}"
    sizes = f"{size(outcome.size_before)} → {size(outcome.size)}"
    return (
        f"{sizes}, {comparison(outcome.size_before, outcome.size)}, in {seconds(outcome.seconds)}"
    )


class PlainFleetProgress:
    """A line for each event, the seconds since the start in front."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._stream = stream
        self._begun = time.monotonic()
        self._done = self._total = 0
        self._quiet = quiet

    def stage(self, title: str, total: int) -> None:
        self._done, self._total = 0, total
        self._say(f"{title}: {total:,}")

    def began(self, name: str) -> None:
        self._say(f"{name} …")

    def again(self, outcome: Outcome, pause: float) -> None:
        self._say(f"{outcome.name} {words_of(outcome)}; again in {seconds(pause)}")

    def lost(self, name: str) -> None:
        self._say(f"{name} was lost with the scheduler, and is sent again")

    def ended(self, outcome: Outcome) -> None:
        self._done += 1
        self._say(f"[{self._done}/{self._total}] {outcome.name} {words_of(outcome)}")

    def unchanged(self, outcome: Outcome) -> None:
        self._say(f"{outcome.name} is unchanged: {size(outcome.size)}")

    def said(self, text: str) -> None:
        self._say(text)

    def warned(self, text: str) -> None:
        self._say(f"warning: {text}", always=True)

    def _say(self, text: str, *, always: bool = False) -> None:
        if self._quiet and not always:
            return
        # A reader that went away (`2>&1 | head`) must not end the run.
        with contextlib.suppress(OSError, ValueError):
            line = f"[{time.monotonic() - self._begun:6.1f} s] {printable(text)}\n"
            self._stream.write(encodable(line, self._stream))
            self._stream.flush()


class LiveFleetProgress:
    """On a terminal: what has ended stands above a bar, and what is under way below it."""

    def __init__(self, live: Live, console: Console) -> None:
        self._live = live
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._bar.add_task("", total=None)
        self._running: dict[str, float] = {}
        self._failed = 0
        self._title = ""
        live.update(self)

    def __rich__(self) -> RenderableType:
        now = time.monotonic()
        names = list(self._running)
        rows = [
            Text(f"  {printable(name)}  {now - self._running[name]:.0f} s", style="dim")
            for name in names[:_SHOWN]
        ]
        if len(names) > _SHOWN:
            rows.append(Text(f"  and {len(names) - _SHOWN} more", style="dim"))
        return Group(self._bar, *rows)

    def stage(self, title: str, total: int) -> None:
        self._title, self._failed = title, 0
        self._bar.reset(self._task, total=total, description=title)

    def began(self, name: str) -> None:
        self._running[name] = time.monotonic()

    def again(self, outcome: Outcome, pause: float) -> None:
        self._running.pop(outcome.name, None)
        self._print("↻", "yellow", f"{outcome.name} {words_of(outcome)}; again in {pause:g} s")

    def lost(self, name: str) -> None:
        self._running.pop(name, None)
        self._print("↻", "yellow", f"{name} was lost with the scheduler, and is sent again")

    def ended(self, outcome: Outcome) -> None:
        self._running.pop(outcome.name, None)
        mark, style = ("✓", "green") if outcome.is_built else ("✗", "red")
        self._print(mark, style, f"{outcome.name} {words_of(outcome)}")
        self._bar.advance(self._task)
        if not outcome.is_built:
            self._failed += 1
            self._bar.update(self._task, description=f"{self._title}, {self._failed} failed")

    def unchanged(self, outcome: Outcome) -> None:
        self._print("=", "dim", f"{outcome.name} is unchanged: {size(outcome.size)}")

    def said(self, text: str) -> None:
        self._print("·", "dim", text)

    def warned(self, text: str) -> None:
        self._print("!", "yellow", text)

    def _print(self, mark: str, style: str, text: str) -> None:
        self._console.print(Text.assemble((mark, style), " ", printable(text)))


@contextlib.contextmanager
def fleet_progress(stream: TextIO, *, quiet: bool = False) -> Iterator[FleetProgress]:
    """A live view where the stream is a terminal, plain lines elsewhere, only warnings if
    `quiet`."""
    if quiet or not stream.isatty():
        yield PlainFleetProgress(stream, quiet=quiet)
        return
    console = Console(file=stream, highlight=False)
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        yield LiveFleetProgress(live, console)
