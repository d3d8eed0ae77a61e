"""How a container is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_OWNERS: Final = ("uid=", "gid=")
START_TIMEOUT: Final = 60.0
_AT_WORK: Final = 5
"""So many times as long may the start of an application take that is seen to be at work."""


@dataclass(frozen=True, kw_only=True)
class NetworkEndpoint:
    """A network that a container joins, and what it is called there."""

    network: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """What `docker run` would be given, for the traced run and the smoke test alike."""

    environment: tuple[tuple[str, str], ...] = ()
    volumes: tuple[str, ...] = ()
    """`SOURCE:TARGET[:ro]`, as for `docker run --volume`; `TARGET` alone for a volume without a
    name, which begins with what the image has there."""
    network: str = ""
    endpoints: tuple[NetworkEndpoint, ...] = ()
    """Where the container has names of its own in networks, or is in several: the first is
    `network`."""
    user: str = ""
    entrypoint: tuple[str, ...] | None = None
    """None: the image's own; empty: cleared."""
    command: tuple[str, ...] | None = None
    workdir: str = ""
    hostname: str = ""
    extra_hosts: tuple[str, ...] = ()
    """`NAME:ADDRESS`."""
    cap_add: tuple[str, ...] = ()
    """Linux capabilities that it has besides the engine's usual ones."""
    cap_drop: tuple[str, ...] = ()
    """Capabilities that it does not have; ALL for none but those of `cap_add`."""
    tmpfs: tuple[str, ...] = ()
    """`PATH[:OPTIONS]` where empty memory is mounted."""
    read_only: bool = False
    """Whether its root is mounted read-only."""
    shm_size: str = ""
    """Of /dev/shm: bytes, or with the unit k, m or g of 1024; empty: the engine's."""
    memory: str = ""
    """That all its processes may use; as `shm_size`; empty: any."""
    ulimits: tuple[str, ...] = ()
    """`NAME=SOFT[:HARD]`, as `nofile=1024:2048`."""
    init: bool = False
    """Whether the engine's own init is its first process."""
    devices: tuple[str, ...] = ()
    """`FROM[:TO[:rwm]]`: a device of the engine's machine, its path there, what is allowed."""
    security_opts: tuple[str, ...] = ()
    """`no-new-privileges`, `seccomp=JSON`, …"""
    port: int | None = None
    """The container's port that HTTP probes speak to; None: from EXPOSE, or what listens."""
    start_timeout: float = START_TIMEOUT
    """Seconds that an application may take until its first probe passes."""
    probe_timeout: float = 30.0
    """Seconds that one probe may take."""
    probe_workers: int = 1
    """How many probes are under way at a time: those that stand alone, and what a step repeats."""
    stop_timeout: float = 10.0
    """Seconds between the stop signal and the kill."""
    settle: float = 0.0
    """Seconds that the application is watched after its last probe: it must stay up, and pass
    its first probe once more."""

    @property
    def busy_start_timeout(self) -> float:
        """As `start_timeout`, where the application is still at work by then: migrations of a
        database on a machine that builds other images, too. A limit of the user's own is one."""
        return self.start_timeout * (_AT_WORK if self.start_timeout == START_TIMEOUT else 1)


@dataclass(frozen=True, kw_only=True)
class PortBinding:
    """One port of a container at an address of the engine's machine."""

    port: int
    protocol: str = "tcp"
    """`tcp`, `udp` or `sctp`."""
    host_address: str = ""
    """Empty: all addresses."""
    host_port: str = ""
    """A number, or a range to choose from (`8000-8010`); empty: any free one."""


def podman_tmpfs(options: str, user: str) -> str | None:
    """Docker's options of a tmpfs as Podman has them; None where its owner is another one than
    `user`, that of the container. One without a group has the group of its account."""
    words = options.split(",")
    owner = dict(each.split("=", 1) for each in words if each.startswith(_OWNERS))
    if not owner:
        return options
    uid, _, gid = user.partition(":")
    if owner.get("uid", uid) != uid or (gid and owner.get("gid", gid) != gid):
        return None
    return ",".join([*(each for each in words if not each.startswith(_OWNERS)), "U"]).lstrip(",")
