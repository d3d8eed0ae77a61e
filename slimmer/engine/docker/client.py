"""A Docker engine, over the Docker SDK."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

import docker

from slimmer.engine.docker.belongings import Belongings
from slimmer.engine.docker.containers import Containers
from slimmer.engine.docker.failures import translated
from slimmer.engine.docker.images import Images

_TELLS_WHAT_IS_MISSING: Final = (1, 51)
"""The version of the API from which on an image is seen to lack a layer."""


class DockerEngine(Images, Containers, Belongings):
    """interface.Engine; everything that fails leaves as a SlimError."""

    def __init__(self, client: docker.APIClient, address: str) -> None:
        self._client: Any = client  # the SDK's own annotations are incomplete
        self.address = address
        self._usual_timeout = client.timeout

    def version(self) -> dict[str, Any]:
        with translated("ask for the engine's version"):
            return cast(dict[str, Any], self._client.version())

    def info(self) -> dict[str, Any]:
        with translated("ask for the engine's state"):
            return cast(dict[str, Any], self._client.info())

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

    def can_mount(self, file: Path) -> bool:
        if not self.is_local or os.statvfs(file).f_flag & os.ST_NOEXEC:
            return False
        options = " ".join(self.info().get("SecurityOptions") or ())
        return not any(word in options for word in ("selinux", "userns", "rootless"))

    @property
    def adds_to_layers(self) -> bool:
        """The containerd store takes such an archive even where it has a layer in another form, and
        then has an image that can be run, and neither pushed nor saved; from Docker 28.5 on,
        inspecting that tells of no layers."""
        if not self._has_containerd_store:
            return True
        numbers = tuple(int(number) for number in str(self.version()["ApiVersion"]).split("."))
        return numbers >= _TELLS_WHAT_IS_MISSING

    @functools.cached_property
    def _has_containerd_store(self) -> bool:  # type: ignore[override]
        status = self.info().get("DriverStatus") or ()
        return any("io.containerd.snapshotter" in str(pair) for pair in status)

    def hasten(self, seconds: float | None) -> None:
        self._client.timeout = self._usual_timeout if seconds is None else seconds

    def close(self) -> None:
        self._client.close()
