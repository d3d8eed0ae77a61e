"""Engines of other versions beside the machine's own: each in a Debian root file system, with mount
and network namespaces of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines.starting import await_engine

_ENTER = """
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
for tree in proc sys dev; do mount --rbind /$tree "$ROOT/$tree"; done
# crun takes a hybrid hierarchy for version 2.
mountpoint -q "$ROOT/sys/fs/cgroup/unified" && umount "$ROOT/sys/fs/cgroup/unified"
mount -t tmpfs tmpfs "$ROOT/run"
mkdir -p "$ROOT/state" "$ROOT/old"
mount --bind "$STATE" "$ROOT/state"
ip link set lo up
cd "$ROOT"
pivot_root . old
cd /
umount -l /old
exec "$@"
"""
_PODMAN = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[network]
network_backend = "netavark"
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "file"
"""
_REGISTRIES = """[[registry]]
location = "127.0.0.1:5001"
insecure = true
"""
_CLIENT = """#!/bin/sh
exec /usr/bin/podman --root /state/data --runroot /state/run "$@"
"""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One engine that can be had."""

    suite: str
    """Debian's, which carries it."""
    packages: str
    command: tuple[str, ...]
    root: str
    """The folder of its root file system, which other kinds may share."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Name in the state's folder → content."""
    environment: Mapping[str, str] = field(default_factory=dict)
    client: str = "docker"


@dataclass(frozen=True, kw_only=True)
class Running:
    """An engine that runs."""

    address: str
    network: str
    """The file of its network namespace, which a thread of Podman's may leave later."""

    mounts: str
    """The file of its mount namespace, in which its state's folder is /state."""
    client: str
    """What its own command is called."""

    def within(self, *command: str | Path) -> list[str]:
        """The command in the engine's network, where its published ports are."""
        return ["nsenter", f"--net={self.network}", *map(str, command)]

    def script(self, file: Path, state: Path, *arguments: str) -> str:
        """What a shell script says that runs the engine's own command; the file lies in the
        engine's state. Docker's is this machine's, which speaks to every version."""
        if self.client == "docker":
            command = ["sh", str(file), *arguments]
        else:
            inside = Path("/state", file.relative_to(state))
            path = "/state:/usr/sbin:/usr/bin:/sbin:/bin"
            command = [
                *("nsenter", f"--net={self.network}", f"--mount={self.mounts}"),
                *("env", f"PATH={path}", "CONTAINERS_CONF=/state/containers.conf", "ENGINE=podman"),
                *("NETAVARK_FW=iptables", "sh", str(inside), *arguments),
            ]
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


def _docker(suite: str, settings: Mapping[str, Any]) -> Kind:
    return Kind(
        suite=suite,
        root=f"docker-{suite}",
        packages="docker.io,iptables,ca-certificates,procps",
        command=(
            *("dockerd", "--host", "unix:///state/engine.sock", "--data-root", "/state/data"),
            *("--exec-root", "/state/exec", "--pidfile", "/state/pid"),
            *("--config-file", "/state/daemon.json"),
        ),
        files={"daemon.json": json.dumps(settings)},
    )


def _podman(suite: str) -> Kind:
    return Kind(
        suite=suite,
        root=f"podman-{suite}",
        packages="podman,crun,runc,netavark,aardvark-dns,nftables,iptables,procps",
        command=(
            *("podman", "--root", "/state/data", "--runroot", "/state/run"),
            *("system", "service", "--time", "0", "unix:///state/engine.sock"),
        ),
        # The client that scripts find first: it has to be told where this engine keeps its state.
        files={
            "containers.conf": _PODMAN,
            "registries.conf": _REGISTRIES,
            "podman": _CLIENT,
        },
        client="podman",
        environment={
            "CONTAINERS_CONF": "/state/containers.conf",
            "CONTAINERS_REGISTRIES_CONF": "/state/registries.conf",
            "NETAVARK_FW": "iptables",
        },
    )


KINDS = {
    "docker-26": _docker("trixie", {}),
    "docker-26-containerd": _docker("trixie", {"features": {"containerd-snapshotter": True}}),
    "docker-26-userns": _docker("trixie", {"userns-remap": "default"}),
    "docker-28": _docker("sid", {}),
    "docker-28-containerd": _docker("sid", {"features": {"containerd-snapshotter": True}}),
    "podman-4.3": _podman("bookworm"),
    "podman-5.4": _podman("trixie"),
}


@contextlib.contextmanager
def engine(name: str, cache: Path, state: Path) -> Iterator[Running]:
    """Start the engine; its root file system is made in `cache` where it is not there yet.

    Needs root, mmdebstrap and a machine that lets mount and pivot.
    """
    kind = KINDS[name]
    root = cache / kind.root
    if not root.is_dir():
        made = cache / f"{kind.root}.new"
        subprocess.run(
            # A mirror may have what was true some weeks ago.
            ["mmdebstrap", "--quiet", "--aptopt=Acquire::Check-Valid-Until false",
             "--variant=minbase", f"--include={kind.packages}", kind.suite, made],
            check=True,
        )  # fmt: skip
        made.rename(root)
    for file, content in kind.files.items():
        (state / file).write_text(content)
        (state / file).chmod(0o755)
    variables = {
        "ROOT": str(root),
        "STATE": str(state),
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        **kind.environment,
    }
    with (state / "log").open("wb") as log:
        process = subprocess.Popen(
            ["unshare", "--mount", "--net", "sh", "-ec", _ENTER, "sh", *kind.command],
            env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        address = f"unix://{state}/engine.sock"
        await_engine(address, process, state / "log")
        held = [os.open(f"/proc/{process.pid}/ns/{each}", os.O_RDONLY) for each in ("net", "mnt")]
        network, mounts = (f"/proc/{os.getpid()}/fd/{each}" for each in held)
        yield Running(address=address, network=network, mounts=mounts, client=kind.client)
        for each in held:
            os.close(each)
    finally:
        process.terminate()
        process.wait()
