"""The commands of slim that a test session needs, each in a process of its own: what tests patch,
block or break in theirs does not reach it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from slimmer import FROM_STDIN
from slimmer.errors import SlimError
from slimmer.options import parse_docker_run, run_flags


class Commands:
    """Runs `slim` in the folder and with the environment that pytest was started in, whatever
    tests make of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = dict(os.environ)

    def start_trace(
        self,
        image: str,
        run: Sequence[str],
        probes: Sequence[str],
        *,
        insecure: bool,
        port: int | None,
        timeout: float,
    ) -> Any:
        """`slim trace start`; the trace ends with this process."""
        return self._answer(
            "trace", "start", "--json", "--end-with", str(os.getpid()),
            "--start-timeout", str(timeout),
            *(word for probe in probes for word in ("--http-probe", probe)),
            *(("--insecure",) if insecure else ()),
            *(("--port", str(port)) if port else ()),
            "--", image, *run,
        )  # fmt: skip

    def stop_trace(self, name: str, file: Path) -> Any:
        """`slim trace stop`."""
        return self._answer("trace", "stop", name, "--output", str(file), "--json")

    def discard_trace(self, name: str) -> None:
        """`slim trace stop --discard`."""
        self._run("trace", "stop", name, "--discard")

    def build(self, image: str, trace: Path, run: Sequence[str], **options: str | None) -> Any:
        """`slim build --from-trace` with the options that are given; the report."""
        wanted = parse_docker_run(run)
        return self._answer(
            "build", "--from-trace", str(trace), "--json", *run_flags(wanted.run),
            *(word for name, value in options.items() if value for word in (f"--{name}", value)),
            "--", image,
        )  # fmt: skip

    def run_pytest(self, *arguments: str, **variables: str) -> int:
        """The exit status of another pytest, which writes where this one does."""
        return subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=self._folder,
            env={**self._environment, **variables},
            check=False,
        ).returncode

    def _answer(self, *arguments: str) -> Any:
        """What `slim … --json` prints. Raises SlimError with the words of its error."""
        done = self._run(*arguments)
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            raise SlimError(
                f"slim {arguments[0]} ended with status {done.returncode}", details=done.stderr
            ) from None
        if done.returncode or "error" in answer:
            error = answer.get("error", {})
            raise SlimError(
                error.get("message", f"slim {arguments[0]} ended with status {done.returncode}"),
                hint=error.get("hint", ""),
                details=error.get("details", ""),
            )
        return answer

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "slimmer", FROM_STDIN],
            cwd=self._folder,
            env=self._environment,
            input=json.dumps(arguments),
            capture_output=True,
            text=True,
            check=False,
        )
