"""What is computed by a copy of this process, on another processor, while this one goes on."""

from __future__ import annotations

import os
import pickle
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def beside(compute: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Begin to compute. What it gives waits for the value; where no copy can be made, or it was
    killed, the value is computed then. `compute` imports nothing and writes nothing: another thread
    may have held a lock when the copy was made."""
    reader, writer = os.pipe()
    with open(reader, "rb") as told, open(writer, "wb") as pipe:
        process = _copy()
        if not process:
            try:
                pickle.dump(compute(), pipe, pickle.HIGHEST_PROTOCOL)
                pipe.flush()
            finally:  # what there is to close at a process's end is not the copy's
                os.kill(os.getpid(), signal.SIGKILL)
        pipe.close()

        def value() -> T:
            try:
                found: T = pickle.loads(told.read())
            except (EOFError, pickle.UnpicklingError):
                return compute()
            return found

        try:
            yield value
        finally:
            if process > 0:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)


def _copy() -> int:
    """Its number; 0 in the copy itself; -1 where none can be made."""
    with warnings.catch_warnings():
        # Python 3.12 warns of threads: the copy has none, and asks for none of their locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return os.fork()
        except OSError:
            return -1
