"""The group of commands, and the one way in which every one of them ends."""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import sys
import threading
from typing import NoReturn

import click

from slimmer import FROM_STDIN, __version__
from slimmer.cli.docker_plugin import METADATA, is_plugin, metadata, plugin_arguments
from slimmer.cli.failure import show, tell_remains
from slimmer.cli.lazy import LazyGroup
from slimmer.cli.mistakes import as_usage_error
from slimmer.errors import InterruptedRunError, as_slim_error
from slimmer.interruption import BUDGET, arm, disarm, retire
from slimmer.remains import close_all

COMMANDS = (
    *("build", "why", "diff", "xray", "lint", "advise", "report", "check", "fleet", "watch"),
    *("trace", "vex", "scan-diff", "profile", "verify-provenance"),
    *("plans", "rules", "doctor", "self-check", "clean", "debug", "help"),
)
"""In the order in which people need them; each is the command of that name, with _ for -, in its
module."""
_ASKS_FOR_HELP = "NoArgsIsHelpError"
"""The class of what click from 8.2 on raises for a group without a command."""


@click.group(
    cls=LazyGroup,
    lazy={name: "slimmer.cli.{0}:{0}".format(name.replace("-", "_")) for name in COMMANDS},
    usual="build",
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
    # A thread that has an answer of the engine gets its turn after 1 ms, not after 5, while another
    # computes: a build asks some 60 questions, which take half as long then.
    sys.setswitchinterval(0.001)
    arm(lambda: _give_up(InterruptedRunError.exit_code))
    try:
        code = run(arguments)
        disarm()
    except KeyboardInterrupt as error:  # between two lines of this file; there is only one
        code = show(as_slim_error(error))
    retire(lambda: _give_up(code))
    close_all()
    tell_remains(interrupted=code == InterruptedRunError.exit_code)
    # Python remembers a KeyboardInterrupt that has left an `exec`, as dataclasses are made by, and
    # would end by SIGINT for it although it was caught. The next `exec` lets it forget.
    exec("")
    _leave(code)


def _leave(code: int) -> NoReturn:
    """End the process without taking apart what Python has imported and slimmer has made, which
    costs a build 0.15 s. Where a thread is left, or output cannot be written and nothing tells so,
    as Python does it: from 3.14 on that ends with 120 whatever went wrong before."""
    if threading.active_count() == 1:
        with contextlib.suppress(OSError, ValueError):
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        if code:
            os._exit(code)
    sys.exit(code)


def run(arguments: list[str] | None) -> int:
    """Run `slim` in a process of somebody else, whose signals are not touched; the exit code."""
    try:
        if arguments is None and sys.argv[1:] == [FROM_STDIN]:
            arguments = json.load(sys.stdin)
        elif arguments is None and is_plugin(sys.argv[0]):
            if sys.argv[1:] == [METADATA]:
                click.echo(metadata())
                return 0
            arguments = plugin_arguments(sys.argv[1:], os.environ)
        with contextlib.suppress(BrokenPipeError):
            slim.main(args=arguments, prog_name="slim", standalone_mode=False)
        return 0
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.ClickException as error:
        if isinstance(error, click.UsageError) and type(error).__name__ != _ASKS_FOR_HELP:
            return show(as_usage_error(error))
        error.show()
        return error.exit_code
    except click.Abort:
        return show(as_slim_error(KeyboardInterrupt()))
    except (Exception, KeyboardInterrupt) as error:
        return show(as_slim_error(error))


def _give_up(code: int) -> None:
    """Clean-up has used up its time: an engine does not answer. Threads may still wait for it."""
    show(InterruptedRunError(f"clean-up did not end within {BUDGET:g} s"))
    tell_remains(interrupted=True)
    sys.stderr.flush()
    os._exit(code)
