"""One service of a compose file as slimmer runs it: the options of `docker run` that it stands
for. Pure: it takes what the tool has resolved."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from slimmer.build.compose.document import Document, body_of, dependencies_of, external_name
from slimmer.errors import ComposeFileError, UsageError
from slimmer.values import NetworkEndpoint, RunOptions

_TAKEN: Final = frozenset(
    {
        *("image", "environment", "env_file", "volumes", "ports", "expose", "command"),
        *("entrypoint", "user", "working_dir", "hostname", "extra_hosts", "networks"),
        *("network_mode", "depends_on", "stop_grace_period"),
    }
)
_WITHOUT_EFFECT: Final = frozenset(
    {
        *("build", "container_name", "restart", "labels", "logging", "profiles", "deploy", "scale"),
        *("stdin_open", "tty", "platform", "pull_policy", "annotations", "attach", "develop"),
    }
)
"""What does not change which files the application uses, or is not for one container."""
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """A service that has to be up before."""

    service: str
    condition: str
    """`service_started`, `service_healthy` or `service_completed_successfully`."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a compose file says of a service, for one project."""

    name: str
    run: RunOptions
    """Without `port` where the file names none."""
    dependencies: tuple[Dependency, ...]
    networks: tuple[str, ...]
    """As the engine calls them."""
    volumes: tuple[str, ...]
    """Named volumes, as the engine calls them."""
    not_taken: tuple[str, ...]
    """Keys that say how the container is run, and that slimmer cannot follow."""


def service_of(document: Document, name: str, project: str) -> Service:
    """Raises UsageError for a service that is not there, ComposeFileError for what is understood
    by nobody."""
    body = body_of(document, name)
    endpoints = _endpoints(document, name, body, project)
    mode = str(body.get("network_mode") or "")
    volumes = tuple(_volumes(document, body, project))
    run = RunOptions(
        environment=tuple(_environment(body.get("environment"))),
        volumes=tuple(bind for bind, _ in volumes),
        network=endpoints[0].network if endpoints else mode,
        endpoints=endpoints,
        user=_text(body.get("user")),
        entrypoint=_words(name, "entrypoint", body),
        command=_words(name, "command", body),
        workdir=_text(body.get("working_dir")),
        hostname=_text(body.get("hostname")),
        extra_hosts=tuple(_hosts(body.get("extra_hosts"))),
        port=next(_ports(body), None),
        stop_timeout=_seconds(body.get("stop_grace_period"), RunOptions.stop_timeout),
    )
    return Service(
        name=name,
        run=run,
        dependencies=tuple(
            Dependency(service=service, condition=condition)
            for service, condition in dependencies_of(body).items()
        ),
        networks=tuple(endpoint.network for endpoint in endpoints),
        volumes=tuple(dict.fromkeys(volume for _, volume in volumes if volume)),
        not_taken=tuple(sorted(key for key, value in body.items() if value and not _is_known(key))),
    )


def _is_known(key: str) -> bool:
    return key in _TAKEN or key in _WITHOUT_EFFECT or key.startswith("x-")


def _text(value: Any) -> str:
    """A text of the file: the tool doubles dollar signs, so that its output can be read again."""
    return "" if value is None else str(value).replace("$$", "$")


def _environment(value: Any) -> Iterator[tuple[str, str]]:
    """A variable without a value is this process's, or is not set."""
    pairs: Iterable[tuple[str, Any]]
    if isinstance(value, list):
        pairs = ((name, text if sign else None) for name, sign, text in _split(value))
    else:
        pairs = (value or {}).items()
    for name, text in pairs:
        if text is None:
            text = os.environ.get(name)
        elif isinstance(text, bool):
            text = str(text).lower()
        else:
            text = _text(text)
        if text is not None:
            yield name, text


def _split(lines: Iterable[Any]) -> Iterator[tuple[str, str, str]]:
    return (str(line).partition("=") for line in lines)


def _words(service: str, key: str, body: Mapping[str, Any]) -> tuple[str, ...] | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(_text(word) for word in value)
    try:
        return tuple(shlex.split(_text(value)))
    except ValueError as error:
        raise ComposeFileError(
            f"services.{service}.{key} is not a command line: {error}"
        ) from error


def _hosts(value: Any) -> Iterator[str]:
    """`NAME:ADDRESS`, however it is written."""
    if isinstance(value, Mapping):
        value = [
            f"{name}:{address}"
            for name, addresses in value.items()
            for address in (addresses if isinstance(addresses, list) else [addresses])
        ]
    for line in value or ():
        name, _, address = re.sub("=", ":", _text(line), count=1).partition(":")
        yield f"{name}:{address}"


def _ports(body: Mapping[str, Any]) -> Iterator[int]:
    """TCP ports of the container, those that are published first."""
    for port in (*(body.get("ports") or ()), *(body.get("expose") or ())):
        if isinstance(port, Mapping):
            target, protocol = str(port.get("target", "")), str(port.get("protocol") or "tcp")
        else:
            target, _, protocol = str(port).rpartition(":")[2].partition("/")
        first = target.partition("-")[0]
        if first.isdigit() and protocol in ("", "tcp"):
            yield int(first)


def _volumes(
    document: Document, body: Mapping[str, Any], project: str
) -> Iterator[tuple[str, str]]:
    """(`SOURCE:TARGET[:ro]`, the named volume or nothing) for each mount. Anonymous volumes and
    memory are the container's own affair."""
    for volume in body.get("volumes") or ():
        if isinstance(volume, Mapping):
            kind = str(volume.get("type") or "volume")
            source, target = _text(volume.get("source")), _text(volume.get("target"))
            mode = "ro" if volume.get("read_only") else ""
        else:
            source, _, rest = _text(volume).partition(":")
            target, _, mode = rest.partition(":")
            kind = "bind" if source.startswith(("/", ".", "~")) else "volume"
        if not source or not target or kind not in ("bind", "volume"):
            continue
        named = ""
        if kind == "volume":
            its = (document.get("volumes") or {}).get(source)
            source = named = external_name(source, its) or f"{project}_{source}"
        suffix = f":{mode}" if mode and mode != "rw" else ""
        yield f"{source}:{target}{suffix}", named


def _endpoints(
    document: Document, name: str, body: Mapping[str, Any], project: str
) -> tuple[NetworkEndpoint, ...]:
    mode = str(body.get("network_mode") or "")
    if mode:
        if mode.startswith("service:"):
            raise UsageError(
                f"the service {name} lives in the network of another service "
                f"(network_mode: {mode}), which slimmer cannot follow",
                hint="give it a network of its own, with aliases where others call it by name",
            )
        return ()
    networks = body.get("networks") or {"default": None}
    if isinstance(networks, list):
        networks = dict.fromkeys(networks)
    known = document.get("networks") or {}

    def priority(item: tuple[str, Any]) -> int:
        return -int((item[1] or {}).get("priority") or 0)

    return tuple(
        NetworkEndpoint(
            network=external_name(key, known.get(key)) or f"{project}_{key}",
            aliases=tuple(dict.fromkeys((name, *((how or {}).get("aliases") or ())))),
        )
        for key, how in sorted(networks.items(), key=priority)
    )


def _seconds(value: Any, default: float) -> float:
    """`1m30s` as seconds."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|[smh])", str(value or ""))
    return sum(float(number) * _UNITS[unit] for number, unit in parts) or default
