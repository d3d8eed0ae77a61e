"""The engine API's JSON for the containers of a run: the original's own settings plus ours."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from slimmer.engine.privileges import Loan, with_loan
from slimmer.values import PortBinding, RunOptions

SENSOR_PATH = "/.slim/sensor"
"""Where the sensor lies in the containers that use it."""
_SENSOR_FOLDER = str(Path(SENSOR_PATH).parent)
UNPUBLISHABLE_NETWORKS = ("host", "none", "container:")
# Mail, names, directories, databases and queues.
_OTHER_PROTOCOLS = frozenset(
    (
        *(21, 22, 23, 25, 53, 110, 143, 389, 465, 587, 636, 853, 953, 993, 995, 1433, 1521, 1883),
        *(2181, 2525, 3306, 4190, 5432, 5671, 5672, 6379, 6380, 9042, 9092, 11211, 27017),
    )
)


def as_user_would(
    image: str,
    run: RunOptions,
    ports: Iterable[int],
    *,
    loopback: bool,
    network: str = "default",
    bindings: Sequence[PortBinding] | None = None,
) -> dict[str, Any]:
    """What `docker run` would create for the image with these options.

    TCP `ports` are published at free ports, on loopback only where the engine is local; given
    `bindings`, those are published instead. The options' network goes before `network`.
    """
    if bindings is None:
        address = "127.0.0.1" if loopback else ""
        bindings = [PortBinding(port=port, host_address=address) for port in sorted(set(ports))]
    published = not run.network.startswith(UNPUBLISHABLE_NETWORKS)
    configuration: dict[str, Any] = {
        "Image": image,
        "Env": [f"{name}={value}" for name, value in run.environment],
        "HostConfig": {
            "Binds": [_bind(volume) for volume in run.volumes if ":" in volume],
            "NetworkMode": run.network or network,
            "ExtraHosts": list(run.extra_hosts),
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "16m"}},
            **_rights_and_limits(run),
        },
    }
    unnamed = [volume for volume in run.volumes if ":" not in volume]
    if unnamed:
        configuration["Volumes"] = {path: {} for path in unnamed}
    if published and bindings:
        places: dict[str, list[dict[str, str]]] = {}
        for each in bindings:
            place = {"HostIp": each.host_address, "HostPort": each.host_port}
            places.setdefault(f"{each.port}/{each.protocol}", []).append(place)
        configuration["ExposedPorts"] = {port: {} for port in places}
        configuration["HostConfig"]["PortBindings"] = places
    if run.endpoints:
        configuration["NetworkingConfig"] = {
            "EndpointsConfig": {
                endpoint.network: {"Aliases": list(endpoint.aliases)} for endpoint in run.endpoints
            }
        }
    settings = {"User": run.user, "WorkingDir": run.workdir, "Hostname": run.hostname}
    configuration |= {key: value for key, value in settings.items() if value}
    if run.entrypoint is not None:
        configuration["Entrypoint"] = list(run.entrypoint)
        configuration["Cmd"] = []
    if run.command is not None:
        configuration["Cmd"] = list(run.command)
    return configuration


def _rights_and_limits(run: RunOptions) -> dict[str, Any]:
    """What is asked for; of the rest the engine has defaults of its own."""
    settings: dict[str, Any] = {
        "CapAdd": list(run.cap_add),
        "CapDrop": list(run.cap_drop),
        "Tmpfs": dict(each.partition(":")[::2] for each in run.tmpfs),
        "ReadonlyRootfs": run.read_only,
        "ShmSize": _bytes(run.shm_size),
        "Memory": _bytes(run.memory),
        "Ulimits": [_ulimit(each) for each in run.ulimits],
        "Init": run.init,
        "Devices": [_device(each) for each in run.devices],
        "SecurityOpt": list(run.security_opts),
    }
    return {key: value for key, value in settings.items() if value}


def argument_vector(config: Mapping[str, Any], run: RunOptions) -> tuple[str, ...]:
    """What the engine would execute: ENTRYPOINT and CMD, with the run's replacements.

    As for `docker run`, a replaced entrypoint drops the image's CMD. Empty where there is none.
    """
    entrypoint = config.get("Entrypoint") or []
    command = config.get("Cmd") or []
    if run.entrypoint is not None:
        entrypoint, command = run.entrypoint, []
    if run.command is not None:
        command = run.command
    return (*entrypoint, *command)


def traced(
    configuration: Mapping[str, Any], arguments: Iterable[str], lent: Loan
) -> dict[str, Any]:
    """The same container with the sensor's gate as its first program, and what the gate is lent.

    The image's HEALTHCHECK is switched off: whether one of its runs falls into the trace would
    be chance. It is exercised as a probe instead. An init of the engine is switched off as well:
    the sensor knows the original by its being process 1.
    """
    return {
        **configuration,
        "HostConfig": {**with_loan(configuration["HostConfig"], lent), "Init": False},
        "Entrypoint": [SENSOR_PATH, "gate", *lent.gate, "--"],
        "Cmd": list(arguments),
        "Healthcheck": {"Test": ["NONE"]},
    }


def helper(
    image: str, arguments: Iterable[str], capabilities: Iterable[str], volumes: Iterable[str]
) -> dict[str, Any]:
    """A container of the original in which the sensor works for us: no network, no log, root
    with only the named capabilities.

    `NetworkDisabled` leaves the engine nothing to set up, which halves the time of the start; the
    container has a network namespace of its own as with the mode `none`.
    """
    return {
        "Image": image,
        "Entrypoint": [SENSOR_PATH, *arguments],
        "Cmd": [],
        "User": "0:0",
        "WorkingDir": "/",
        "Healthcheck": {"Test": ["NONE"]},
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "NetworkDisabled": True,
        "HostConfig": {
            "NetworkMode": "none",
            "CapDrop": ["ALL"],
            "CapAdd": list(capabilities),
            "LogConfig": {"Type": "none", "Config": {}},
            "Tmpfs": dict.fromkeys(volumes, ""),
        },
    }


def sidecar(image: str, arguments: Iterable[str], volumes: Iterable[str]) -> dict[str, Any]:
    """The container in which the sensor watches the target.

    It sees the processes of the engine's machine, the target's among them, and none of the target's
    sees it: what shares a PID namespace with the target dies of its `kill -1`. Its own copies of
    the image's volumes are replaced by empty memory, so that the engine need not copy what nobody
    reads.
    """
    configuration = helper(
        image, arguments, ("SYS_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH"), volumes
    )
    configuration["HostConfig"] |= {
        "PidMode": "host",
        "UsernsMode": "host",
        "SecurityOpt": ["seccomp=unconfined", "apparmor=unconfined"],
    }
    return configuration


def file_server(image: str) -> dict[str, Any]:
    """The container that gives the rootfs index and the bytes of the original."""
    configuration = helper(image, ("serve",), ("DAC_READ_SEARCH",), ())
    configuration["HostConfig"]["SecurityOpt"] = ["no-new-privileges"]
    return configuration


def sensor_holder(image: str, volumes: Iterable[str]) -> dict[str, Any]:
    """A container that is never started: its volume has the sensor for others of its session."""
    configuration = helper(image, (), (), volumes)
    mount = {"Type": "volume", "Target": _SENSOR_FOLDER}
    return {**configuration, "HostConfig": {**configuration["HostConfig"], "Mounts": [mount]}}


def with_held_sensor(configuration: Mapping[str, Any], holder: str) -> dict[str, Any]:
    """The same container with the sensor that the container `holder` has, read-only."""
    host = {**configuration["HostConfig"], "VolumesFrom": [f"{holder}:ro"]}
    return {**configuration, "HostConfig": host}


def with_sensor(configuration: Mapping[str, Any], sensor: Path) -> dict[str, Any]:
    """The same container with the sensor mounted from this machine, read-only.

    Only for engines that see this machine's files (`Engine.can_mount`). It is the folder that is
    mounted, at one in the root: nobody in the container can put another file into its place, where
    a command that the engine runs with the gate would start it.
    """
    source = str(sensor.parent)
    mount = {"Type": "bind", "Source": source, "Target": _SENSOR_FOLDER, "ReadOnly": True}
    host = configuration["HostConfig"]
    mounts = [*host.get("Mounts", ()), mount]
    return {**configuration, "HostConfig": {**host, "Mounts": mounts}}


def with_input(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The same container with a stdin, which ends with the connection that gives it."""
    return {**configuration, "OpenStdin": True, "StdinOnce": True, "AttachStdin": True}


