"""What platforms are called."""

from __future__ import annotations

from typing import Final

_OTHER_NAMES: Final = {
    "linux/x86_64": "linux/amd64",
    "linux/aarch64": "linux/arm64",
    "linux/arm64/v8": "linux/arm64",
}


def usual_platform(name: str) -> str:
    """As images say it, of a name that engines take as well: `linux/aarch64` → `linux/arm64`."""
    return _OTHER_NAMES.get(name, name)
