"""What crashed runs left behind, found by label and owner, and its removal.

A run whose process cannot be seen from here (another PID namespace, another machine, another start
of this one) may go on: what it owns is left alone, unless nothing of it runs and it is more than a
day old by the engine's own clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from slimmer.engine import (
    PROJECT_PREFIX,
    SESSION_REPOSITORY,
    Engine,
    is_of_session,
    names_session,
    owner_is_alive,
    session_is_alive,
)
from slimmer.image import OWNER_LABEL, PURPOSE_LABEL, SESSION_LABEL
from slimmer.trace.live import abandoned_places
from slimmer.workspace import abandoned_workspaces, remove_folder

_BUILT = re.compile(rf"{PROJECT_PREFIX}([0-9]+-(?:[0-9a-f]{{8}}-)?[0-9a-f]{{8,16}})[-_]")
_DAY: Final = 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Leftovers:
    """What no living run owns."""

    containers: tuple[tuple[str, str], ...]
    """(id, purpose) of each."""
    images: tuple[str, ...]
    """Names under which a run keeps an image that is not verified yet."""
    folders: tuple[Path, ...]
    networks: tuple[tuple[str, str], ...]
    """(id, name) of each network of a compose project."""
    volumes: tuple[str, ...]
    skipped: int
    """Containers and images of runs that go on."""
    unknown: int
    """Those of runs of which that cannot be seen from here."""
    foreign: int
    """Containers that only have inherited labels of slimmer, by `docker commit`: the user's own."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to remove."""
        of_projects = self.networks or self.volumes
        return not (self.containers or self.images or self.folders or of_projects)

    @property
    def lines(self) -> dict[str, str]:
        """What to say of each, by id, name or path."""
        return {
            **{each: f"container {each[:12]} ({purpose})" for each, purpose in self.containers},
            **{each: f"network {name}" for each, name in self.networks},
            **{each: f"volume {each}" for each in self.volumes},
            **{each: f"unfinished image {each}" for each in self.images},
            **{str(each): f"folder {each}" for each in self.folders},
        }


def find_leftovers(engine: Engine, *, everything: bool = False) -> Leftovers:
    """What `remove_leftovers` would remove; `everything` includes what living runs own."""
    runs = _Runs(engine)
    names = [*engine.image_names(f"{SESSION_REPOSITORY}/*"), *_built_for_projects(engine)]
    images = [name for name in names if everything or runs.is_over(session_of(name), image=name)]
    containers: list[tuple[str, str]] = []
    kept = [session_of(name) for name in names if name not in images]
    for each in runs.containers:
        session = _label(each, SESSION_LABEL)
        if everything or runs.is_over(session):
            containers.append((str(each["Id"]), _label(each, PURPOSE_LABEL)))
        else:
            kept.append(session)
    alive = [runs.is_alive(session) for session in kept]
    return Leftovers(
        containers=tuple(containers),
        images=tuple(sorted(images)),
        folders=(
            *abandoned_workspaces(everything=everything),
            *(place.folder for place in abandoned_places()),
        ),
        networks=tuple(
            (network["Id"], network["Name"])
            for network in engine.networks_labelled(SESSION_LABEL)
            if _is_left(network, runs, everything=everything)
        ),
        volumes=tuple(
            volume["Name"]
            for volume in engine.volumes_labelled(SESSION_LABEL)
            if _is_left(volume, runs, everything=everything)
        ),
        skipped=alive.count(True),
        unknown=alive.count(None),
        foreign=runs.foreign,
    )


class _Runs:
    """The sessions of which the engine has something."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.containers: list[dict[str, Any]] = []
        self.foreign = 0
        self._owners: dict[str, str] = {}
        self._newest: dict[str, float] = {}
        self._running: set[str] = set()
        for each in engine.containers_labelled(SESSION_LABEL):
            session = _label(each, SESSION_LABEL)
            if not is_of_session(engine, each, session):
                self.foreign += 1
                continue
            self.containers.append(each)
            self._owners[session] = _label(each, OWNER_LABEL)
            made = float(each.get("Created") or 0)
            self._newest[session] = max(made, self._newest.get(session, 0.0))
            if each.get("State") not in ("created", "exited", "dead"):
                self._running.add(session)
        self._now = _seconds(engine.info().get("SystemTime"))

    def is_alive(self, session: str) -> bool | None:
        """None where it cannot be seen from here."""
        known = self._owners.get(session)
        return session_is_alive(session) if known is None else owner_is_alive(known)

    def is_over(self, session: str, *, image: str = "") -> bool:
        """Whether nobody needs what belongs to it any more. `image` is a name of it: how old that
        is is asked for where the session has no container."""
        alive = self.is_alive(session)
        if alive is not None:
            return not alive
        if session in self._running or self._now is None:
            return False
        made = self._newest.get(session)
        if made is None and image:
            found = self._engine.find_image(image) or {}
            made = _seconds((found.get("Metadata") or {}).get("LastTagTime"))
        return made is not None and self._now - made > _DAY


def session_of(image: str) -> str:
    """The session that an image name of a run carries."""
    built = _BUILT.match(image)
    return built[1] if built else image.rpartition("/")[2].partition(":")[0]


def remove_leftovers(engine: Engine, leftovers: Leftovers) -> frozenset[str]:
    """Remove exactly what was found, and look; ids, names and paths of what is still there."""
    for container, _ in leftovers.containers:
        engine.remove_container(container)
    for network, _ in leftovers.networks:
        engine.remove_network(network)
    for volume in leftovers.volumes:
        engine.remove_volume(volume)
    for image in leftovers.images:
        engine.remove_image(image)
    for folder in leftovers.folders:
        remove_folder(folder)
    left = {
        *(str(each["Id"]) for each in engine.containers_labelled(SESSION_LABEL)),
        *(str(each["Id"]) for each in engine.networks_labelled(SESSION_LABEL)),
        *(str(each["Name"]) for each in engine.volumes_labelled(SESSION_LABEL)),
        *(name for name in leftovers.images if engine.find_image(name) is not None),
        *(str(folder) for folder in leftovers.folders if folder.exists()),
    }
    return frozenset(leftovers.lines).intersection(left)


def _built_for_projects(engine: Engine) -> list[str]:
    """Names of images that a compose tool has built for a service without a name of its own."""
    return [name for name in engine.image_names(f"{PROJECT_PREFIX}*") if _BUILT.match(name)]


def _is_left(thing: Mapping[str, Any], runs: _Runs, *, everything: bool) -> bool:
    """Whether nobody who still lives owns a network or a volume, which is called after its
    session."""
    session = _label(thing, SESSION_LABEL)
    if not names_session(str(thing["Name"]), session):
        return False
    alive = owner_is_alive(_label(thing, OWNER_LABEL))
    return everything or (runs.is_over(session) if alive is None else not alive)


def _label(thing: Mapping[str, Any], name: str) -> str:
    return str((thing.get("Labels") or {}).get(name, ""))


def _seconds(text: Any) -> float | None:
    """Of a time as the engine writes it, with nine digits of a second's fraction; None for none."""
    with suppress(ValueError):
        whole = re.sub(r"\.[0-9]+", "", str(text)).replace("Z", "+00:00")
        return datetime.fromisoformat(whole).timestamp()
    return None
