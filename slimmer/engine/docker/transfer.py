"""What a Docker engine tells of an image while it is pushed or pulled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def followed(
    lines: Iterator[dict[str, Any]], told: Callable[[int, int], None]
) -> Iterator[dict[str, Any]]:
    """The same lines; `told` gets the bytes of all layers that were moved and that are to be, as
    far as is known."""
    moved: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for line in lines:
        progress = line.get("progressDetail") or {}
        layer = str(line.get("id", ""))
        # A pulled layer is told of once more while it is unpacked.
        if progress.get("current") and line.get("status") != "Extracting":
            moved[layer] = int(progress["current"])
            sizes[layer] = max(sizes.get(layer, 0), moved[layer], int(progress.get("total") or 0))
            told(sum(moved.values()), sum(sizes.values()))
        yield line


def without_tls(words: str, registry: str) -> str:
    """What to do where the engine expects TLS of a registry that has none; else nothing."""
    if "server gave HTTP response to HTTPS client" not in words:
        return ""
    return (
        f"{registry} speaks HTTP without TLS, which an engine has to be told: "
        "`insecure-registries` in Docker's daemon.json, `insecure = true` in Podman's "
        "registries.conf;"
    )
