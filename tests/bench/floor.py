"""The floor: what the plain docker client alone takes for the unavoidable parts of the job.

These are: run the original until its probe answers, load the finished slim image, run it until
its probe answers. A `slim build` must do all three, so it cannot be faster than their sum.
"""

from __future__ import annotations

import http.client
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from tests.apps.container import TEST_LABEL, docker

PATIENCE = 60.0
"""Seconds until an answer must have come."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Seconds of the three parts."""

    run_original: float
    load_slim: float
    run_slim: float

    @property
    def total(self) -> float:
        return self.run_original + self.load_slim + self.run_slim


def measure_floor(original: str, slim: str, archive: Path, *, port: int, path: str) -> Floor:
    """`archive` is the slim image as `docker save` writes it; the engine must not have it."""
    run_original = seconds_until_answer(original, port, path)
    started = time.monotonic()
    docker("load", "--quiet", "--input", str(archive))
    load_slim = time.monotonic() - started
    return Floor(
        run_original=run_original,
        load_slim=load_slim,
        run_slim=seconds_until_answer(slim, port, path),
    )


def seconds_until_answer(image: str, port: int, path: str) -> float:
    """From the start of `docker run` until an HTTP answer with status 200 is there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        host_port = free.getsockname()[1]
    started = time.monotonic()
    container = docker(
        "run", "--detach", "--label", f"{TEST_LABEL}=bench",
        "--publish", f"127.0.0.1:{host_port}:{port}", image,
    )  # fmt: skip
    try:
        while not _answers(host_port, path):
            if time.monotonic() - started > PATIENCE:
                raise RuntimeError(f"{image} gives no answer at {path}")
            time.sleep(0.002)
        return time.monotonic() - started
    finally:
        docker("rm", "--force", "--volumes", container)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
