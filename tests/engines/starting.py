"""What every engine needs that a test starts: time to get ready, and images."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

import docker

_TIMEOUT = 60.0


def await_engine(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until it answers. Raises RuntimeError with the end of its log where it never does."""
    deadline = time.monotonic() + _TIMEOUT
    while True:
        with contextlib.suppress(docker.errors.DockerException, OSError):
            client = docker.APIClient(address)
            client.ping()
            client.close()
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the engine does not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)


def hand_over(images: Iterable[str], address: str) -> None:
    """Copy images of the usual engine to the one at `address`."""
    with subprocess.Popen(["docker", "save", *images], stdout=subprocess.PIPE) as saved:
        loading = ["docker", "--host", address, "load", "--quiet"]
        subprocess.run(loading, stdin=saved.stdout, stdout=subprocess.DEVNULL, check=True)
