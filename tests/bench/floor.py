"""The floor: what the plain docker client alone takes for the unavoidable parts of the job.

These are: run the original until its probe answers, load the finished slim image, run it until
its probe answers. A `slim build` must do all three, so it cannot be faster than their sum.
"""

from __future__ import annotations

import http.client
import socket
import subprocess
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


@dataclass(frozen=True, kw_only=True)
class Service:
    """How an image is run, and how it shows that it serves."""

    port: int = 0
    """0: a command in the container asks."""
    path: str = "/health"
    command: tuple[str, ...] = ()
    """Run in the container until it succeeds, where there is no port."""
    environment: tuple[str, ...] = ()
    """`NAME=VALUE`."""


def measure_floor(original: str, slim: str, archive: Path, service: Service) -> Floor:
    """`archive` is the slim image as `docker save` writes it; the engine must not have it."""
    run_original = seconds_until_answer(original, service)
    started = time.monotonic()
    docker("load", "--quiet", "--input", str(archive))
    load_slim = time.monotonic() - started
    return Floor(
        run_original=run_original,
        load_slim=load_slim,
        run_slim=seconds_until_answer(slim, service),
    )


def seconds_until_answer(image: str, service: Service) -> float:
    """From the start of `docker run` until an HTTP answer with status 200 is there, or until the
    command has succeeded."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        host_port = free.getsockname()[1]
    publish = ("--publish", f"127.0.0.1:{host_port}:{service.port}") if service.port else ()
    variables = (word for each in service.environment for word in ("--env", each))
    started = time.monotonic()
    container = docker(
        "run", "--detach", "--label", f"{TEST_LABEL}=bench", *variables, *publish, image
    )  # fmt: skip
    try:
        while not _serves(container, host_port, service):
            if time.monotonic() - started > PATIENCE:
                raise RuntimeError(f"{image} does not get ready")
            time.sleep(0.002)
        return time.monotonic() - started
    finally:
        docker("rm", "--force", "--volumes", container)


def _serves(container: str, host_port: int, service: Service) -> bool:
    if service.port:
        return _answers(host_port, service.path)
    command = ["docker", "exec", container, *service.command]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
