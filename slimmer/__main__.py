"""`slim`, and `python -m slimmer`: what is loaded before anything else."""

from __future__ import annotations

import os
import signal
from types import FrameType

from slimmer.interruption import SIGNALS, stays_ignored

_INTERRUPTED = 130
"""The exit code of InterruptedRunError, whose module is not loaded yet."""


def main() -> None:
    """Load what `slim` consists of, and run it."""
    for number in SIGNALS:
        if not stays_ignored(number):
            signal.signal(number, _end)
    from slimmer.cli import main as command_line  # takes a tenth of a second

    command_line()


def _end(number: int, frame: FrameType | None) -> None:
    """Nothing was made that would have to go."""
    os.write(2, b"error: interrupted\n")
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
