"""Builds under injection, and what must hold for how they end."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import docker

from tests.faults.images import SAID
from tests.faults.proxy import Fault, Kind, Proxy

ENGINE: Final = "/var/run/docker.sock"
TRUE_CODES: Final = frozenset({3, 12, 16, 19})
"""Exit codes that tell of an engine or of its answers."""
PATIENCE: Final = 4.0
"""Seconds that slim waits for an answer here: a connection that hangs is to be given up soon."""
_BUILD: Final = f"""
import slimmer.engine.connection, slimmer.trace.run.file_server, slimmer.trace.run.watcher
slimmer.engine.connection.REQUEST_TIMEOUT = {PATIENCE}
slimmer.trace.run.file_server.SILENCE = slimmer.trace.run.watcher.ANSWER_TIMEOUT = {PATIENCE}
from slimmer.cli.main import main
main()
"""
_MOST_SECONDS: Final = 180
_REMOVAL: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a build ended."""

    code: int
    image: str
    """The slim image's id; empty where there is none."""
    stderr: str
    seconds: float
    notes: tuple[str, ...]
    """Of the report."""
    left: tuple[str, ...]
    """Containers and names of images that it has left in the engine."""

    @property
    def message(self) -> str:
        """The line of the error."""
        found = re.search(r"^error: (.*)$", self.stderr, re.MULTILINE)
        return found[1] if found else ""

    @property
    def has_hint(self) -> bool:
        return "\n  hint: " in self.stderr


@contextmanager
def begun(
    folder: Path, image: str, *flags: str, address: str = f"unix://{ENGINE}"
) -> Iterator[subprocess.Popen[str]]:
    """A build that is under way; killed at the end of the block.

    Its workspace has too long a name for a socket, so that the original's files come through the
    engine, as from one on another machine, and with them what spoils its answers."""
    temporary = folder / ("no-room-for-a-socket-" * 6)
    temporary.mkdir(exist_ok=True)
    command = (sys.executable, "-c", _BUILD, "build", image, *flags, "--json")
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "DOCKER_HOST": address, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ended(process: subprocess.Popen[str], said: str = "") -> Ended:
    """The end of a build, of which `said` was read from stderr before."""
    started = time.monotonic()
    stdout, stderr = process.communicate(timeout=_MOST_SECONDS)
    report = json.loads(stdout) if process.returncode == 0 else {}
    return Ended(
        code=process.returncode,
        image=report["slim"]["id"] if report else "",
        stderr=said + stderr,
        notes=tuple(report.get("notes", ())),
        seconds=time.monotonic() - started,
        left=_left_by(process.pid),
    )


def build(
    folder: Path, image: str, *flags: str, fault: Fault | None = None, engine: str = ENGINE
) -> tuple[Ended, Proxy]:
    """A build through a proxy."""
    with (
        Proxy(folder, engine, fault) as proxy,
        begun(folder, image, *flags, address=proxy.address) as process,
    ):
        return ended(process), proxy


def complaint(end: Ended, undisturbed: Ended) -> str:
    """What is wrong with the end of a build under an engine's fault; empty where nothing is."""
    if end.left:
        return f"left behind: {', '.join(end.left)}"
    if end.code == 0:
        return "" if end.image == undisturbed.image else f"another image: {end.image}"
    if end.code not in TRUE_CODES:
        return f"exit code {end.code}: {end.message}"
    if "internal error" in end.stderr or "Traceback" in end.stderr or not end.has_hint:
        return f"unclear: {end.stderr[-500:]}"
    return ""


def faults(pieces: int, count: int, seed: int) -> Iterator[Fault]:
    """`count` faults, of all kinds in turn, at points that the seed chooses among the `pieces` that
    the engine sends to an undisturbed build."""
    chosen = random.Random(seed)
    kinds: Sequence[Kind] = tuple(Kind)
    for number in range(count):
        yield Fault(
            kind=kinds[number % len(kinds)],
            piece=chosen.randint(1, pieces),
            seed=chosen.randrange(1 << 32),
        )


def flips_of_what_is_said() -> Iterator[Fault]:
    """One in the answer of the same command in the traced run, in the reference and in the slim
    image's test: nothing tells that it is not what the command has written."""
    for number in (1, 2, 3):
        yield Fault(kind=Kind.FLIP, piece=number, seed=number, holding=SAID)


def _left_by(pid: int) -> tuple[str, ...]:
    """What carries the session of this process. An engine goes on with removals of which slim has
    not waited for the answer."""
    deadline = time.monotonic() + _REMOVAL
    while (left := _there_of(pid)) and time.monotonic() < deadline:
        time.sleep(0.5)
    return left


def _there_of(pid: int) -> tuple[str, ...]:
    """Names begin with the number of the process."""
    client = docker.APIClient()
    try:
        containers = client.containers(all=True, filters={"label": "dev.slimmer.session"})
        names = [
            each["Names"][0]
            for each in containers
            if each["Labels"]["dev.slimmer.session"].startswith(f"{pid}-")
        ]
        images = client.images(filters={"reference": f"slimmer-session/{pid}-*"})
        return (*names, *(tag for image in images for tag in image["RepoTags"] or ()))
    finally:
        client.close()


def told(process: subprocess.Popen[str], words: str) -> str:
    """Read the build's progress up to the line that has these words; all that was read."""
    assert process.stderr is not None
    said = ""
    while words not in said:
        line = process.stderr.readline()
        if not line:
            raise AssertionError(f"the build ended before `{words}`:\n{said}")
        said += line
    return said
