"""How the containers of a session come by the sensor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from slimmer.engine.configuration import (
    SENSOR_PATH,
    sensor_holder,
    with_held_sensor,
    with_sensor,
)
from slimmer.engine.interface import Engine
from slimmer.engine.privileges import FILE_CAPABILITIES
from slimmer.errors import EngineOperationError


class SensorPlacement:
    """Mounted from this machine where the engine sees its files; else, and where the file has to
    carry capabilities, from a container of the session that holds it for others."""

    def __init__(
        self,
        engine: Engine,
        create: Callable[[str, Mapping[str, Any], str], str],
        remove: Callable[[str], None],
    ) -> None:
        """`create` makes a container for a purpose, of a name where it is given one."""
        self._engine = engine
        self._create = create
        self._remove = remove
        self._mounts: bool | None = None
        self._deciding = threading.Lock()
        self._holders: dict[Path, str] = {}
        self._holding = threading.Lock()

    def create(
        self,
        purpose: str,
        configuration: Mapping[str, Any],
        sensor: Path,
        *,
        name: str,
        with_capabilities: bool,
    ) -> str:
        """Create a container that has the sensor at SENSOR_PATH, `with_capabilities` as one whose
        file carries what is lent (see `loan`); returns its id."""
        if not with_capabilities:
            mounting = with_sensor(configuration, sensor)
            with self._deciding:
                if self._mounts is None:
                    container = self._first(purpose, mounting, sensor, name)
                    self._mounts = bool(container)
                    if container:
                        return container
            if self._mounts:
                return self._create(purpose, mounting, name)
        held = with_held_sensor(configuration, self._holder(configuration, sensor))
        return self._create(purpose, held, name)

    def _first(
        self, purpose: str, configuration: Mapping[str, Any], sensor: Path, name: str
    ) -> str:
        """The first container with a mount is looked into; empty where it is of no use. An engine
        in a container, a virtual machine or a snap has other files, or none, under our paths."""
        if not self._engine.can_mount(sensor):
            return ""
        try:
            container = self._create(purpose, configuration, name)
        except EngineOperationError:  # it has no such folder
            return ""
        if self._engine.has_file(container, SENSOR_PATH, sensor):
            return container
        self._remove(container)
        return ""

    def _holder(self, configuration: Mapping[str, Any], sensor: Path) -> str:
        """The container that has this sensor for others, made when the first of them is."""
        image = configuration["Image"]
        with self._holding:
            if sensor not in self._holders:
                volumes = self._engine.inspect_image(image)["Config"].get("Volumes") or ()
                holder = self._create("sensor", sensor_holder(image, volumes), "")
                self._engine.put_file(holder, SENSOR_PATH, sensor, capabilities=FILE_CAPABILITIES)
                self._holders[sensor] = holder
            return self._holders[sensor]
