"""What one run creates in the engine, and its removal whatever happens.

Everything carries the label `dev.slimmer.session=ID` and, beside it, the process that owns the
session, so that `slim clean` tells a crashed run's leftovers from those of a run that goes on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from slimmer.engine.configuration import (
    SENSOR_PATH,
    sensor_holder,
    with_held_sensor,
    with_sensor,
)
from slimmer.engine.interface import Engine
from slimmer.engine.ownership import owner
from slimmer.engine.privileges import FILE_CAPABILITIES
from slimmer.engine.streams import Attachment
from slimmer.errors import InterruptedRunError, SlimError
from slimmer.image import SESSION_LABEL

SESSION_REPOSITORY = "slimmer-session"
"""Images that are not verified yet are called `slimmer-session/SESSION:PURPOSE`."""
PROJECT_PREFIX = "slimmer-"
"""Compose projects are called `slimmer-SESSION`, and what is built for them `slimmer-SESSION…`."""
OWNER_LABEL = "dev.slimmer.owner"
PURPOSE_LABEL = "dev.slimmer.role"
"""What a container is for: `target`, `slim`, … (not a role of slim.yaml; the key is older)."""


class Session:
    """One run's containers and images; a context manager that leaves nothing behind."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.id = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._containers: list[str] = []
        self._attachments: list[Attachment] = []
        self._images: list[str] = []
        self._lock = threading.Lock()
        self._closed = False
        self._has_project = False
        self._mounts_sensor: bool | None = None
        self._holders: dict[Path, str] = {}
        self._holding = threading.Lock()
        self._removals = ThreadPoolExecutor(thread_name_prefix="removal")

    def labels(self, purpose: str) -> dict[str, str]:
        """The labels of a container that this session creates for `purpose`."""
        return {SESSION_LABEL: self.id, OWNER_LABEL: owner(), PURPOSE_LABEL: purpose}

    def create_container(
        self, purpose: str, configuration: Mapping[str, Any], *, name: str = ""
    ) -> str:
        """Create a container that is removed at the end of the session; returns its id."""
        with self._lock:
            if self._closed:
                raise InterruptedRunError("the run is ending")
        labelled = dict(configuration)
        labelled["Labels"] = {**(labelled.get("Labels") or {}), **self.labels(purpose)}
        container = self.engine.create_container(
            labelled, name or f"slimmer-{purpose}-{self.id}-{uuid.uuid4().hex[:4]}"
        )
        with self._lock:
            if not self._closed:
                self._containers.append(container)
                return container
        # The session was closed while the engine worked: nobody else knows of this container.
        self._remove(container)
        raise InterruptedRunError("the run is ending")

    def create_with_sensor(
        self,
        purpose: str,
        configuration: Mapping[str, Any],
        sensor: Path,
        *,
        name: str = "",
        with_capabilities: bool = False,
    ) -> str:
        """Create a container that has the sensor at SENSOR_PATH, `with_capabilities` as one whose
        file carries what is lent (see `loan`); returns its id."""
        if self._mounts_sensor is None:
            self._mounts_sensor = self.engine.can_mount(sensor)
        if self._mounts_sensor and not with_capabilities:
            configured = with_sensor(configuration, sensor)
        else:
            configured = with_held_sensor(configuration, self._holder(configuration, sensor))
        return self.create_container(purpose, configured, name=name)

    def _holder(self, configuration: Mapping[str, Any], sensor: Path) -> str:
        """The container that has this sensor for others, made when the first of them is."""
        image = configuration["Image"]
        with self._holding:
            if sensor not in self._holders:
                volumes = self.engine.inspect_image(image)["Config"].get("Volumes") or ()
                holder = self.create_container("sensor", sensor_holder(image, volumes))
                self.engine.put_file(holder, SENSOR_PATH, sensor, capabilities=FILE_CAPABILITIES)
                self._holders[sensor] = holder
            return self._holders[sensor]

    def attach(self, container: str) -> Attachment:
        """Attach to a container; the connection is closed before the container is removed.

        An engine that still has output for a reader who does not read holds a removal up.
        """
        attachment = self.engine.attach(container)
        with self._lock:
            self._attachments.append(attachment)
        return attachment

    def discard(self, container: str) -> None:
        """Remove a container that is not needed any more, beside whatever comes next."""
        with self._lock:
            if container not in self._containers:
                return
            self._containers.remove(container)
            self._removals.submit(self._remove, container)

    def image_name(self, purpose: str) -> str:
        """A name for an image of this session. It goes at the session's end, and the image with
        it unless that has another name by then."""
        with self._lock:
            # A second one for a purpose has a name of its own: else the first would lose its only
            # one, and stay behind without any.
            number = sum(name.partition(":")[2].startswith(purpose) for name in self._images)
            suffix = f"-{number + 1}" if number else ""
            name = f"{SESSION_REPOSITORY}/{self.id}:{purpose}{suffix}"
            self._images.append(name)
        return name

    def project(self) -> str:
        """The name of the compose project of this session. Containers, networks and volumes of it
        carry the session's labels, and go at its end with the images that were built for it."""
        self._has_project = True
        return f"{PROJECT_PREFIX}{self.id}"

    def close(self) -> None:
        """Remove everything that is still there. A second Ctrl-C does not stop it.

        Can be called again once threads that still used the session have ended: an image that
        a container of theirs held is removed then. An engine that fails here does not hide why
        the run ends: what it keeps is found by `slim clean`.
        """
        with uninterrupted(), contextlib.suppress(SlimError):
            with self._lock:
                self._closed = True
                containers = list(self._containers)
                attachments, self._attachments = self._attachments, []
            for attachment in attachments:
                attachment.close()
            for container in containers:
                self.discard(container)
            self._removals.shutdown()
            for left in self.engine.containers_labelled(f"{SESSION_LABEL}={self.id}"):
                self._remove(left["Id"])
            if self._has_project:
                self._remove_project()
            for image in reversed(self._images):
                self.engine.remove_image(image)

    def _remove_project(self) -> None:
        """What a container held goes once the container is gone."""
        label = f"{SESSION_LABEL}={self.id}"
        for network in self.engine.networks_labelled(label):
            self.engine.remove_network(network["Id"])
        for volume in self.engine.volumes_labelled(label):
            self.engine.remove_volume(volume["Name"])
        for image in self.engine.image_names(f"{self.project()}*"):
            self.engine.remove_image(image)

    def _remove(self, container: str) -> None:
        with contextlib.suppress(SlimError):
            self.engine.remove_container(container)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off what interrupts a run until the block is done (in the main thread; else a no-op)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    previous = {number: signal.signal(number, signal.SIG_IGN) for number in signals}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
