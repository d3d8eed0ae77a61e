"""The sensor as it is shipped and the sensor with sanitizers: every test runs with both."""

from __future__ import annotations

import functools
import itertools
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.conftest import CI
from tests.sensor.enclosure import Enclosure, why_impossible
from tests.sensor.sources import sensor_build

TRACEES = Path(__file__).parent / "tracees"


@pytest.fixture(scope="session")
def sensors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """`shipped`, as it is in wheels where ziglang is installed, and `sanitized`."""
    folder = tmp_path_factory.mktemp("sensors")
    own = sensor_build.native_architecture()
    binaries = {name: folder / name for name in ("shipped", "sanitized")}
    portable = sensor_build.zig_compiler(own) is not None
    sensor_build.build(own, binaries["shipped"], portable=portable)
    sensor_build.build(own, binaries["sanitized"], sanitize=True)
    return binaries


@pytest.fixture(params=["shipped", "sanitized"])
def sensor(request: pytest.FixtureRequest, sensors: dict[str, Path]) -> Path:
    """Each of the two."""
    return sensors[str(request.param)]


@pytest.fixture(scope="session")
def tracee(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Compiles a program of tracees/, once."""
    folder = tmp_path_factory.mktemp("tracees")

    @functools.cache
    def compiled(name: str) -> Path:
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            pytest.fail("the sensor's tests need a C compiler")
        subprocess.run(
            [compiler, "-O1", "-Wall", "-Wextra", "-Werror", "-pthread",
             "-o", str(folder / name), str(TRACEES / f"{name}.c")],
            check=True,
        )  # fmt: skip
        return folder / name

    return compiled


@pytest.fixture
def enclose(
    sensor: Path, tmp_path: Path, tracee: Callable[[str], Path]
) -> Callable[..., Enclosure]:
    """Makes an enclosure for a tracee (by name) or for a command (by path)."""
    problem = why_impossible()
    if problem and CI:
        pytest.fail(f"{problem} (CI=true: a test of the sensor is not skipped)")
    if problem:
        pytest.skip(problem)
    numbers = itertools.count()

    def made(*command: str, **options: Sequence[str]) -> Enclosure:
        name = command[0]
        own = "/" not in name
        argument_vector = [f"/{name}" if own else name, *command[1:]]
        enclosure = Enclosure(sensor, tmp_path / str(next(numbers)), argument_vector, **options)
        if own:
            shutil.copy(tracee(name), enclosure.files / name)
        return enclosure

    return made
