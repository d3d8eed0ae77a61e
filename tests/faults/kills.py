"""Containers that are killed under a build."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import docker
import psutil

from tests.faults.builds import Ended, begun, ended, told

_PAUSE: Final = 0.5
"""Seconds from the begin of a probe till the kill."""


@dataclass(frozen=True, kw_only=True)
class Kill:
    """What is killed, and what slim has to say."""

    purpose: str
    """`target` or `sidecar`."""
    part: Literal["first process", "shim", "container"] = "first process"
    """Processes are killed, a container is removed by force."""
    code: int
    words: str
    """In the message."""

    def __str__(self) -> str:
        return f"end of the {self.purpose}'s {self.part}"


KILLS: Final = (
    Kill(purpose="target", code=7, words="was killed"),
    Kill(purpose="sidecar", code=11, words="the sensor ended"),
    Kill(purpose="target", part="container", code=7, words="was killed"),
    Kill(purpose="sidecar", part="container", code=11, words="the sensor ended"),
    Kill(purpose="target", part="shim", code=7, words="was killed"),
    Kill(purpose="sidecar", part="shim", code=11, words="the sensor ended"),
)


def build_under(kill: Kill, folder: Path, image: str, *flags: str) -> Ended:
    """A build of which something is killed while its second probe is under way. Needs to be root on
    the engine's machine."""
    with begun(folder, image, *flags) as process:
        said = told(process, "trace: probe")
        time.sleep(_PAUSE)
        _end(kill, process.pid)
        return ended(process, said)


def complaint(kill: Kill, end: Ended) -> str:
    """What is wrong with the end of a build; empty where nothing is."""
    if end.left:
        return f"left behind: {', '.join(end.left)}"
    if end.code != kill.code or kill.words not in end.message:
        return f"exit code {end.code}: {end.message}"
    # Lines of progress begin with the time, and name what the first probe waits for.
    told = "\n".join(line for line in end.stderr.splitlines() if not line.startswith("["))
    return "--start-timeout is named" if "--start-timeout" in told else ""


def _end(kill: Kill, pid: int) -> None:
    client = docker.APIClient()
    try:
        containers = client.containers(filters={"label": f"dev.slimmer.role={kill.purpose}"})
        (container,) = (
            each["Id"]
            for each in containers
            if each["Labels"]["dev.slimmer.session"].startswith(f"{pid}-")
        )
        if kill.part == "container":
            client.remove_container(container, force=True)
            return
        first = int(client.inspect_container(container)["State"]["Pid"])
    finally:
        client.close()
    victim = psutil.Process(first).ppid() if kill.part == "shim" else first
    os.kill(victim, signal.SIGKILL)
