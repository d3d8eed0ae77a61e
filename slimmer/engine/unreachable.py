"""Why no connection to an engine comes about, and what to do then."""

from __future__ import annotations

import errno
from typing import Final

from slimmer.errors import EnginePermissionError, EngineUnreachableError, SlimError

_OF_TLS: Final = (
    (
        "http request to an https server",
        "it speaks TLS: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of its ca.pem "
        "and your cert.pem and key.pem",
    ),
    ("wrong version number", "it speaks no TLS: unset DOCKER_TLS_VERIFY and DOCKER_CERT_PATH"),
    ("record layer failure", "it speaks no TLS: unset DOCKER_TLS_VERIFY and DOCKER_CERT_PATH"),
    ("certificate is not valid for", "use a name in DOCKER_HOST that its certificate has"),
    (
        "certificate verify failed",
        "ca.pem in DOCKER_CERT_PATH (or the context) has to be of the authority that has signed "
        "its certificate",
    ),
    (
        " alert ",
        "cert.pem and key.pem in DOCKER_CERT_PATH (or the context) have to be signed by an "
        "authority that it trusts",
    ),
    ("ssl", "look at ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH (or the context)"),
    ("x509", "look at ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH (or the context)"),
)
"""(what the error says, hint)."""
_NO_ADDRESS: Final = (
    *("invalid bind address", "invalid url", "failed to parse"),
    *("only supported on windows", "protocol is not implemented"),
)
"""What the error says of an address that cannot be one."""


def connection_error(error: Exception, address: str, said: str) -> SlimError:
    """What is told of an error; `said` is what ssh has said."""
    if isinstance(error, SlimError):
        return error
    text = said or str(error)
    if any(words in text.lower() for words in _NO_ADDRESS):
        return EngineUnreachableError(
            f"`{address}` is not the address of a container engine",
            hint="write it as unix:///var/run/docker.sock, tcp://host:2376 or ssh://user@host; it "
            "comes from DOCKER_HOST, --engine or the docker context",
            details=text,
        )
    over_ssh = address.startswith("ssh:")
    if "permission denied" in text.lower() or f"Errno {errno.EACCES}" in text:
        return EnginePermissionError(
            f"this user may not use the container engine at {address}",
            hint="`ssh` to that host must work without a password, and `docker` there without sudo"
            if over_ssh
            else "add the user to the group that owns the socket (usually `docker`) and log in "
            "again, or run slim with sudo",
            details=said,
        )
    if over_ssh:
        return EngineUnreachableError(
            f"no container engine answers at {address}",
            hint=f"`DOCKER_HOST={address} docker version` has to work from here, and ask nothing: "
            "with the host's key known, a key of yours without a passphrase or in an agent, and "
            "`docker` and an engine there",
            details=text,
        )
    if hint := next((hint for word, hint in _OF_TLS if word in text.lower()), ""):
        return EngineUnreachableError(
            f"what listens at {address} and slim do not agree on TLS", hint=hint, details=text
        )
    return EngineUnreachableError(
        f"no container engine answers at {address}",
        hint="start it (systemctl start docker), or set DOCKER_HOST to where it listens; "
        "`slim doctor` looks closer",
        details=text,
    )
