"""An engine that runs, for tests."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Running:
    """An engine that runs."""

    address: str
    network: str
    """The file of the network namespace where its ports are, which a thread of Podman's may leave
    later."""
    own_network: str
    """That of the namespace where it is itself: a rootless Docker has one inside the other."""
    mounts: str
    """The file of its mount namespace, in which its state's folder is /state."""
    client: str
    """What its own command is called."""

    def within(self, *command: str | Path) -> list[str]:
        """The command in the engine's network, where its published ports are."""
        return ["nsenter", f"--net={self.network}", *map(str, command)]

    def beside(self, *command: str | Path) -> list[str]:
        """The command where the engine itself is."""
        return ["nsenter", f"--net={self.own_network}", *map(str, command)]

    def in_root(self, *command: str) -> list[str]:
        """The command in its root file system, too."""
        path = "PATH=/state:/usr/sbin:/usr/bin:/sbin:/bin"
        entering = ("nsenter", f"--net={self.network}", f"--mount={self.mounts}", "env", path)
        return [*entering, *command]

    def script(self, file: Path, state: Path, *arguments: str) -> str:
        """What a shell script says that runs the engine's own command; the file lies in the
        engine's state. Docker's is this machine's, which speaks to every version."""
        if self.client == "docker":
            command = ["sh", str(file), *arguments]
        else:
            inside = Path("/state", file.relative_to(state))
            command = self.in_root(
                *("env", "CONTAINERS_CONF=/state/containers.conf", "ENGINE=podman"),
                *("NETAVARK_FW=iptables", "sh", str(inside), *arguments),
            )
        done = subprocess.run(
            command, capture_output=True, text=True, check=False,
            env={**os.environ, "DOCKER_HOST": self.address},
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
        return done.stdout

    def docker(self, *arguments: str) -> str:
        """What the docker command says of this engine."""
        done = subprocess.run(
            ["docker", "--host", self.address, *arguments],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout
