"""The least that a container needs: rights, writable places and a user, as they were tried."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from slimmer.codec import AbsolutePath, Keywords


class PlaceKind(enum.StrEnum):
    """What makes a path writable below a root that is not."""

    TMPFS = "tmpfs"
    """Empty memory: nothing of the image lies there."""
    VOLUME = "volume"
    """A volume of the container, which begins with what the image has there."""


@dataclass(frozen=True, kw_only=True)
class WritablePlace:
    """A directory in which the application writes."""

    path: AbsolutePath
    kind: Annotated[str, Keywords(words=tuple(each.value for each in PlaceKind))]
    options: str = ""
    """Of the tmpfs, as `mode=755,uid=101,gid=101,exec`."""
    reason: str
    """What was written there, and when."""
    is_needed: bool = True
    """False where nothing was seen to be written, and the image gives it to the application."""


@dataclass(frozen=True, kw_only=True)
class NeededCapability:
    """A Linux capability that the container keeps."""

    name: str
    """Without `CAP_`."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class Hardening:
    """How the slim image is run with as few rights as pass its smoke test, in one role."""

    role: str = ""
    """The role of slim.yaml; empty where the image has only one."""
    user: str = ""
    """What was found for it: `UID`, or `UID:GID` where the image's /etc/passwd has another group
    for it; empty: as the image or the build's options say."""
    user_reason: str = ""
    is_root: bool | None = None
    """Whether its first process is root's; None where the engine did not tell."""
    process_user: str = ""
    """`UID:GID` of its first process; empty where the engine did not tell."""
    capabilities: tuple[NeededCapability, ...]
    """All that it has; every other one is dropped. Sorted by name."""
    read_only: bool
    """Whether its root is mounted read-only."""
    no_new_privileges: bool
    places: tuple[WritablePlace, ...] = ()
    """Sorted by path; none where the root is writable."""
    image_volumes: tuple[AbsolutePath, ...] = ()
    """The image's own volumes, which stay writable."""
    low_ports: tuple[int, ...] = ()
    """Ports below 1024 that it listens on."""
    trials: int
    """Containers that were run to find this out."""
    notes: tuple[str, ...] = ()
    """What could not be had, and what was not tried."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """File beside the report → its content, which says the same in somebody's form."""
