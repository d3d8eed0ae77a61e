"""What crashed runs left behind, found by label and owner, and its removal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slimmer.engine import (
    OWNER_LABEL,
    PROJECT_PREFIX,
    PURPOSE_LABEL,
    SESSION_REPOSITORY,
    Engine,
    owner_is_alive,
    session_is_alive,
)
from slimmer.image import SESSION_LABEL
from slimmer.trace.live import abandoned_places
from slimmer.workspace import abandoned_workspaces

_BUILT = re.compile(rf"{PROJECT_PREFIX}(\d+-[0-9a-f]{{8}})[-_]")


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
    """Containers of runs that go on, or that another machine owns."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to remove."""
        of_projects = self.networks or self.volumes
        return not (self.containers or self.images or self.folders or of_projects)


def find_leftovers(engine: Engine, *, everything: bool = False) -> Leftovers:
    """What `remove_leftovers` would remove; `everything` includes what living runs own."""
    containers, alive = [], set()
    skipped = 0
    for container in engine.containers_labelled(SESSION_LABEL):
        labels = container.get("Labels") or {}
        if _is_left(container, everything=everything):
            containers.append((container["Id"], labels.get(PURPOSE_LABEL, "")))
        else:
            skipped += 1
            alive.add(labels[SESSION_LABEL])
    images = [
        name
        for name in (*engine.image_names(f"{SESSION_REPOSITORY}/*"), *_built_for_projects(engine))
        if everything or not (session_of(name) in alive or session_is_alive(session_of(name)))
    ]
    return Leftovers(
        containers=tuple(containers),
        images=tuple(sorted(images)),
        folders=(*abandoned_workspaces(), *(place.folder for place in abandoned_places())),
        networks=tuple(
            (network["Id"], network["Name"])
            for network in engine.networks_labelled(SESSION_LABEL)
            if _is_left(network, everything=everything)
        ),
        volumes=tuple(
            volume["Name"]
            for volume in engine.volumes_labelled(SESSION_LABEL)
            if _is_left(volume, everything=everything)
        ),
        skipped=skipped,
    )


def session_of(image: str) -> str:
    """The session that an image name of a run carries."""
    built = _BUILT.match(image)
    return built[1] if built else image.rpartition("/")[2].partition(":")[0]


def _built_for_projects(engine: Engine) -> list[str]:
    """Names of images that a compose tool has built for a service without a name of its own."""
    return [name for name in engine.image_names(f"{PROJECT_PREFIX}*") if _BUILT.match(name)]


def _is_left(thing: Mapping[str, Any], *, everything: bool) -> bool:
    """Whether nobody who still lives owns a labelled thing."""
    labels = thing.get("Labels") or {}
    return everything or owner_is_alive(labels.get(OWNER_LABEL, "")) is False


def remove_leftovers(engine: Engine, leftovers: Leftovers) -> None:
    """Remove exactly what was found."""
    for container, _ in leftovers.containers:
        engine.remove_container(container)
    for network, _ in leftovers.networks:
        engine.remove_network(network)
    for volume in leftovers.volumes:
        engine.remove_volume(volume)
    for image in leftovers.images:
        engine.remove_image(image)
    for folder in leftovers.folders:
        shutil.rmtree(folder, ignore_errors=True)
