"""What crashed runs left behind, found by label and owner, and its removal."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from slimmer.engine import (
    OWNER_LABEL,
    ROLE_LABEL,
    SESSION_REPOSITORY,
    Engine,
    owner_is_alive,
    session_is_alive,
)
from slimmer.image import SESSION_LABEL
from slimmer.live import abandoned_places
from slimmer.workspace import abandoned_workspaces


@dataclass(frozen=True, kw_only=True)
class Leftovers:
    """What no living run owns."""

    containers: tuple[tuple[str, str], ...]
    """(id, role) of each."""
    images: tuple[str, ...]
    """Names under which a run keeps an image that is not verified yet."""
    folders: tuple[Path, ...]
    skipped: int
    """Containers of runs that go on, or that another machine owns."""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to remove."""
        return not (self.containers or self.images or self.folders)


def find_leftovers(engine: Engine, *, everything: bool = False) -> Leftovers:
    """What `remove_leftovers` would remove; `everything` includes what living runs own."""
    containers, alive = [], set()
    skipped = 0
    for container in engine.containers_labelled(SESSION_LABEL):
        labels = container.get("Labels") or {}
        if everything or owner_is_alive(labels.get(OWNER_LABEL, "")) is False:
            containers.append((container["Id"], labels.get(ROLE_LABEL, "")))
        else:
            skipped += 1
            alive.add(labels[SESSION_LABEL])
    images = [
        name
        for name in engine.image_names(f"{SESSION_REPOSITORY}/*")
        if everything or not (session_of(name) in alive or session_is_alive(session_of(name)))
    ]
    return Leftovers(
        containers=tuple(containers),
        images=tuple(sorted(images)),
        folders=(*abandoned_workspaces(), *(place.folder for place in abandoned_places())),
        skipped=skipped,
    )


def session_of(image: str) -> str:
    """The session that an image name of a run carries."""
    return image.rpartition("/")[2].partition(":")[0]


def remove_leftovers(engine: Engine, leftovers: Leftovers) -> None:
    """Remove exactly what was found."""
    for container, _ in leftovers.containers:
        engine.remove_container(container)
    for image in leftovers.images:
        engine.remove_image(image)
    for folder in leftovers.folders:
        shutil.rmtree(folder, ignore_errors=True)
