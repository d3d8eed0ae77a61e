"""What a run tells while it goes on: the interface, its plain form, and the clock of the stages.

Everything goes to the stream that the command line hands in (stderr). The live form for
terminals is in `live.py`, so that a run in CI never loads what draws it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol, TextIO

from slimmer.values import ProbeResult, StageTime
from slimmer.words import printable, seconds


class Progress(Protocol):
    """Told of events by the build, from any thread. Stages may overlap."""

    def started(self, stage: str) -> None:
        """The stage (`trace`, `pack`, …) begins."""
        ...

    def detail(self, stage: str, text: str) -> None:
        """What the stage is doing now: one phrase that replaces the one before."""
        ...

    def done(self, stage: str, *, failed: bool = False) -> None:
        """The stage ended, well or not."""
        ...

    def probed(self, stage: str, result: ProbeResult) -> None:
        """A probe of this stage got its answer."""
        ...

    def warned(self, text: str) -> None:
        """Something that the user should know although the run goes on."""
        ...

    def close(self) -> None:
        """Nothing more comes; the stream is left as it was found. May be called twice."""
        ...


class QuietProgress:
    """Says nothing: warnings are in the report, errors are told by the command line."""

    def started(self, stage: str) -> None: ...

    def detail(self, stage: str, text: str) -> None: ...

    def done(self, stage: str, *, failed: bool = False) -> None: ...

    def probed(self, stage: str, result: ProbeResult) -> None: ...

    def warned(self, text: str) -> None: ...

    def close(self) -> None: ...


class PlainProgress:
    """One line for each event, the seconds since the start in front: for logs and CI."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._begin = time.monotonic()
        self._started: dict[str, float] = {}
        self._details: dict[str, str] = {}
        self._lock = threading.Lock()

    def started(self, stage: str) -> None:
        with self._lock:
            self._started[stage] = time.monotonic()
            self._say(f"{stage} …")

    def detail(self, stage: str, text: str) -> None:
        # Details may come often; the last one is told when the stage ends.
        with self._lock:
            self._details[stage] = text

    def done(self, stage: str, *, failed: bool = False) -> None:
        with self._lock:
            now = time.monotonic()
            took = seconds(now - self._started.pop(stage, now))
            detail = self._details.pop(stage, "")
            self._say(
                f"{stage} {'failed after' if failed else 'done in'} {took}"
                + (f": {detail}" if detail else "")
            )

    def probed(self, stage: str, result: ProbeResult) -> None:
        with self._lock:
            verdict = "passed" if result.passed else "failed"
            self._say(f"{stage}: probe {result.probe.name} {verdict}: {result.answer}")

    def warned(self, text: str) -> None:
        with self._lock:
            self._say(f"warning: {text}")

    def close(self) -> None:
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def _say(self, text: str) -> None:
        # A reader that went away (`2>&1 | head`) must not end the run.
        with contextlib.suppress(OSError, ValueError):
            line = f"[{time.monotonic() - self._begin:6.1f} s] {printable(text)}\n"
            self._stream.write(encodable(line, self._stream))
            self._stream.flush()


def console_progress(stream: TextIO, *, quiet: bool = False) -> Progress:
    """A live view where the stream is a terminal, plain lines elsewhere, nothing if `quiet`."""
    if quiet:
        return QuietProgress()
    if stream.isatty():
        from slimmer.progress.live import LiveProgress

        return LiveProgress(stream)
    return PlainProgress(stream)


class StageClock:
    """Tells a progress of stages and remembers how long each took."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._begin = time.monotonic()
        self._times: list[StageTime] = []
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """The body is the stage; an exception marks it as failed and goes on."""
        begin = time.monotonic()
        self._progress.started(name)
        try:
            yield
        except BaseException:
            self._progress.done(name, failed=True)
            raise
        with self._lock:
            self._times.append(
                StageTime(stage=name, seconds=time.monotonic() - begin, begin=begin - self._begin)
            )
        self._progress.done(name)

    @property
    def times(self) -> tuple[StageTime, ...]:
        """The stages that are done, in the order in which they ended first; one that ran several
        times has the sum."""
        sums: dict[str, StageTime] = {}
        with self._lock:
            for each in self._times:
                before = sums.get(each.stage)
                sums[each.stage] = (
                    replace(before, seconds=before.seconds + each.seconds) if before else each
                )
        return tuple(sums.values())

    @property
    def total_seconds(self) -> float:
        """Since the clock was made. Less than the sum of the stages where they overlapped."""
        return time.monotonic() - self._begin


def encodable(text: str, stream: TextIO) -> str:
    """The text with `?` for what the stream's encoding lacks, so that writing never fails."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
