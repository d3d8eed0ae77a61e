"""The engines that can be had: what each is made of, how it is started and how slim reaches it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engines import ways
from tests.engines.running import Running

_PODMAN = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[network]
network_backend = "netavark"
[engine]
cgroup_manager = "cgroupfs"
runtime = "{runtime}"
events_logger = "file"
"""
_REGISTRIES = """[[registry]]
location = "127.0.0.1:5001"
insecure = true
"""
_CLIENT = """#!/bin/sh
exec /usr/bin/podman --root /state/data --runroot /state/run "$@"
"""
_OF_USER = """
mkdir -p /run/user/7711
grep -q ^engine: /etc/passwd || useradd --no-create-home --uid 7711 --home-dir /state engine
# Other kinds share the root, and have ranges of their own there.
echo engine:700000:65536 >/run/ranges
for file in /etc/subuid /etc/subgid; do mount --bind /run/ranges $file; done
# The machine's own nodes are root's.
node() {
    mknod -m 666 "/run/node-$2" c "$3" "$2"
    mount --bind "/run/node-$2" "/dev/$1"
}
node net/tun 200 10
node fuse 229 10
chown 7711:7711 /run/user/7711 /state /state/work
exec /state/as-user "$@"
"""
_AS_USER = """#!/bin/sh
export HOME=/state XDG_RUNTIME_DIR=/run/user/7711
exec setpriv --reuid 7711 --regid 7711 --clear-groups "$@"
"""
_CLIENT_OF_USER = """#!/bin/sh
exec /state/as-user /usr/bin/podman --root /state/data --runroot /state/run "$@"
"""
_NO_BPF = {"seccomp": 53, "harden_and_seccomp": 53}
"""Recording system calls takes root's rights outside of any user namespace."""
_BOTH = "iptables,ca-certificates,procps"
_OF_USERS = "slirp4netns,uidmap,fuse-overlayfs,dbus-user-session,iproute2"


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
    refusals: Mapping[str, int] = field(default_factory=dict)
    """Name of a check → exit code of what slim says it cannot do there."""
    prepare: Callable[[Path], None] = lambda state: None
    """Called with the state's folder before the engine starts."""
    way: Callable[[Running, Path], AbstractContextManager[ways.Way]] = ways.by_socket


def _docker(
    suite: str,
    settings: Mapping[str, Any] | None = None,
    *,
    way: Callable[[Running, Path], AbstractContextManager[ways.Way]] = ways.by_socket,
    prepare: Callable[[Path], None] = lambda state: None,
    options: tuple[str, ...] = (),
    before: tuple[str, ...] = ("dockerd", "--exec-root", "/state/exec"),
    files: Mapping[str, str] | None = None,
    refusals: Mapping[str, int] | None = None,
) -> Kind:
    return Kind(
        suite=suite,
        root=f"docker-{suite}",
        packages=f"docker.io,docker-cli,openssh-server,rootlesskit,{_BOTH},{_OF_USERS}"
        if suite == "trixie"
        else f"docker.io,{_BOTH}",
        command=(
            *(*before, "--host", "unix:///state/engine.sock", "--data-root", "/state/data"),
            *("--pidfile", "/state/pid", "--config-file", "/state/daemon.json", *options),
        ),
        files={"daemon.json": json.dumps(settings or {}), **(files or {})},
        refusals=refusals or {},
        prepare=prepare,
        way=way,
    )


def _podman(suite: str, *, runtime: str = "runc", of_user: bool = False) -> Kind:
    before = ("sh", "-ec", _OF_USER, "sh") if of_user else ()
    return Kind(
        suite=suite,
        root=f"podman-{suite}",
        packages=f"podman,crun,runc,netavark,aardvark-dns,nftables,iptables,procps,{_OF_USERS}"
        + ("" if suite == "bookworm" else ",passt"),
        command=(
            *(*before, "podman", "--root", "/state/data", "--runroot", "/state/run"),
            *("system", "service", "--time", "0", "unix:///state/engine.sock"),
        ),
        # The client that scripts find first: it has to be told where this engine keeps its state.
        files={
            "containers.conf": _PODMAN.format(runtime=runtime),
            "registries.conf": _REGISTRIES,
            "podman": _CLIENT_OF_USER if of_user else _CLIENT,
            "as-user": _AS_USER,
        },
        client="podman",
        refusals=_NO_BPF if of_user else {},
        environment={
            "CONTAINERS_CONF": "/state/containers.conf",
            "CONTAINERS_REGISTRIES_CONF": "/state/registries.conf",
            "NETAVARK_FW": "iptables",
        },
    )


_CONTAINERD = {"features": {"containerd-snapshotter": True}}
KINDS = {
    "docker-20.10-tls": _docker(
        "bookworm", prepare=ways.make_certificates, options=ways.TLS_OPTIONS, way=ways.by_tls
    ),
    "docker-26": _docker("trixie"),
    "docker-26-containerd": _docker("trixie", _CONTAINERD),
    "docker-26-userns": _docker("trixie", {"userns-remap": "default"}),
    "docker-26-rootless": _docker(
        "trixie",
        before=(
            *("sh", "-ec", _OF_USER, "sh", "env", "DOCKERD_ROOTLESS_ROOTLESSKIT_NET=slirp4netns"),
            *("DOCKERD_ROOTLESS_ROOTLESSKIT_MTU=1500", "sh"),
            "/usr/share/docker.io/contrib/dockerd-rootless.sh",
        ),
        files={"as-user": _AS_USER},
        refusals=_NO_BPF,
    ),
    "docker-26-ssh": _docker("trixie", way=ways.by_ssh),
    "docker-26-context": _docker("trixie", way=ways.by_context),
    "docker-26-inside": _docker("trixie", way=ways.inside("bridge")),
    "docker-26-inside-network": _docker("trixie", way=ways.inside("of-a-user")),
    "docker-26-inside-host": _docker("trixie", way=ways.inside("host")),
    "docker-28": _docker("sid"),
    "docker-28-containerd": _docker("sid", _CONTAINERD),
    "podman-4.3": _podman("bookworm"),
    "podman-5.4": _podman("trixie"),
    "podman-5.4-rootless": _podman("trixie", runtime="crun", of_user=True),
    "podman-5.8": _podman("sid", runtime="crun"),
}
