"""Where the sensor program is: in the package, or built from the sources beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from slimmer.errors import SensorMissingError

PACKAGED = Path(__file__).resolve().parent / "bin"
SOURCES = Path(__file__).resolve().parents[3] / "probes" / "sensor"
"""In a source checkout; an installed package has no such folder."""
ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
"""The engine's word → the compiler's."""


def sensor_binary(architecture: str, *, packaged: Path = PACKAGED, sources: Path = SOURCES) -> Path:
    """The sensor for an engine's architecture (`amd64`, `arm64`), a static executable.

    In a source checkout it is built when a source is newer. Raises SensorMissingError.
    """
    known = ARCHITECTURES.get(architecture)
    if known is None:
        raise SensorMissingError(
            f"slimmer cannot trace on an engine whose machine is {architecture}",
            hint=f"it can on {' and '.join(ARCHITECTURES)}: DOCKER_HOST names an engine there",
        )
    binary = packaged / known / "sensor"
    if not _is_current(binary, sources):
        _build(known, packaged, sources)
    return binary


def has_sensor(architecture: str, *, packaged: Path = PACKAGED, sources: Path = SOURCES) -> bool:
    """Whether `sensor_binary` would give one, or try to build it; nothing is built here."""
    known = ARCHITECTURES.get(architecture, "")
    return bool(known) and any(
        place.is_file() for place in (packaged / known / "sensor", sources / "build.py")
    )


def _is_current(binary: Path, sources: Path) -> bool:
    if not binary.exists():
        return False
    built = binary.stat().st_mtime_ns
    inputs = (*sources.glob("*.[ch]"), *sources.glob("*.txt"), *sources.glob("build.py"))
    return all(source.stat().st_mtime_ns <= built for source in inputs)


def _build(architecture: str, packaged: Path, sources: Path) -> None:
    script = sources / "build.py"
    if not script.exists():
        raise SensorMissingError(
            f"this installation of slimmer has no sensor for {architecture}",
            hint="install slimmer from a wheel, which holds the sensor for each architecture",
            details=f"{packaged} has none",
        )
    built = subprocess.run(
        [sys.executable, str(script), architecture, "--output", str(packaged)],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode != 0:
        raise SensorMissingError(
            f"the sensor for {architecture} could not be built from its sources",
            hint="install gcc, or `pip install ziglang`, which can build for each architecture",
            details=built.stderr.strip(),
        )
