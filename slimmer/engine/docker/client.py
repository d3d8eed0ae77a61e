"""A Docker engine, over the Docker SDK."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import docker

from slimmer.engine.docker.belongings import Belongings
from slimmer.engine.docker.containers import Containers
from slimmer.engine.docker.failures import translated
from slimmer.engine.docker.images import Images
from slimmer.engine.docker.pulling import Pulling
from slimmer.engine.docker.pushing import Pushing
from slimmer.engine.own_container import network_of_own_container


class DockerEngine(Images, Containers, Belongings, Pushing, Pulling):
    """interface.Engine; everything that fails leaves as a SlimError."""

    tool = "docker"

    def __init__(self, client: docker.APIClient, address: str) -> None:
        self._client: Any = client  # the SDK's own annotations are incomplete
        self.address = address
        self._usual_timeout = client.timeout

    def version(self) -> dict[str, Any]:
        return self._version

    @cached_property
    def _version(self) -> dict[str, Any]:
        with translated("ask for the engine's version"):
            return cast(dict[str, Any], self._client.version())

    def info(self) -> dict[str, Any]:
        with translated("ask for the engine's state"):
            return cast(dict[str, Any], self._client.info())

    @cached_property
    def architecture(self) -> str:
        return str(self.version()["Arch"])

    @property
    def api_version(self) -> str:
        return cast(str, self._client.api_version)

    @property
    def host(self) -> str:
        parts = urlsplit(self.address)
        return (
            parts.hostname or "127.0.0.1"
            if parts.scheme in ("tcp", "http", "https", "ssh")
            else "127.0.0.1"
        )

    @property
    def is_local(self) -> bool:
        return self.host in ("127.0.0.1", "localhost", "::1")

    @cached_property
    def network(self) -> str:
        return network_of_own_container(self)

    def can_mount(self, file: Path) -> bool:
        if not self.is_local or os.statvfs(file).f_flag & os.ST_NOEXEC:
            return False
        options = " ".join(self._nature.get("SecurityOptions") or ())
        return not any(word in options for word in ("selinux", "userns", "rootless"))

    def hasten(self, seconds: float | None) -> None:
        self._client.timeout = self._usual_timeout if seconds is None else seconds

    def close(self) -> None:
        self._client.close()
