"""Where the engine listens, and the connection to it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import Any

import docker.errors
import docker.utils
import requests.utils
import urllib3.exceptions
from docker.constants import MINIMUM_DOCKER_API_VERSION

from slimmer.engine.contexts import chosen_context
from slimmer.engine.docker import Client, DockerEngine
from slimmer.engine.interface import Engine
from slimmer.engine.podman import PodmanEngine
from slimmer.engine.ssh import SshAdapter, through_ssh
from slimmer.engine.tls import with_two_way_streams
from slimmer.engine.unreachable import connection_error
from slimmer.errors import EngineUnreachableError

REQUEST_TIMEOUT = 120
"""Seconds for one request to the engine: a busy one takes long to create or to load."""
_CONNECTIONS = 16
_DEFAULT = "unix:///var/run/docker.sock"


def connect(host: str = "") -> Engine:
    """Connect as the docker command would: DOCKER_HOST, else the context that DOCKER_CONTEXT or its
    configuration names, else the socket. `host` stands in for DOCKER_HOST.

    Raises EngineUnreachableError or EnginePermissionError.
    """
    address, tls = _endpoint(host)
    ssh: SshAdapter | None = None
    try:
        client: Any = Client(
            base_url=_DEFAULT if address.startswith("ssh:") else address,
            version=MINIMUM_DOCKER_API_VERSION,
            tls=tls,
            timeout=REQUEST_TIMEOUT,
            max_pool_size=_CONNECTIONS,
        )
        if address.startswith("ssh:"):
            ssh = through_ssh(client, address, REQUEST_TIMEOUT, _CONNECTIONS)
        if client.base_url.startswith("https:"):
            # That nothing is verified is what was asked for.
            warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
            with_two_way_streams(client, REQUEST_TIMEOUT, _CONNECTIONS)
        # Else each request looks through the environment for proxies, which no socket file has,
        # and for certificate authorities, which would take the place of the engine's own.
        client.trust_env = False
        if client.base_url.startswith("http:"):
            client.proxies = requests.utils.get_environ_proxies(client.base_url)
        found = client.version(api_version=False)
        client._version = found["ApiVersion"]
        return (PodmanEngine if _is_podman(found) else DockerEngine)(client, address)
    except Exception as error:  # an answer to the question of its version may be garbled, too
        raise connection_error(error, address, ssh.words() if ssh else "") from error


def _endpoint(host: str) -> tuple[str, Any]:
    """The engine's address and TLS settings (False where none)."""
    if address := host or os.environ.get("DOCKER_HOST"):
        try:
            return address, docker.utils.kwargs_from_env().get("tls", False)
        except docker.errors.TLSParameterError as error:
            raise EngineUnreachableError(
                "DOCKER_TLS_VERIFY or DOCKER_CERT_PATH asks for TLS, and its certificates cannot "
                "be read",
                hint="DOCKER_CERT_PATH is the folder of ca.pem, cert.pem and key.pem; unset both "
                "for an engine without TLS",
                details=str(error),
            ) from error
    context = chosen_context()
    return (context.address, context.tls or False) if context else (_DEFAULT, False)


def _is_podman(version: Mapping[str, Any]) -> bool:
    return any("podman" in str(each["Name"]).lower() for each in version.get("Components") or ())
