"""probes/sensor/build.py as a module: it lies outside of any package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "probes" / "sensor"

_spec = importlib.util.spec_from_file_location("sensor_build", SOURCES / "build.py")
assert _spec is not None
assert _spec.loader is not None
sensor_build = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sensor_build)
