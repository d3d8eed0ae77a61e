"""Names that compose files and clusters take."""

from __future__ import annotations

import re
from typing import Final

LOW_PORTS: Final = "net.ipv4.ip_unprivileged_port_start"
"""A sysctl of the container: from which port on everybody may listen."""


def short_name(text: str) -> str:
    """`my-app` for `registry.example/shop/My_App:1`: small letters, digits and dashes, at most 60
    of them, which is what Kubernetes calls a DNS label."""
    last = text.rpartition("/")[2].partition("@")[0].partition(":")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", last)[:60].strip("-") or "app"


def mount_name(path: str, taken: set[str]) -> str:
    """`var-run` for `/var/run`; a number behind it where that is taken, which it is from now on."""
    base = re.sub(r"[^a-z0-9]+", "-", path.lower())[:50].strip("-") or "root"
    name = base
    while name in taken:
        name = f"{base}-{len(taken)}"
    taken.add(name)
    return name
