"""The group of commands, and the one way in which every one of them ends."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
from types import FrameType

import click

from slimmer import __version__
from slimmer.cli.failure import show
from slimmer.cli.lazy import LazyGroup
from slimmer.errors import as_slim_error

COMMANDS = (
    *("build", "why", "diff", "watch", "trace", "plans", "rules", "doctor", "clean", "debug"),
    "help",
)
"""In the order in which people need them; each is the command of that name in its module."""


_LOCKING = frozenset(("__enter__", "__exit__", "_acquire_restore", "_release_save"))
_LOCKS = frozenset(("threading", "concurrent.futures._base"))
"""Modules whose locks are taken by functions in Python, in which a signal may fall."""
_MOMENT = 0.01
"""Seconds."""


@click.group(
    cls=LazyGroup,
    lazy={name: f"slimmer.cli.{name}:{name}" for name in COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`slim help exit-codes` tells what each exit code means.",
)
@click.version_option(__version__, prog_name="slim")
def slim() -> None:
    """Turn a bloated container image into a minimal one that still works.

    slim runs the image under a tracing sidecar while probes exercise the application, keeps the
    files that it really uses, builds a new image from them, and tests that image before any tag
    is moved.

    \b
      slim build my-app:latest --http-probe /health
      slim doctor
    """


def main(arguments: list[str] | None = None) -> None:
    """Run `slim` and end the process with the exit code of the cause."""
    # A run lives for seconds and keeps nearly all that it makes: looking for reference cycles
    # costs a build of the Flask sample 0.2 s of processor time, and saves it 1 MB.
    gc.disable()
    interrupting = [signal.SIGTERM, signal.SIGHUP, signal.SIGALRM]
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        interrupting.append(signal.SIGINT)
    for number in interrupting:
        signal.signal(number, interrupt)
    try:
        with contextlib.suppress(BrokenPipeError):
            slim.main(args=arguments, prog_name="slim", standalone_mode=False)
        code = 0
    except click.exceptions.Exit as ending:
        code = ending.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        code = show(as_slim_error(KeyboardInterrupt()))
    except (Exception, KeyboardInterrupt) as error:
        code = show(as_slim_error(error))
    sys.exit(code)


def interrupt(_: int, frame: FrameType | None) -> None:
    """The handler of signals that end a run: raises KeyboardInterrupt in the main thread.

    But not while that takes a lock or gives it back: the lock would stay taken, and a thread that
    waits for it for ever would keep the process (seen in 1 of 100 interruptions). Then it is tried
    again in a moment, by an alarm.
    """
    is_locking = frame is not None and (
        frame.f_code.co_name in _LOCKING and frame.f_globals.get("__name__") in _LOCKS
    )
    if is_locking:
        signal.setitimer(signal.ITIMER_REAL, _MOMENT)
        return
    raise KeyboardInterrupt
