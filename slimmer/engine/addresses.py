"""Where a container's TCP ports can be reached from this process, what it is called, and which
variables it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def addresses(description: Mapping[str, Any], port: int, host: str) -> list[tuple[str, int]]:
    """(host, port) pairs to try, best first: the published port, then the container's own.

    `description` is the engine's inspection of the container, `host` the engine's host. The
    container's own address helps where slimmer itself runs in a container, and for ports that
    could not be published because nobody knew of them when the container was created.
    """
    network = description.get("NetworkSettings") or {}
    if str((description.get("HostConfig") or {}).get("NetworkMode")) == "host":
        return [(host, port)]
    found = [
        (host, int(binding["HostPort"]))
        for binding in (network.get("Ports") or {}).get(f"{port}/tcp") or []
        if binding.get("HostPort")
    ][:1]
    for endpoint in (network.get("Networks") or {}).values():
        if endpoint.get("IPAddress"):
            found.append((endpoint["IPAddress"], port))
    return found


def environment(description: Mapping[str, Any]) -> dict[str, str]:
    """The variables of the container's command, those of its image included."""
    pairs = (description.get("Config") or {}).get("Env") or []
    return dict(pair.partition("=")[::2] for pair in pairs)


def own_names(description: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(text, what it is) of all that the engine chose for this container and for no other: its
    host name, its addresses, the ports at which it is published. Longest texts first."""
    network = description.get("NetworkSettings") or {}
    found = {str((description.get("Config") or {}).get("Hostname") or ""): "hostname"}
    for endpoint in (network.get("Networks") or {}).values():
        for key in ("IPAddress", "GlobalIPv6Address"):
            found[str(endpoint.get(key) or "")] = "address"
        found[str(endpoint.get("MacAddress") or "")] = "mac"
    for bindings in (network.get("Ports") or {}).values():
        for binding in bindings or ():
            found[str(binding.get("HostPort") or "")] = "port"
    found.pop("", None)
    return tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))
