"""What one run creates in the engine, and its removal whatever happens.

Everything carries the label `dev.slimmer.session=ID` and, beside it, the process that owns the
session, so that `slim clean` tells a crashed run's leftovers from those of a run that goes on.
Labels are inherited by whoever runs an image that was committed from a container. So a thing is a
session's only if its name says so as well, or a mark where no image has one (`is_of_session`).
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from slimmer.engine.interface import Engine
from slimmer.engine.ownership import new_session, owner
from slimmer.engine.placement import SensorPlacement
from slimmer.engine.session_containers import LOOK, MARK, SLOW, containers_of, mark
from slimmer.engine.streams import Attachment
from slimmer.errors import InterruptedRunError, SlimError
from slimmer.image import OWNER_LABEL, PURPOSE_LABEL, SESSION_LABEL
from slimmer.interruption import seconds_left, uninterrupted
from slimmer.remains import Remaining, hold, settle

SESSION_REPOSITORY = "slimmer-session"
"""Images that are not verified yet are called `slimmer-session/SESSION:PURPOSE`."""
PROJECT_PREFIX = "slimmer-"
"""Compose projects are called `slimmer-SESSION`, and what is built for them `slimmer-SESSION…`."""
_ORPHANED = 3.0
"""Seconds in which a busy engine makes what a program has asked for that is no more."""
_RESERVE = 5.0
"""Seconds of the budget in which it is looked what is left."""
_SHORTEST = 1.0
"""Seconds that each question gets then."""
_REQUESTS = 32
"""Containers that are created, and images that are loaded, at a time."""

_Answer = TypeVar("_Answer")


class Session:
    """One run's containers and images; a context manager that leaves nothing behind."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.id = new_session()
        self._numbers = itertools.count(1)
        self._containers: list[str] = []
        self._purposes: dict[str, str] = {}
        """Of every container that was not seen to be gone."""
        self._attachments: list[Attachment] = []
        self.images: list[str] = []
        """All names that `image_name` has given."""
        self._lock = threading.Lock()
        self._closed = False
        self._has_project = False
        self._unsettled_until = 0.0
        """time.monotonic() until which the engine may still make what nobody waits for."""
        self._placement = SensorPlacement(engine, self.create_container, self._remove)
        self._requests = ThreadPoolExecutor(_REQUESTS, thread_name_prefix="request")
        self._asked: set[Future[Any]] = set()
        """Requests that the engine has not answered."""
        self._removals = ThreadPoolExecutor(thread_name_prefix="removal")
        self._removing: list[Future[None]] = []
        self._seen: tuple[Remaining, ...] | None = None
        """What was still there at the last look."""

    def labels(self, purpose: str) -> dict[str, str]:
        """The labels of a container that this session creates for `purpose`."""
        return {SESSION_LABEL: self.id, OWNER_LABEL: owner(), PURPOSE_LABEL: purpose}

    def create_container(
        self, purpose: str, configuration: Mapping[str, Any], name: str = ""
    ) -> str:
        """Create a container that is removed at the end of the session; returns its id."""
        hold(self)
        labelled = dict(configuration)
        labelled["Labels"] = {**(labelled.get("Labels") or {}), **self.labels(purpose)}
        if name:
            labelled["HostConfig"] = {**(labelled.get("HostConfig") or {}), MARK: mark(self.id)}
        name = name or f"slimmer-{purpose}-{self.id}-{next(self._numbers)}"
        container = self._answer(lambda: self._create(purpose, labelled, name))
        self._still_open()
        return container

    def _create(self, purpose: str, labelled: Mapping[str, Any], name: str) -> str:
        container = self.engine.create_container(labelled, name)
        with self._lock:
            self._purposes[container] = purpose
            if not self._closed:
                self._containers.append(container)
                return container
        self._remove(container)
        return container

    def _answer(self, request: Callable[[], _Answer]) -> _Answer:
        """What the engine answers, in a thread of its own: a request that an interruption cut off
        would be carried out all the same, at some time. So its end is waited for at the session's.
        """
        with uninterrupted(), self._lock:
            self._still_open()
            asked = self._requests.submit(request)
            self._asked.add(asked)
            asked.add_done_callback(self._asked.discard)
        return asked.result()

    def _still_open(self) -> None:
        if self._closed:
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
        """Create a container that has the sensor, see `SensorPlacement`; returns its id."""
        return self._placement.create(
            purpose, configuration, sensor, name=name, with_capabilities=with_capabilities
        )

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
            self._removing.append(self._removals.submit(self._remove, container))

    def image_name(self, purpose: str) -> str:
        """A name for an image of this session. It goes at the session's end, and the image with
        it unless that has another name by then."""
        hold(self)
        with self._lock:
            # A second one for a purpose has a name of its own: else the first would lose its only
            # one, and stay behind without any.
            number = sum(name.partition(":")[2].startswith(purpose) for name in self.images)
            suffix = f"-{number + 1}" if number else ""
            name = f"{SESSION_REPOSITORY}/{self.id}:{purpose}{suffix}"
            self.images.append(name)
        return name

    def load_image(self, archive: Iterable[bytes]) -> str:
        """Load an archive of images that are called by names of this session."""
        return self._answer(lambda: self.engine.load_image(self._while_open(archive)))

    def import_layer(self, layer: Iterable[bytes], name: str) -> bool:
        """Import it under a name of this session, see `Engine.import_layer`."""
        return self._answer(lambda: self.engine.import_layer(self._while_open(layer), name))

    def _while_open(self, archive: Iterable[bytes]) -> Iterator[bytes]:
        for piece in archive:
            self._still_open()
            yield piece

    def project(self) -> str:
        """The name of the compose project of this session. Containers, networks and volumes of it
        carry the session's labels, and go at its end with the images that were built for it."""
        hold(self)
        self._has_project = True
        return f"{PROJECT_PREFIX}{self.id}"

    def expect_orphans(self) -> None:
        """A program that has asked the engine for something of the project was ended: the engine
        may make it all the same, so its end looks for some time."""
        self._unsettled_until = time.monotonic() + _ORPHANED

    def close(self) -> None:
        """Remove everything that is still there, look whether it is gone, and remember what is
        not. Takes no longer than the budget of all clean-up, and no signal stops it.

        Can be called again once threads that still used the session have ended: an image that
        a container of theirs held is removed then. An engine that fails here does not hide why
        the run ends.
        """
        with uninterrupted():
            deadline = time.monotonic() + seconds_left() - _RESERVE
            try:
                self._close(deadline)
            finally:
                self.engine.hasten(None)
                settle(self)

    def _close(self, deadline: float) -> None:
        with self._lock:
            self._closed = True
            containers, self._containers = self._containers, []
            attachments, self._attachments = self._attachments, []
        for attachment in attachments:
            attachment.close()
        self._hasten(deadline)
        self._removing += [self._removals.submit(self._remove, each) for each in containers]
        wait([*self._removing, *self._asked], max(_SHORTEST, deadline - time.monotonic()))
        self._removals.shutdown(wait=False)
        self._requests.shutdown(wait=False)
        begun = time.monotonic()
        self._remove_what_shows(deadline)
        while self._is_unsettled() and time.monotonic() < min(deadline, begun + SLOW):
            time.sleep(LOOK)
            self._remove_what_shows(deadline)

    def _is_unsettled(self) -> bool:
        return bool(self._purposes) or time.monotonic() < self._unsettled_until

    def remains(self) -> tuple[Remaining, ...]:
        """What was made and not seen to be gone."""
        if self._seen is None:
            return (*self._known(), *map(self._image, self.images))
        return self._seen

    def _known(self) -> tuple[Remaining, ...]:
        with self._lock:
            return tuple(
                Remaining(
                    what=f"container {identity[:12]}" + (f" ({purpose})" if purpose else ""),
                    removal=f"{self.engine.tool} rm --force --volumes {identity[:12]}",
                )
                for identity, purpose in self._purposes.items()
            )

    def _image(self, name: str) -> Remaining:
        return Remaining(what=f"image {name}", removal=f"{self.engine.tool} rmi {name}")

    def _remove_what_shows(self, deadline: float) -> None:
        """By what the engine lists, not by what is known here; and then look once more."""
        self._hasten(deadline)
        label = f"{SESSION_LABEL}={self.id}"
        with contextlib.suppress(SlimError):
            for left in containers_of(self.engine, self.id):
                self._remove(left)
        if self._has_project:
            self._remove_project(label)
        with contextlib.suppress(SlimError):
            for image in reversed(self.images):
                self.engine.remove_image(image)
        self._seen = tuple(self._look(label))

    def _look(self, label: str) -> Iterator[Remaining]:
        """What is still there; all that was ever made where the engine does not tell."""
        try:
            there = containers_of(self.engine, self.id)
            with self._lock:
                for identity in list(self._purposes):
                    if identity not in there:
                        del self._purposes[identity]
                for identity in there:
                    self._purposes.setdefault(identity, "")
            images = [name for name in self.images if self.engine.find_image(name) is not None]
            networks, volumes = self._of_project(label)
        except SlimError:
            images, networks, volumes = self.images, [], []
        yield from self._known()
        yield from map(self._image, images)
        if self._asked:
            yield Remaining(what="what the engine is still making", removal="slim clean")
        for name in networks:
            yield Remaining(what=f"network {name}", removal=f"{self.engine.tool} network rm {name}")
        for name in volumes:
            yield Remaining(what=f"volume {name}", removal=f"{self.engine.tool} volume rm {name}")

    def _of_project(self, label: str) -> tuple[list[str], list[str]]:
        """Names of networks and volumes."""
        if not self._has_project:
            return [], []
        networks, volumes = (
            [str(each["Name"]) for each in found if self.id in str(each["Name"])]
            for found in (self.engine.networks_labelled(label), self.engine.volumes_labelled(label))
        )
        return networks, volumes

    def _remove_project(self, label: str) -> None:
        """What a container held goes once the container is gone."""
        with contextlib.suppress(SlimError):
            networks, volumes = self._of_project(label)
            for network in networks:
                self.engine.remove_network(network)
            for volume in volumes:
                self.engine.remove_volume(volume)
        with contextlib.suppress(SlimError):
            for image in self.engine.image_names(f"{self.project()}*"):
                self.engine.remove_image(image)

    def _remove(self, container: str) -> None:
        with contextlib.suppress(SlimError):
            self.engine.remove_container(container)
            with self._lock:
                self._purposes.pop(container, None)

    def _hasten(self, deadline: float) -> None:
        self.engine.hasten(max(_SHORTEST, deadline - time.monotonic()))

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.close()
        except KeyboardInterrupt:
            # It fell before the first line of close, and there is only one.
            self.close()
            raise
