"""`docker run` with what was found."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from slimmer.values import Hardening, PlaceKind


def run_flags(hardening: Hardening) -> list[str]:
    """The flags, one after the other: `--cap-drop=ALL`, `--read-only`, …"""
    return list(_flags(hardening))


def run_script(hardening: Hardening, image: str, tool: str, seccomp: str = "") -> str:
    """A script that runs the image; its arguments go in front of the image: `-p 8080:80 -d`.
    `seccomp` is a profile, as seen from the script's folder."""
    words = list(map(shlex.quote, run_flags(hardening)))
    if seccomp:
        words.append(f'--security-opt=seccomp="$(dirname "$0")/"{shlex.quote(seccomp)}')
    flags = " \\\n  ".join(words)
    return (
        "#!/bin/sh\n"
        f"# Tried by `slim build --harden`: these flags made the image pass its smoke test.\n"
        "# What else it is run with goes behind the script's name: -p, -e, -v, --network, …\n"
        f'exec {tool} run --rm \\\n  {flags} \\\n  "$@" {shlex.quote(image)}\n'
    )


def _flags(hardening: Hardening) -> Iterator[str]:
    yield "--cap-drop=ALL"
    for capability in hardening.capabilities:
        yield f"--cap-add={capability.name}"
    if hardening.no_new_privileges:
        yield "--security-opt=no-new-privileges"
    if hardening.read_only:
        yield "--read-only"
    for place in hardening.places:
        if place.kind == PlaceKind.TMPFS:
            yield f"--tmpfs={place.path}" + (f":{place.options}" if place.options else "")
        else:
            yield f"--volume={place.path}"
    if hardening.user:
        yield f"--user={hardening.user}"
