"""What of a request or an answer is a secret, by the names that it goes by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slimmer.values import Probe

HIDDEN: Final = "(hidden)"
_SECRET: Final = re.compile(
    r"(?i)authori[sz]ation|cookie|token|secret|passw|credential|session|signature"
    r"|api.?key|access.?key|private.?key"
)
_NAMED: Final = ("headers", "form", "environment")
"""Fields of probes that are names with values."""


def is_secret(name: str) -> bool:
    """Whether a header, a field of a form or a variable of this name carries a secret."""
    return _SECRET.search(name) is not None


def shown_header(name: str, value: str) -> str:
    """A header's value as people may read it: of a secret one only what is none, the scheme, the
    names of cookies and their attributes."""
    if not is_secret(name):
        return value
    if "cookie" in name.lower():
        first, semicolon, others = value.partition(";")
        if name.lower() != "set-cookie":
            others = ";".join(map(_without_value, others.split(";"))) if semicolon else ""
        return f"{_without_value(first)}{semicolon}{others}"
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if space and scheme.isalpha() else HIDDEN


def literal_secrets(probe: Probe) -> Iterator[str]:
    """The names of what the probe itself says of secrets, in place of a `${…}` for each."""
    for field in _NAMED:
        for name, value in getattr(probe, field, ()):
            if is_secret(name) and value and "${" not in value:
                yield name


def _without_value(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={HIDDEN}" if equals else HIDDEN
