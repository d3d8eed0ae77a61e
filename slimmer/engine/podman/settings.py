"""Settings of a container that Podman takes in another form than Docker, behind the same API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from slimmer.values import podman_tmpfs

_PROFILE: Final = "seccomp={"


def profile_of(configuration: Mapping[str, Any]) -> str:
    """The text of the seccomp profile that the container is to have; empty where it is none of its
    own. Docker takes the text, Podman a file of the engine's machine."""
    options = configuration["HostConfig"].get("SecurityOpt") or ()
    found = (each for each in options if each.startswith(_PROFILE))
    return next(found, "").removeprefix("seccomp=")


def with_profile_file(configuration: Mapping[str, Any], file: str) -> dict[str, Any]:
    """The same container with the profile in that file."""
    host = configuration["HostConfig"]
    options = [
        f"seccomp={file}" if each.startswith(_PROFILE) else each for each in host["SecurityOpt"]
    ]
    return {**configuration, "HostConfig": {**host, "SecurityOpt": options}}


def with_owned_memory(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The same container without a tmpfs that has an owner, which Podman refuses: `U` gives it to
    the container's user, and a volume without a name has the owner of the image's directory."""
    host = configuration["HostConfig"]
    memory, volumes = {}, dict(configuration.get("Volumes") or {})
    for path, options in (host.get("Tmpfs") or {}).items():
        told = podman_tmpfs(options, configuration.get("User") or "")
        if told is None:
            volumes[path] = {}
        else:
            memory[path] = told
    if memory == (host.get("Tmpfs") or {}):
        return dict(configuration)
    return {**configuration, "Volumes": volumes, "HostConfig": {**host, "Tmpfs": memory}}
