"""What `slim doctor` says of slimmer itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

from slimmer import DISTRIBUTION
from slimmer.errors import SensorMissingError
from slimmer.upkeep import State
from slimmer.upkeep.installation import EXTRAS, installation_findings, is_installed

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))[
    "project"
]


def test_it_knows_each_extra_and_the_name() -> None:
    assert set(EXTRAS) == set(PROJECT["optional-dependencies"]) - {"dev"}
    assert PROJECT["name"] == DISTRIBUTION


def test_all_is_here() -> None:
    sensor, extras = installation_findings(lambda architecture: Path(architecture))
    assert (sensor.state, sensor.found) == (State.GOOD, "for images of x86_64 and aarch64")
    assert "sign" in extras.found.partition(";")[0]


def test_what_has_no_sensor_is_told() -> None:
    def only_one(architecture: str) -> Path:
        if architecture == "arm64":
            raise SensorMissingError("none", hint="install it from a wheel")
        return Path(architecture)

    sensor, _ = installation_findings(only_one)
    assert (sensor.state, sensor.found) == (State.LIMITED, "for images of x86_64")
    assert sensor.advice == "install it from a wheel"

    def none(architecture: str) -> Path:
        raise SensorMissingError("none")

    sensor, _ = installation_findings(none)
    assert sensor.state is State.BROKEN


def test_modules_and_programs_are_seen() -> None:
    assert is_installed("json")
    assert is_installed("sh")
    assert not is_installed("no-such-program")
    assert not is_installed("no_such_module")
