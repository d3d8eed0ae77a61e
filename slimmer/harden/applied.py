"""A candidate as what `docker run` is given."""

from __future__ import annotations

import dataclasses
from typing import Final

from slimmer.harden.candidate import Candidate
from slimmer.values import PlaceKind, RunOptions

DEFAULT_CAPABILITIES: Final = frozenset(
    (
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_RAW"),
        *("NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    )
)
"""Those of a container of Docker's for which nothing is said; Podman's has fewer."""
NO_NEW_PRIVILEGES: Final = "no-new-privileges"


def granted_capabilities(run: RunOptions) -> frozenset[str]:
    """What a container with these options has; `ALL` where they give everything."""
    added, dropped = _names(run.cap_add), _names(run.cap_drop)
    usual = frozenset[str]() if "ALL" in dropped else DEFAULT_CAPABILITIES - dropped
    return usual | added


def applied(run: RunOptions, candidate: Candidate) -> RunOptions:
    """The same run with the candidate's rights and no others."""
    memory = [
        ":".join(filter(None, (each.path, each.options)))
        for each in candidate.places
        if each.kind == PlaceKind.TMPFS
    ]
    volumes = [each.path for each in candidate.places if each.kind == PlaceKind.VOLUME]
    others = [each for each in run.security_opts if not each.startswith(NO_NEW_PRIVILEGES)]
    closed = [NO_NEW_PRIVILEGES] if candidate.no_new_privileges else []
    return dataclasses.replace(
        run,
        user=candidate.user or run.user,
        cap_drop=("ALL",),
        cap_add=tuple(sorted(candidate.capabilities)),
        security_opts=(*others, *closed),
        read_only=candidate.read_only or run.read_only,
        tmpfs=(*run.tmpfs, *memory),
        volumes=(*run.volumes, *volumes),
    )


def _names(capabilities: tuple[str, ...]) -> frozenset[str]:
    return frozenset(each.upper().removeprefix("CAP_") for each in capabilities)
