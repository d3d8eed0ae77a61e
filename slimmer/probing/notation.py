"""The short forms of probes, as flags and slim.yaml write them.

HTTP: `[METHOD:]PATH [STATUS…]`, e.g. `/health`, `POST:/login 302`, with a URL in place of the path
where the application speaks TLS or has a name: `https://localhost:8443/health`. Commands: one
string, split into an argument vector as a shell would, without any shell: `convert "my file.png"
out.jpg`.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import shlex

from slimmer.errors import UsageError
from slimmer.probing.origin import read_origin
from slimmer.values import CommandProbe, HttpProbe, Probe

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_HTTP = re.compile(
    r"(?:(?P<method>(?!https?:/)[A-Za-z]+):)?(?P<place>(?:https?:/)?/\S*)"
    r"(?P<statuses>(?:\s+\d{3})*)\s*"
)


def http_probe(text: str) -> HttpProbe:
    """Read `[METHOD:]PATH|URL [STATUS…]`. Raises UsageError."""
    match = _HTTP.fullmatch(text.strip())
    if not match:
        raise UsageError(
            f"`{text}` is not an HTTP probe",
            hint="write [METHOD:]/PATH [STATUS], for example /health, POST:/login, "
            '"GET:/missing 404" or https://localhost/health',
        )
    method = (match["method"] or "GET").upper()
    if method not in METHODS:
        raise UsageError(f"`{text}`: {method} is not one of {', '.join(METHODS)}")
    statuses = frozenset(int(status) for status in match["statuses"].split())
    origin, path = read_origin(match["place"])
    return HttpProbe(
        name=f"{method} {match['place']}",
        method=method,
        path=path,
        port=origin.port,
        host=origin.host,
        tls=origin.tls,
        statuses=statuses,
    )


def command_probe(text: str) -> CommandProbe:
    """Read a command line, split as a shell splits words. Raises UsageError."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"`{text}` is not a command: {error}") from error
    if not words:
        raise UsageError("an empty command cannot be a probe")
    return CommandProbe(name=f"exec {text.strip()}", command=words)


def with_unique_names(probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    """The same probes, a number behind each name of a probe or a phase that occurred before."""
    seen: set[str] = set()
    phases: dict[tuple[str, str], str] = {}
    result: list[Probe] = []
    for probe in probes:
        phase = probe.phase
        if phase:
            key = (probe.plan, phase)
            if key not in phases:
                phases[key] = _unused(phase, seen)
            phase = phases[key]
        result.append(dataclasses.replace(probe, name=_unused(probe.name, seen), phase=phase))
    return tuple(result)


def _unused(name: str, seen: set[str]) -> str:
    numbered = (f"{name} #{count}" if count > 1 else name for count in itertools.count(1))
    free = next(each for each in numbered if each not in seen)
    seen.add(free)
    return free
