"""A word on what takes long, for commands that say nothing else while they work."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TextIO

from slimmer.progress.progress import LONGEST_SILENCE, SAME_AGAIN, encodable
from slimmer.words import printable


@contextlib.contextmanager
def told_if_slow(stream: TextIO, text: Callable[[], str]) -> Iterator[None]:
    """Write what `text` says to the stream where the block takes longer than LONGEST_SILENCE, and
    again every SAME_AGAIN seconds."""
    done = threading.Event()

    def tell() -> None:
        pause = LONGEST_SILENCE
        while not done.wait(pause):
            with contextlib.suppress(OSError, ValueError):  # a reader that went away
                stream.write(encodable(printable(text()) + "\n", stream))
                stream.flush()
            pause = SAME_AGAIN

    teller = threading.Thread(target=tell, name="patience", daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
