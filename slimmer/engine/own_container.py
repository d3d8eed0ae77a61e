"""The container that this process runs in, as a job of a CI system does that has the engine's
socket."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from slimmer.engine.interface import Engine
from slimmer.errors import SlimError

_DEFAULT: Final = "default"
"""The engine API's word for the network of a container that names none."""
_OF_CONTAINER = re.compile(r"containers/([0-9a-f]{64})/\S* /etc/(?:resolv\.conf|hosts|hostname) ")
"""Files that Docker and Podman mount into each container, from a folder that has its id."""
_REACHABLE = frozenset(("bridge", "podman", "host"))
"""Networks from which containers on the default one are reached."""


def own_container(mounts: str) -> str:
    """The id of the container whose /proc/self/mountinfo reads so; empty outside of one."""
    found = _OF_CONTAINER.search(mounts)
    return found.group(1) if found else ""


def network_note(engine: Engine, asked: str) -> tuple[str, ...]:
    """A note for the user where `engine.network` is chosen for them; `asked` is --network."""
    if asked or engine.network == _DEFAULT:
        return ()
    return (f"run on the network {engine.network}, as slim itself is: --network names another",)


def network_of_own_container(engine: Engine) -> str:
    """The network to put a container on that asks for none: engines keep their networks apart, so
    from a container on one that a user has made, only what is on it too is reached."""
    identity = own_container(Path("/proc/self/mountinfo").read_text(errors="replace"))
    if not identity:
        return _DEFAULT
    try:
        description = engine.inspect_container(identity)
    except SlimError:  # it is another engine's
        return _DEFAULT
    networks = list((description.get("NetworkSettings") or {}).get("Networks") or ())
    if not networks or not _REACHABLE.isdisjoint(networks):
        return _DEFAULT
    return str(networks[0])
