"""The docker command's contexts: engines with a name, as folders under its configuration.

The SDK finds that folder only beside a config.json, which `docker context create` does not make."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.tls import TLSConfig

from slimmer.disk import is_directory, is_regular
from slimmer.errors import EngineUnreachableError

_USUAL = "default"
"""The context that stands for no context."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where an engine listens."""

    address: str
    tls: TLSConfig | None


def chosen_context() -> Context | None:
    """The context that DOCKER_CONTEXT or `docker context use` names; None where neither does.

    Raises EngineUnreachableError where it is not there."""
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    name = os.environ.get("DOCKER_CONTEXT") or _used(folder / "config.json")
    if name == _USUAL:
        return None
    place = hashlib.sha256(name.encode()).hexdigest()
    try:
        described = json.loads((folder / "contexts" / "meta" / place / "meta.json").read_bytes())
        endpoint = described["Endpoints"]["docker"]
        tls = _tls(folder / "contexts" / "tls" / place / "docker", endpoint)
        return Context(address=str(endpoint["Host"]), tls=tls)
    except Exception as error:  # its files may hold anything
        raise EngineUnreachableError(
            f"the docker context {name} is not there, or names no engine",
            hint="`docker context ls` lists those that are; DOCKER_CONTEXT and DOCKER_HOST choose",
            details=str(error),
        ) from error


def _used(file: Path) -> str:
    try:
        return str(json.loads(file.read_bytes()).get("currentContext") or _USUAL)
    except (OSError, ValueError, AttributeError):  # nobody has to have one
        return _USUAL


def _tls(folder: Path, endpoint: dict[str, Any]) -> TLSConfig | None:
    authority, certificate, key = (folder / each for each in ("ca.pem", "cert.pem", "key.pem"))
    unverified = bool(endpoint.get("SkipTLSVerify"))
    if not unverified and not is_directory(folder):
        return None
    return TLSConfig(
        client_cert=(str(certificate), str(key)) if is_regular(certificate) else None,
        ca_cert=str(authority) if is_regular(authority) else None,
        verify=not unverified,
    )
