"""Where the engine listens, and the connection to it."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import Any

import docker
import docker.utils
from docker.context import ContextAPI

from slimmer.engine.docker import DockerEngine
from slimmer.engine.interface import Engine
from slimmer.engine.podman import PodmanEngine
from slimmer.errors import EnginePermissionError, EngineUnreachableError, SlimError

_IS_PODMAN = "Libpod-API-Version"
"""A header of every answer of Podman's."""
REQUEST_TIMEOUT = 120
"""Seconds for one request to the engine: a busy one takes long to create or to load."""


def connect() -> Engine:
    """Connect as the docker command would: DOCKER_HOST, else the current context, else the socket.

    Raises EngineUnreachableError or EnginePermissionError.
    """
    address, tls = _endpoint()
    try:
        client = docker.APIClient(
            base_url=address, version="auto", tls=tls, timeout=REQUEST_TIMEOUT, max_pool_size=16
        )
        # Else each request looks through the environment for proxies, which no socket file has.
        client.trust_env = not address.startswith("unix:")
        answer = client.get(f"{client.base_url}/_ping")
        return (PodmanEngine if _IS_PODMAN in answer.headers else DockerEngine)(client, address)
    except Exception as error:  # an answer to the question of its version may be garbled, too
        raise _connection_error(error, address) from error


def _endpoint() -> tuple[str, Any]:
    """The engine's address and TLS settings (False where none)."""
    if os.environ.get("DOCKER_HOST"):
        settings = docker.utils.kwargs_from_env()
        return settings.get("base_url") or os.environ["DOCKER_HOST"], settings.get("tls", False)
    with contextlib.suppress(Exception):  # an unreadable context is as good as none
        context = ContextAPI.get_current_context()
        if context is not None and context.name != "default" and context.Host:
            return context.Host, context.TLSConfig or False
    return "unix:///var/run/docker.sock", False


def _connection_error(error: Exception, address: str) -> SlimError:
    text = str(error)
    if "Permission denied" in text or f"Errno {errno.EACCES}" in text:
        return EnginePermissionError(
            f"this user may not use the container engine at {address}",
            hint="add the user to the group that owns the socket (usually `docker`) and log in "
            "again, or run slim with sudo",
        )
    return EngineUnreachableError(
        f"no container engine answers at {address}",
        hint="start it (systemctl start docker), or set DOCKER_HOST to where it listens; "
        "`slim doctor` looks closer",
        details=text,
    )
