"""How slimmer is packaged: hatchling, the sensor for each architecture compiled into the wheel, and
the ready plans put beside it.

This file is the build backend and hatchling's build hook in one. As the backend it asks for
`ziglang` (a compiler for every architecture in a PyPI package, some 100 MB) only where it is
needed: for wheels always, as they hold both architectures and must come out the same on every
machine; for editable installs only where the machine has no compiler of its own.
"""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.build import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_sdist,
)
from hatchling.build import get_requires_for_build_editable as editable_requirements
from hatchling.build import get_requires_for_build_wheel as wheel_requirements
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]

ROOT = Path(__file__).resolve().parent
COMPILER = "ziglang>=0.13"


def _sensor_build() -> ModuleType:
    """probes/sensor/build.py, which knows how the sensor is compiled."""
    spec = importlib.util.spec_from_file_location(
        "sensor_build", ROOT / "probes" / "sensor" / "build.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """PEP 517: what must be installed to build a wheel."""
    return [*wheel_requirements(config_settings), COMPILER]


def get_requires_for_build_editable(config_settings: dict[str, Any] | None = None) -> list[str]:
    """PEP 660: what must be installed for `pip install -e`."""
    own = _sensor_build().local_compiler() is not None
    return [*editable_requirements(config_settings), *([] if own else [COMPILER])]


class SensorHook(BuildHookInterface[Any]):
    """Compiles the sensor before hatchling collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """`version` is `standard` for a wheel and `editable` for an editable install."""
        if self.target_name != "wheel":
            return
        sensor = _sensor_build()
        if version == "editable":
            own = sensor.native_architecture()
            sensor.build(own, ROOT / "slimmer" / "trace" / "run" / "bin" / own / "sensor")
            return
        # In a checkout they are found where they lie.
        build_data["force_include"][str(ROOT / "probes" / "plans")] = "slimmer/plans"
        self._folder = tempfile.TemporaryDirectory(prefix="slimmer-sensor-")
        for architecture in sensor.ARCHITECTURES:
            binary = Path(self._folder.name) / architecture / "sensor"
            sensor.build(architecture, binary, portable=True)
            build_data["force_include"][str(binary)] = (
                f"slimmer/trace/run/bin/{architecture}/sensor"
            )

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """The wheel is written; the compiled files are in it."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()
