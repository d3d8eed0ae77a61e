"""The group of commands, and the one way in which every one of them ends."""

from __future__ import annotations

import contextlib
import gc
import importlib
import signal
import sys
import traceback
from typing import Any

import click

from slimmer import __version__
from slimmer.cli.failure import exit_code_table, show
from slimmer.errors import InterruptedRunError, SlimError

COMMANDS = ("build", "why", "diff", "watch", "trace", "plans", "rules", "doctor", "clean", "debug")
"""In the order in which people need them; each is the command of that name in its module."""


class _Group(click.Group):
    """Imports a command when it is asked for: no command pays for what another one needs."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"slimmer.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes:\n\n\b\n" + exit_code_table(),
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
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        with contextlib.suppress(BrokenPipeError):
            slim.main(args=arguments, prog_name="slim", standalone_mode=False)
        code = 0
    except click.exceptions.Exit as ending:
        code = ending.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = show(InterruptedRunError("interrupted; everything this run created is removed"))
    except SlimError as error:
        code = show(error)
    except Exception as error:
        code = show(
            SlimError(
                f"internal error: {type(error).__name__}: {error}",
                hint="this is a bug in slimmer: please report it with the lines above",
                details=traceback.format_exc(),
            )
        )
    sys.exit(code)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt
