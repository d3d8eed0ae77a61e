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
from typing import Final, Protocol, TextIO

from slimmer.values import ProbeResult, StageTime
from slimmer.words import printable, seconds

LONGEST_SILENCE: Final = 2.0
"""Seconds without a line, after which one says what is being waited for."""
SAME_AGAIN: Final = 10.0
"""Seconds after which the same is said once more."""
_LOOK: Final = 0.25


class Progress(Protocol):
    """Told of events by the build, from any thread. Stages may overlap."""

    def started(self, stage: str) -> None:
        """The stage (`trace`, `pack`, …) begins."""
        ...

    def detail(self, stage: str, text: str) -> None:
        """What came of the stage so far: one phrase that replaces the one before."""
        ...

    def waiting(self, stage: str, text: str) -> None:
        """What the stage is waiting for from now on, which explains its silence; empty: for nothing
        that is worth a word."""
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

    def waiting(self, stage: str, text: str) -> None: ...

    def done(self, stage: str, *, failed: bool = False) -> None: ...

    def probed(self, stage: str, result: ProbeResult) -> None: ...

    def warned(self, text: str) -> None: ...

    def close(self) -> None: ...


class PlainProgress:
    """One line for each event, the seconds since the start in front: for logs and CI. Silence is
    explained: at the latest LONGEST_SILENCE after the last line there is one that says what is
    being waited for, and the same is said again only every SAME_AGAIN seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._begin = time.monotonic()
        self._said = self._begin
        self._explained = ""
        self._started: dict[str, float] = {}
        self._details: dict[str, str] = {}
        self._awaited: dict[str, str] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watch: threading.Thread | None = None

    def started(self, stage: str) -> None:
        with self._lock:
            self._started[stage] = time.monotonic()
            self._say(f"{stage} …")
            if self._watch is None:
                self._watch = threading.Thread(
                    target=self._explain_silence, name="progress", daemon=True
                )
                self._watch.start()

    def detail(self, stage: str, text: str) -> None:
        # Details may come often; the last one is told when the stage ends.
        with self._lock:
            self._details[stage] = text

    def waiting(self, stage: str, text: str) -> None:
        with self._lock:
            self._awaited[stage] = text

    def done(self, stage: str, *, failed: bool = False) -> None:
        with self._lock:
            now = time.monotonic()
            took = seconds(now - self._started.pop(stage, now))
            detail = self._details.pop(stage, "")
            self._awaited.pop(stage, None)
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
        self._closed.set()
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._stream.flush()

    def _say(self, text: str) -> None:
        self._said = time.monotonic()
        # A reader that went away (`2>&1 | head`) must not end the run.
        with contextlib.suppress(OSError, ValueError):
            line = f"[{time.monotonic() - self._begin:6.1f} s] {printable(text)}\n"
            self._stream.write(encodable(line, self._stream))
            self._stream.flush()

    def _explain_silence(self) -> None:
        while not self._closed.wait(_LOOK):
            with self._lock:
                silent = time.monotonic() - self._said
                text = "; ".join(
                    f"{stage}: {self._awaited.get(stage) or 'still at work'}"
                    for stage in self._started
                )
                same = text == self._explained
                if text and silent > (SAME_AGAIN if same else LONGEST_SILENCE) - _LOOK:
                    self._explained = text
                    self._say(text)


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
    def stage(self, name: str, doing: str = "") -> Iterator[None]:
        """The body is the stage; an exception marks it as failed and goes on. `doing` is what it is
        waited for until it says so itself."""
        begin = time.monotonic()
        self._progress.started(name)
        self._progress.waiting(name, doing)
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
