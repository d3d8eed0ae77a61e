"""Requests per second of an application in a traced container, beside the same without a sensor."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from tests.apps.container import docker, running
from tests.bench.figure import Figure, median

REQUESTS = 1000
CLIENTS = 2
"""At a time: as many as the sample has workers."""
PAGES = ("/health", "/", "/hello/world", "/static/style.css", "/tz/Europe/Berlin")
"""What is asked in turns."""


def measure_throughput(image: str, runs: int) -> list[Figure]:
    """Seconds for 1,000 requests, untraced and traced in turns, once both containers are warm, and
    their ratio: at 2, the traced one has half the throughput."""
    with _traced(image) as traced, running(image, port=8000) as container:
        untraced = docker("port", container.id, "8000").splitlines()[0]
        seconds: dict[str, list[float]] = {untraced: [], traced: []}
        # One round more than is counted: the first warms up.
        for _ in range(runs + 1):
            for address, taken in seconds.items():
                taken.append(_seconds(address))
    before = median("Flask: 1,000 requests, untraced", seconds[untraced][1:])
    after = median("Flask: 1,000 requests, traced", seconds[traced][1:])
    rates = f"{REQUESTS / after.value:.0f} of {REQUESTS / before.value:.0f} requests per second"
    return [
        before,
        after,
        Figure(
            name="Flask: requests, traced / untraced",
            value=after.value / before.value,
            unit="",
            goal=2.0,
            note=rates,
        ),
    ]


@contextmanager
def _traced(image: str) -> Iterator[str]:
    """The address of the application in a container that `slim trace start` has left."""
    with TemporaryDirectory() as state:
        environment = {**os.environ, "XDG_STATE_HOME": state}
        started = json.loads(_slim("start", "--json", image, environment=environment))
        try:
            yield started["addresses"][0]["url"].removeprefix("http://")
        finally:
            _slim("stop", started["name"], "--discard", environment=environment)


def _slim(*arguments: str, environment: dict[str, str]) -> Any:
    command = [sys.executable, "-m", "slimmer", "trace", *arguments]
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def _seconds(address: str) -> float:
    started = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as clients:
        for _ in clients.map(lambda number: _ask(address, number), range(REQUESTS)):
            pass
    return time.monotonic() - started


def _ask(address: str, number: int) -> None:
    path = PAGES[number % len(PAGES)]
    connection = http.client.HTTPConnection(address, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status}")
    finally:
        connection.close()
