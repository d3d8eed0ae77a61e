"""`slim build` as a user starts it, measured from outside: wall clock, peak memory, result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.apps.container import docker, inspect_image

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = f"slimmer-bench-{os.getpid()}"
"""Where results get their names, so that benches side by side do not meet."""


@dataclass(frozen=True, kw_only=True)
class Build:
    """One finished `slim build`."""

    reference: str
    seconds: float
    """From before the process is started until it has ended."""
    processor: float
    """Seconds of processor time of the process and its children, without the engine's: what others
    do on the machine lengthens `seconds`, hardly this."""
    peak_memory: int
    """Bytes: the largest resident set of the slimmer process."""
    size: int
    """Bytes of the slim image, as the engine counts them."""
    layers: tuple[str, ...]
    """diff_ids of the slim image."""
    image_id: str
    report: dict[str, Any]


def slim_build(
    image: str, *arguments: str, name: str, module: tuple[str, ...] = ("slimmer",)
) -> Build:
    """Run it; raises with what it said where it fails. `module` is what Python runs (`-m`).

    The slim image is tagged `REPOSITORY/NAME:slim` and left in the engine: `forget` removes it.
    """
    reference = f"{REPOSITORY}/{name}:slim"
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as stdout:
        command = [
            sys.executable, "-m", *module, "build", image, *arguments,
            "--tag", reference, "--report-dir", folder, "--json",
        ]  # fmt: skip
        with tempfile.TemporaryFile() as stderr:
            started = time.monotonic()
            process = subprocess.Popen(
                command, stdout=stdout, stderr=stderr, cwd=ROOT, env=_environment()
            )
            # wait4 tells the resources of this very child.
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            stderr.seek(0)
            if process.returncode != 0:
                talk = stderr.read().decode("utf-8", "replace")
                raise RuntimeError(f"{' '.join(command)}: exit {process.returncode}\n{talk}")
        stdout.seek(0)
        report = json.load(stdout)
    result = inspect_image(reference)
    return Build(
        reference=reference,
        seconds=seconds,
        processor=usage.ru_utime + usage.ru_stime,
        peak_memory=usage.ru_maxrss * 1024,
        size=result["Size"],
        layers=tuple(result["RootFS"]["Layers"]),
        image_id=result["Id"],
        report=report,
    )


def _environment() -> dict[str, str]:
    """Python may keep its compiled modules, as it does for users: else each run compiles them."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def forget(reference: str) -> None:
    """Remove a result from the engine, layers included, so the next build or load starts cold."""
    repository = reference.rpartition(":")[0]
    tags = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repository).splitlines()
    if tags:
        docker("image", "rm", "--force", *tags)
