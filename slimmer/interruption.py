"""Signals that end a run, and the clean-up that they must not break off.

The first of SIGINT, SIGTERM and SIGHUP raises KeyboardInterrupt in the main thread, once. From then
on they are passed over, since all that is left to do is to unwind and to take away what the run has
made. That has BUDGET seconds in all: at their end an alarm ends the process.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BUDGET = 30.0
"""Seconds for all clean-up together: an engine that does not answer must not hold a process."""

_LOCKING = frozenset(("__enter__", "__exit__", "_acquire_restore", "_release_save"))
_LOCKS = frozenset(("threading", "concurrent.futures._base"))
"""Modules whose locks are taken by functions in Python, in which a signal may fall."""
_MOMENT = 0.01
"""Seconds until a signal that fell into a wrong moment is looked at again."""
_LOST = 1.0
"""Seconds without any clean-up after which an interruption counts as swallowed: what is raised in
a destructor is only printed."""


class _State:
    """Of this process: signals are."""

    armed = False
    """Whether the next signal interrupts."""
    shields = 0
    """Blocks of `uninterrupted` that are open."""
    interrupted_at: float | None = None
    cleaning = False
    """Whether clean-up has begun since."""
    deadline: float | None = None
    give_up: Callable[[], None] = staticmethod(lambda: None)


def stays_ignored(number: int) -> bool:
    """As the shell has set it: SIGINT by `&`, SIGHUP by `nohup`."""
    return number != signal.SIGTERM and signal.getsignal(number) is signal.SIG_IGN


def arm(give_up: Callable[[], None]) -> None:
    """From here on a signal interrupts the main thread. `give_up` is called where clean-up has not
    ended within its budget, and does not return.
    """
    _State.give_up = staticmethod(give_up)
    rearm()
    signal.signal(signal.SIGALRM, interrupt)
    for number in SIGNALS:
        if not stays_ignored(number):
            signal.signal(number, interrupt)


def rearm() -> None:
    """The interruption was the way to end something, and has done it: the next one is another."""
    _State.interrupted_at = _State.deadline = None
    _State.cleaning = False
    signal.setitimer(signal.ITIMER_REAL, 0)
    _State.armed = True


def disarm() -> None:
    """All is done but clean-up: no signal interrupts any more."""
    _State.armed = False


def retire(give_up: Callable[[], None]) -> None:
    """The process is about to end, within the budget; `give_up` is as in `arm`."""
    _State.armed = False
    _State.give_up = staticmethod(give_up)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    _start_budget()


def seconds_left() -> float:
    """For clean-up that begins now."""
    left = BUDGET if _State.deadline is None else _State.deadline - time.monotonic()
    return max(0.0, left)


def interrupt(number: int, frame: FrameType | None) -> None:
    """The handler: raises KeyboardInterrupt in the main thread.

    But not while that takes a lock or gives it back: the lock would stay taken, and a thread that
    waits for it for ever would keep the process (seen in 1 of 100 interruptions). Then it is tried
    again in a moment, by an alarm.
    """
    if number == signal.SIGALRM and _State.deadline is not None:
        left = _State.deadline - time.monotonic()
        if left <= 0:
            _State.give_up()
        signal.setitimer(signal.ITIMER_REAL, max(_MOMENT, left))
        return
    if not _State.armed and not _was_swallowed():
        return
    is_locking = frame is not None and (
        frame.f_code.co_name in _LOCKING and frame.f_globals.get("__name__") in _LOCKS
    )
    if is_locking or _State.shields:
        signal.setitimer(signal.ITIMER_REAL, _MOMENT)
        return
    _State.armed = _State.cleaning = False
    _State.interrupted_at = time.monotonic()
    _start_budget()
    raise KeyboardInterrupt


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off what interrupts a run until the block is done (in the main thread; else a no-op)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _State.shields += 1
    _State.cleaning = True
    arrived: list[int] = []
    previous = {
        number: signal.signal(number, lambda number, _: arrived.append(number))
        for number in SIGNALS
        if callable(signal.getsignal(number)) or signal.getsignal(number) is signal.SIG_DFL
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        _State.shields -= 1
        if arrived:
            signal.raise_signal(arrived[0])


@contextlib.contextmanager
def unheard_by_children() -> Iterator[None]:
    """A terminal's Ctrl-C does not reach processes that are started in the block, nor those that a
    thread starts which is: they inherit what is blocked."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_budget() -> None:
    if _State.deadline is None:
        _State.deadline = time.monotonic() + BUDGET
        signal.setitimer(signal.ITIMER_REAL, BUDGET)


def _was_swallowed() -> bool:
    began = _State.interrupted_at
    return began is not None and not _State.cleaning and time.monotonic() - began > _LOST
