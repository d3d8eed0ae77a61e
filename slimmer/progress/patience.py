"""A word on what takes long, for commands that say nothing else while they work."""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, TextIO

from slimmer.progress.progress import LONGEST_SILENCE, SAME_AGAIN, encodable
from slimmer.words import printable, seconds

_TERMINAL_SILENCE: Final = 1.0
"""Seconds after which it is said on a terminal, where it takes no line of its own."""
_AGAIN: Final = 0.5
_ERASE: Final = "\r\x1b[2K"


@contextlib.contextmanager
def told_if_slow(stream: TextIO, text: Callable[[], str]) -> Iterator[None]:
    """Write what `text` says to the stream where the block takes longer than LONGEST_SILENCE, and
    again every SAME_AGAIN seconds. On a terminal it is one line with the seconds, which comes
    sooner and is gone at the end; nothing else may be written there meanwhile."""
    done = threading.Event()
    teller = threading.Thread(
        target=_tell_terminal if stream.isatty() else _tell_log,
        args=(stream, text, done),
        name="patience",
        daemon=True,
    )
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def _tell_log(stream: TextIO, text: Callable[[], str], done: threading.Event) -> None:
    pause = LONGEST_SILENCE
    while not done.wait(pause):
        _write(stream, printable(text()) + "\n")
        pause = SAME_AGAIN


def _tell_terminal(stream: TextIO, text: Callable[[], str], done: threading.Event) -> None:
    begin = time.monotonic()
    pause, shown = _TERMINAL_SILENCE, False
    while not done.wait(pause):
        # Cut where the line ends, since one that wraps is not erased as a whole.
        room = shutil.get_terminal_size().columns - 1
        line = f"{printable(text())} · {seconds(time.monotonic() - begin)}"
        _write(stream, _ERASE + line[:room])
        pause, shown = _AGAIN, True
    if shown:
        _write(stream, _ERASE)


def _write(stream: TextIO, text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # a reader that went away
        stream.write(encodable(text, stream))
        stream.flush()
