"""Packages that the application declares or that were asked for by name, and that nobody used."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from slimmer.ecosystems import Installed

_LONGEST_LIST: Final = 300


@dataclass(frozen=True, kw_only=True)
class UnusedPackage:
    """A package of a language of which no phase of the traced run used a file."""

    type: str
    """As in package URLs: `npm`, `pypi`, …"""
    name: str
    version: str = ""
    size: int
    """Bytes that it has in the original."""
    kept_size: int
    """Those of them that the slim image has all the same."""
    declared: str = ""
    """Where it was asked for: the path of the file that names it; empty where none is known."""


def unused_packages(
    installed: Iterable[Installed],
    sizes: Mapping[str, int],
    kept: Container[str],
    used: Container[str],
) -> tuple[UnusedPackage, ...]:
    """Declared ones first, then the largest. A distribution's packages are not among them: nothing
    opens most of them, and a base image brings them along."""
    found = [
        UnusedPackage(
            type=each.type,
            name=each.name,
            version=each.version,
            size=each.size,
            kept_size=sum(sizes.get(path, 0) for path in each.files if path in kept),
            declared=each.declared,
        )
        for each in installed
        if each.type not in ("deb", "apk", "rpm")
        and each.files
        and not any(path in used for path in each.files)
    ]
    found.sort(key=lambda each: (not each.declared, -each.size, each.name))
    return tuple(found[:_LONGEST_LIST])
