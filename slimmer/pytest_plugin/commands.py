"""The commands of slim that a test session needs, each in a process of its own: what tests patch,
block or break in theirs does not reach it."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from slimmer.configuration import parse_docker_run
from slimmer.errors import SlimError
from slimmer.model import RunOptions


def run_slim(*arguments: str) -> Any:
    """Run `slim … --json`; what it prints. Raises SlimError with the words of its error."""
    command = [sys.executable, "-m", "slimmer", *arguments]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
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


def start_trace(
    image: str, run: Sequence[str], probes: Sequence[str], *, port: int | None, timeout: float
) -> Any:
    """`slim trace start`; the trace ends with this process."""
    return run_slim(
        "trace", "start", "--json", "--end-with", str(os.getpid()),
        "--start-timeout", str(timeout),
        *(word for probe in probes for word in ("--http-probe", probe)),
        *(("--port", str(port)) if port else ()),
        "--", image, *run,
    )  # fmt: skip


def stop_trace(name: str, file: Path) -> Any:
    """`slim trace stop`."""
    return run_slim("trace", "stop", name, "--output", str(file), "--json")


def discard_trace(name: str) -> None:
    """`slim trace stop --discard`."""
    command = [sys.executable, "-m", "slimmer", "trace", "stop", name, "--discard"]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def build(image: str, trace: Path, run: Sequence[str], **options: str | None) -> Any:
    """`slim build --from-trace` with the options that are given; the report."""
    wanted = parse_docker_run(run)
    return run_slim(
        "build", "--from-trace", str(trace), "--json", *_run_flags(wanted.run),
        *(word for name, value in options.items() if value for word in (f"--{name}", value)),
        "--", image,
    )  # fmt: skip


def _run_flags(run: RunOptions) -> list[str]:
    """The smoke test runs the images as the tests ran the original."""
    single = {
        "--network": run.network,
        "--user": run.user,
        "--workdir": run.workdir,
        "--hostname": run.hostname,
    }
    return [
        *(word for name, value in run.environment for word in ("--env", f"{name}={value}")),
        *(word for volume in run.volumes for word in ("--volume", volume)),
        *(word for line in run.extra_hosts for word in ("--add-host", line)),
        *(word for name, value in single.items() if value for word in (name, value)),
        *(("--entrypoint", shlex.join(run.entrypoint)) if run.entrypoint is not None else ()),
        *(("--cmd", shlex.join(run.command)) if run.command is not None else ()),
    ]
