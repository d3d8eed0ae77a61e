"""What runs have left in the engine and on the disk."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import docker
import docker.errors

_SESSION = "dev.slimmer.session"


def left_in_engine(pids: Collection[int]) -> list[str]:
    """Containers, names of images, volumes and networks of the sessions of these processes, whose
    numbers their names begin with."""
    client = docker.APIClient()
    try:
        return sorted(_of_sessions(client, tuple(f"{pid}-" for pid in pids)))
    finally:
        client.close()


def left_images(identities: Collection[str]) -> list[str]:
    """Those of these images that are still there, under no name: their layers are, too."""
    client: Any = docker.APIClient()
    found = []
    try:
        for identity in sorted(identities):
            try:
                if not client.inspect_image(identity)["RepoTags"]:
                    found.append(f"image {identity}")
            except docker.errors.ImageNotFound:
                continue
    finally:
        client.close()
    return found


def left_in(folder: Path) -> list[str]:
    """What a folder that was made for the runs still has."""
    return [str(path) for path in sorted(folder.iterdir())]


def _of_sessions(client: docker.APIClient, sessions: tuple[str, ...]) -> Iterator[str]:
    labelled = {"label": _SESSION}
    for each in client.containers(all=True, filters=labelled):
        if each["Labels"][_SESSION].startswith(sessions):
            yield f"container {each['Names'][0]}"
    for each in client.volumes(filters=labelled)["Volumes"] or ():
        if each["Labels"][_SESSION].startswith(sessions):
            yield f"volume {each['Name']}"
    for each in client.networks(filters=labelled):
        if each["Labels"][_SESSION].startswith(sessions):
            yield f"network {each['Name']}"
    for image in client.images(filters={"reference": "slimmer-session/*"}):
        for tag in image["RepoTags"] or ():
            if tag.removeprefix("slimmer-session/").startswith(sessions):
                yield f"image {tag}"
