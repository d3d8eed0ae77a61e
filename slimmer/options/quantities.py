"""Sizes as people write them: `100MB`, `1.5 GB`, `512KiB`, `4096`."""

from __future__ import annotations

import re

from slimmer.errors import UsageError

_FACTORS = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
}


def parse_size(text: str) -> int:
    """Bytes. Units without `i` are decimal, as in `docker images`. Raises UsageError."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    factor = _FACTORS.get(match[2].lower()) if match else None
    if match is None or factor is None:
        raise UsageError(f"`{text}` is not a size", hint="write for example 100MB or 1.5GB")
    return int(float(match[1]) * factor)
