"""The group of commands, and the one way in which every one of them ends."""

from __future__ import annotations

import contextlib
import signal
import sys
import traceback
from typing import Any

import click

from slimmer import __version__
from slimmer.cli.build import build
from slimmer.cli.clean import clean
from slimmer.cli.debug import debug
from slimmer.cli.doctor import doctor
from slimmer.cli.failure import exit_code_table, show
from slimmer.cli.rules import rules
from slimmer.errors import InterruptedRunError, SlimError


class _Group(click.Group):
    """Commands in the order in which people need them."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)


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


slim.add_command(build)
slim.add_command(rules)
slim.add_command(doctor)
slim.add_command(clean)
slim.add_command(debug)


def main(arguments: list[str] | None = None) -> None:
    """Run `slim` and end the process with the exit code of the cause."""
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
