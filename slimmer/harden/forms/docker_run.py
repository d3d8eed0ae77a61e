"""`docker run` with what was found."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from slimmer.harden.forms.names import LOW_PORTS
from slimmer.values import Hardening, PlaceKind, podman_tmpfs

_DIFFERS: Final = """\
# Podman gives a tmpfs to nobody but the container's user, and ports below 1024 to root.
flag() { case $engine in *podman*) printf %s "$2" ;; *) printf %s "$1" ;; esac; }
"""


def run_script(hardening: Hardening, image: str, tool: str, seccomp: str = "") -> str:
    """A script that runs the image; its arguments go in front of the image: `-p 8080:80 -d`.
    `tool` is `docker` or `podman`, unless the variable ENGINE says otherwise. `seccomp` is a
    profile, as seen from the script's folder."""
    words = list(_words(hardening))
    if seccomp:
        words.append(f'--security-opt=seccomp="$(dirname "$0")/"{shlex.quote(seccomp)}')
    flags = " \\\n  ".join(words)
    differs = _DIFFERS if any("$(flag " in each for each in words) else ""
    return (
        "#!/bin/sh\n"
        f"# Tried by `slim build --harden`: these flags made the image pass its smoke test.\n"
        "# What else it is run with goes behind the script's name: -p, -e, -v, --network, …\n"
        f"engine=${{ENGINE:-{tool}}}\n{differs}"
        f'exec "$engine" run --rm \\\n  {flags} \\\n  "$@" {shlex.quote(image)}\n'
    )


def _words(hardening: Hardening) -> Iterator[str]:
    """The flags as a shell reads them."""
    yield "--cap-drop=ALL"
    for capability in hardening.capabilities:
        yield shlex.quote(f"--cap-add={capability.name}")
    if hardening.no_new_privileges:
        yield "--security-opt=no-new-privileges"
    if hardening.read_only:
        yield "--read-only"
    for place in hardening.places:
        flag = _mounted(place.path, place.options if place.kind == PlaceKind.TMPFS else None)
        if place.kind == PlaceKind.TMPFS:
            for_podman = _mounted(place.path, podman_tmpfs(place.options, hardening.user))
            if flag != for_podman:
                yield f'"$(flag {shlex.quote(flag)} {shlex.quote(for_podman)})"'
                continue
        yield shlex.quote(flag)
    if hardening.low_ports and hardening.is_root is False:
        yield f"$(flag '' --sysctl={LOW_PORTS}=0)"  # as Docker sets it in each container
    if hardening.user:
        yield shlex.quote(f"--user={hardening.user}")


def _mounted(path: str, options: str | None) -> str:
    """A tmpfs with these options; None: a volume without a name."""
    if options is None:
        return f"--volume={path}"
    return f"--tmpfs={path}" + (f":{options}" if options else "")
