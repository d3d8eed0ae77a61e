"""The compose tool of this machine: the plugin of the docker command, or the older program."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slimmer.errors import ComposeMissingError

VERSION_TIMEOUT: Final = 20.0
"""Seconds for the tool to say that it is there."""
END_TIMEOUT: Final = 5.0
"""Seconds between SIGTERM and SIGKILL for a tool that is stopped: it finishes the request that the
engine is working on, else a container comes to be that nobody knows of."""
_OF_OTHERS: Final = frozenset({"COMPOSE_FILE", "COMPOSE_PROJECT_NAME"})
"""Variables that would choose another file or project than ours."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a run of the tool ended."""

    status: int | None
    """None where its time was over, and it was ended."""
    stdout: str
    stderr: str


@dataclass(frozen=True, kw_only=True)
class ComposeTool:
    """The tool, for one engine."""

    command: tuple[str, ...]
    """`docker compose` or `docker-compose`."""
    engine: str
    """The engine's address, as in DOCKER_HOST."""

    @property
    def name(self) -> str:
        """As people call it."""
        return " ".join(self.command)

    def run(
        self, files: Sequence[Path], project: str, arguments: Sequence[str], *, timeout: float
    ) -> Ran:
        """Run the tool, at most `timeout` seconds. It is out of reach of the terminal's Ctrl-C, and
        ended with all of its processes when the time is over or the caller is interrupted."""
        named = [word for file in files for word in ("--file", str(file))]
        command = [*self.command, *named, "--project-name", project, *arguments]
        return _run(command, self.engine, timeout)


def find_tool(engine: str) -> ComposeTool:
    """The plugin where docker has it, else `docker-compose`. Raises ComposeMissingError."""
    for command in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(command[0]) is None:
            continue
        with contextlib.suppress(OSError):
            if _run([*command, "version"], engine, VERSION_TIMEOUT).status == 0:
                return ComposeTool(command=command, engine=engine)
    raise ComposeMissingError(
        "neither `docker compose` nor `docker-compose` is installed",
        hint="install one of them (on Debian: apt-get install docker-compose), or start what the "
        "application needs yourself and name its network with --network",
    )


def _run(command: Sequence[str], engine: str, timeout: float) -> Ran:
    environment = {key: value for key, value in os.environ.items() if key not in _OF_OTHERS}
    with subprocess.Popen(
        command,
        env={**environment, "DOCKER_HOST": engine},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            stdout, stderr = _end(process)
            return Ran(status=None, stdout=stdout, stderr=stderr)
        except BaseException:
            _end(process)
            raise
    return Ran(status=process.returncode, stdout=stdout, stderr=stderr)


def _end(process: subprocess.Popen[str]) -> tuple[str, str]:
    """End the process and all that it has started; what they wrote."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=END_TIMEOUT)
    process.wait()
    return "", ""
