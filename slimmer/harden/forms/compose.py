"""A service of a compose file with what was found."""

from __future__ import annotations

import posixpath
from typing import Any, Final

import yaml

from slimmer.harden.forms.names import short_name
from slimmer.values import Hardening, PlaceKind

_HEAD: Final = """\
# Found by `slim build --harden`. Lay it over your own file:
#   docker compose -f compose.yaml -f hardened-compose.yaml up
# with the service called as it is there.
"""
_PROFILE: Final = """\
# It was tried with the seccomp profile {name} on: `- seccomp:PATH` below security_opt.
"""


def compose_fragment(hardening: Hardening, image: str, seccomp: str = "") -> str:
    """YAML of a compose file with one service. Where the profile `seccomp` lies when that is read
    is not known here, so it is told of."""
    service: dict[str, Any] = {"image": image, "cap_drop": ["ALL"]}
    if hardening.capabilities:
        service["cap_add"] = [each.name for each in hardening.capabilities]
    if hardening.no_new_privileges:
        service["security_opt"] = ["no-new-privileges:true"]
    if hardening.read_only:
        service["read_only"] = True
    tmpfs = [
        ":".join(filter(None, (each.path, each.options)))
        for each in hardening.places
        if each.kind == PlaceKind.TMPFS
    ]
    if tmpfs:
        service["tmpfs"] = tmpfs
    volumes = [each.path for each in hardening.places if each.kind == PlaceKind.VOLUME]
    if volumes:
        service["volumes"] = [{"type": "volume", "target": path} for path in volumes]
    if hardening.user:
        service["user"] = hardening.user
    document = {"services": {short_name(image): service}}
    head = _HEAD + (_PROFILE.format(name=posixpath.basename(seccomp)) if seccomp else "")
    return head + yaml.safe_dump(document, sort_keys=False)
