"""What the trace shows of each path: the common ground of profiles that name paths."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from slimmer.harden.places import Ground, real_target
from slimmer.values import Access, EntryType, Hardening, Trace

_ENGINES_FILES = frozenset({"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"})
"""The engine mounts them over the image's."""


@dataclass(frozen=True, kw_only=True)
class PathUses:
    """How an application uses the paths of its image, links resolved. All sorted."""

    executed: tuple[str, ...]
    loaded: tuple[str, ...]
    """Libraries, which are mapped as code."""
    read: tuple[str, ...]
    """Other regular files."""
    listed: tuple[str, ...]
    """Directories."""
    written: tuple[str, ...]
    """Directories in which it may do everything but execute."""
    written_and_executed: tuple[str, ...]
    """Directories in which it may do that as well: what it executed was made there."""


def path_uses(trace: Trace, ground: Ground, hardening: Hardening) -> PathUses:
    """What was seen. Paths that the slim image does not have are left out, but for what the
    engine mounts."""
    executed: set[str] = set()
    opened: set[str] = set(_ENGINES_FILES)
    listed: set[str] = set()
    for sighting in trace.sightings:
        real = real_target(ground.index, sighting.path)
        entry = ground.kept.get(real)
        if entry is None:
            continue
        if entry.type is EntryType.DIRECTORY:
            listed.add(real)
        elif sighting.access is Access.EXECUTE:
            executed.add(real)
        else:
            opened.add(real)
    loaded = {path for path in opened if is_library(path)}
    places = {each.path: each for each in hardening.places}
    runs = {path for path, place in places.items() if "exec" in place.options.split(",")}
    writable = {*places, *hardening.image_volumes, *ground.mounted}
    return PathUses(
        executed=tuple(sorted(executed)),
        loaded=tuple(sorted(loaded - executed)),
        read=tuple(sorted(opened - loaded - executed)),
        listed=tuple(sorted(listed)),
        written=tuple(sorted(writable - runs)),
        written_and_executed=tuple(sorted(runs)),
    )


def is_library(path: str) -> bool:
    """By its name: `libc.so.6`, `_ssl.cpython-311.so`, `addon.node`."""
    name = posixpath.basename(path)
    return ".so" in name or name.endswith(".node")
