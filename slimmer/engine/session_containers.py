"""Which containers are a session's, by what the engine lists."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import Any, Final

from slimmer.engine.interface import Engine
from slimmer.engine.ownership import names_session
from slimmer.errors import SlimError
from slimmer.image import SESSION_LABEL

MARK: Final = "ContainerIDFile"
"""A key of HostConfig in which `docker run --cidfile` leaves a file's name, and which engines keep
and never read. No image has a HostConfig, so no commit takes it along."""
SLOW: Final = 10.0
"""Seconds that a busy engine may take to remove what it has refused to, or still removes."""
LOOK: Final = 0.2
"""Seconds between two looks."""


def is_of_session(engine: Engine, container: Mapping[str, Any], session: str) -> bool:
    """Whether a container, of those that `containers_labelled` lists, was made by that session, and
    has not only inherited its labels from an image that somebody has committed."""
    if any(names_session(name, session) for name in container.get("Names") or ()):
        return True
    try:
        found = engine.inspect_container(str(container["Id"]))
    except SlimError:  # gone by now
        return False
    return bool((found.get("HostConfig") or {}).get(MARK) == mark(session))


def containers_of(engine: Engine, session: str) -> list[str]:
    """The ids of the containers that the session has made and that are still there."""
    return [
        str(each["Id"])
        for each in engine.containers_labelled(f"{SESSION_LABEL}={session}")
        if is_of_session(engine, each, session)
    ]


def remove_containers_of(engine: Engine, session: str) -> None:
    """Remove what a process that is no more has left, until nothing shows."""
    deadline = time.monotonic() + SLOW
    while True:
        left = containers_of(engine, session)
        for each in left:
            with contextlib.suppress(SlimError):
                engine.remove_container(each)
        if not left or time.monotonic() > deadline:
            return
        time.sleep(LOOK)


def mark(session: str) -> str:
    """The value of MARK in the containers of the session."""
    return f"/slimmer/{session}"