def exposed_ports(config: Mapping[str, Any]) -> tuple[int, ...]:
    """The TCP ports that an image's EXPOSE names, lowest first, those last by which other protocols
    than HTTP are known: engines do not keep the order of a Dockerfile."""
    ports = [
        int(port.partition("/")[0])
        for port in config.get("ExposedPorts") or {}
        if port.partition("/")[2] in ("", "tcp") and port.partition("/")[0].isdigit()
    ]
    return tuple(sorted(ports, key=lambda port: (port in _OTHER_PROTOCOLS, port)))


def stop_signal(config: Mapping[str, Any]) -> int:
    """The number of the image's STOPSIGNAL: `SIGQUIT`, `QUIT`, `3`, `SIGRTMIN+3`; else SIGTERM."""
    text = str(config.get("StopSignal") or "SIGTERM").upper()
    if text.isdigit():
        return int(text)
    name, plus, offset = text.removeprefix("SIG").partition("+")
    try:
        return signal.Signals[f"SIG{name}"].value + (int(offset) if plus else 0)
    except (KeyError, ValueError):
        return signal.SIGTERM.value


def _bind(volume: str) -> str:
    """A `--volume` argument with its host path made absolute, as the docker command does."""
    source, colon, rest = volume.partition(":")
    if colon and source.startswith((".", "~")):
        return f"{os.path.abspath(os.path.expanduser(source))}:{rest}"
    return volume


def _bytes(size: str) -> int:
    """`64m` as the docker command reads it; 0 for nothing."""
    digits = size.rstrip("bBkmgKMG")
    unit = size.removeprefix(digits).lower().removesuffix("b")
    return int(digits or 0) << 10 * " kmg".index(unit or " ")


def _ulimit(text: str) -> dict[str, Any]:
    name, _, limits = text.partition("=")
    soft, _, hard = limits.partition(":")
    return {"Name": name, "Soft": int(soft), "Hard": int(hard or soft)}


def _device(text: str) -> dict[str, str]:
    source, *rest = text.split(":")
    target = next((word for word in rest if word.startswith("/")), source)
    allowed = next((word for word in rest if not word.startswith("/")), "rwm")
    return {"PathOnHost": source, "PathInContainer": target, "CgroupPermissions": allowed}
