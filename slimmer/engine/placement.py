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


class SensorPlacement:
    """Mounted from this machine where the engine runs on it; else, and where the file has to carry
    capabilities, from a container of the session that holds it for others."""

    def __init__(self, engine: Engine, create: Callable[[str, Mapping[str, Any]], str]) -> None:
        """`create` makes a container for a purpose."""
        self._engine = engine
        self._create = create
        self._mounts: bool | None = None
        self._holders: dict[Path, str] = {}
        self._holding = threading.Lock()

    def with_sensor(
        self, configuration: Mapping[str, Any], sensor: Path, *, with_capabilities: bool
    ) -> dict[str, Any]:
        """The configuration of a container that has the sensor at SENSOR_PATH, `with_capabilities`
        as one whose file carries what is lent (see `loan`)."""
        if self._mounts is None:
            self._mounts = self._engine.can_mount(sensor)
        if self._mounts and not with_capabilities:
            return with_sensor(configuration, sensor)
        return with_held_sensor(configuration, self._holder(configuration, sensor))

    def _holder(self, configuration: Mapping[str, Any], sensor: Path) -> str:
        """The container that has this sensor for others, made when the first of them is."""
        image = configuration["Image"]
        with self._holding:
            if sensor not in self._holders:
                volumes = self._engine.inspect_image(image)["Config"].get("Volumes") or ()
                holder = self._create("sensor", sensor_holder(image, volumes))
                self._engine.put_file(holder, SENSOR_PATH, sensor, capabilities=FILE_CAPABILITIES)
                self._holders[sensor] = holder
            return self._holders[sensor]
