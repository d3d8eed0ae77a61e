"""Addresses of the target as users write them: a path, or a URL whose host is a name for it."""

from __future__ import annotations

import dataclasses
import re
from typing import Final
from urllib.parse import urlsplit

from slimmer.errors import UsageError
from slimmer.values import HttpOrigin

_DEFAULT_PORTS = {False: 80, True: 443}


Schemes = tuple[str, str]
"""That of a protocol, and that of it within TLS."""
HTTP: Final[Schemes] = ("http", "https")


def read_origin(
    text: str, *, insecure: bool = False, schemes: Schemes = HTTP
) -> tuple[HttpOrigin, str]:
    """`/docs`, `https://localhost:8443/docs` or `http://shop.example/` → origin and path.

    The host is what the application is called (Host header, TLS name); the connection always
    goes to the target. A port is the container's. Raises UsageError.
    """
    if text.startswith("/") and not text.startswith("//"):
        origin, path = HttpOrigin(insecure=insecure), text
    else:
        origin, path = _read_url(text, insecure, schemes)
    path = path.partition("#")[0]
    if not re.fullmatch(r"[!-~]+", path):
        raise UsageError(
            f"`{text}` has characters that a URL cannot have", hint="write them as %20 and so on"
        )
    return origin, path


def with_port(origin: HttpOrigin, port: int | None) -> HttpOrigin:
    """The origin as clients name it who reach the application at its port, or else at this one of
    the run; unchanged where a host was named."""
    port = origin.port or port
    if origin.host != HttpOrigin().host or origin.named_port or port is None:
        return origin
    return dataclasses.replace(origin, named_port=_named(port, origin.tls))


def named_origin(host: str, port: int | None, *, tls: bool, insecure: bool) -> HttpOrigin:
    """The origin of that name; a port that is not the scheme's own is part of the name."""
    return HttpOrigin(
        host=host,
        port=port,
        named_port=_named(port, tls) if port else None,
        tls=tls,
        insecure=insecure,
    )


def _read_url(text: str, insecure: bool, schemes: Schemes) -> tuple[HttpOrigin, str]:
    try:
        parts = urlsplit(text)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError as error:
        raise _not_an_address(text, schemes) from error
    if parts.scheme not in schemes or not host or "@" in parts.netloc:
        raise _not_an_address(text, schemes)
    if not re.fullmatch(r"[a-z0-9._:-]+", host):
        raise _not_an_address(text, schemes)
    origin = named_origin(host, port, tls=parts.scheme == schemes[1], insecure=insecure)
    return origin, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _named(port: int, tls: bool) -> int | None:
    return None if port == _DEFAULT_PORTS[tls] else port


def _not_an_address(text: str, schemes: Schemes) -> UsageError:
    return UsageError(
        f"`{text}` is not an address of the application",
        hint=f"write a /PATH, or {schemes[0]}[s]://NAME[:PORT]/PATH where NAME is what the "
        "application is called and PORT the container's",
    )
