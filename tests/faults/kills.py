"""Containers that are killed under a build."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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
    shim: bool = False
    """Whether its shim is killed, and not its first process."""
    code: int
    words: str
    """In the message."""

    def __str__(self) -> str:
        return f"kill -9 of the {self.purpose}'s {'shim' if self.shim else 'first process'}"


KILLS: Final = (
    Kill(purpose="target", code=7, words="was killed"),
    Kill(purpose="sidecar", code=11, words="the sensor ended"),
    Kill(purpose="target", shim=True, code=7, words="was killed"),
    Kill(purpose="sidecar", shim=True, code=11, words="the sensor ended"),
)


def build_under(kill: Kill, folder: Path, image: str, *flags: str) -> Ended:
    """A build of which something is killed while its second probe is under way. Needs to be root on
    the engine's machine."""
    with begun(folder, image, *flags) as process:
        said = told(process, "trace: probe")
        time.sleep(_PAUSE)
        os.kill(_victim(kill, process.pid), signal.SIGKILL)
        return ended(process, said)


def complaint(kill: Kill, end: Ended) -> str:
    """What is wrong with the end of a build; empty where nothing is."""
    if end.left:
        return f"left behind: {', '.join(end.left)}"
    if end.code != kill.code or kill.words not in end.message:
        return f"exit code {end.code}: {end.message}"
    return "--start-timeout is named" if "--start-timeout" in end.stderr else ""


def _victim(kill: Kill, pid: int) -> int:
    client = docker.APIClient()
    try:
        containers = client.containers(filters={"label": f"dev.slimmer.role={kill.purpose}"})
        (container,) = (
            each["Id"]
            for each in containers
            if each["Labels"]["dev.slimmer.session"].startswith(f"{pid}-")
        )
        first = int(client.inspect_container(container)["State"]["Pid"])
    finally:
        client.close()
    return psutil.Process(first).ppid() if kill.shim else first
