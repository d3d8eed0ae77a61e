"""What `slim doctor` says of slimmer itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

from slimmer import DISTRIBUTION
from slimmer.trace.run import has_sensor
from slimmer.upkeep import State
from slimmer.upkeep.installation import EXTRAS, installation_findings, is_installed

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))[
    "project"
]


def test_it_knows_each_extra_and_the_name() -> None:
    assert set(EXTRAS) == set(PROJECT["optional-dependencies"]) - {"dev"}
    assert PROJECT["name"] == DISTRIBUTION


def test_all_is_here() -> None:
    sensor, extras = installation_findings(lambda architecture: True)
    assert (sensor.state, sensor.found) == (State.GOOD, "for images of x86_64 and aarch64")
    assert "sign" in extras.found.partition(";")[0]


def test_what_has_no_sensor_is_told() -> None:
    sensor, _ = installation_findings(lambda architecture: architecture == "amd64")
    assert (sensor.state, sensor.found) == (State.LIMITED, "for images of x86_64")
    assert "from its wheel" in sensor.advice

    sensor, _ = installation_findings(lambda architecture: False)
    assert sensor.state is State.BROKEN


def test_a_sensor_is_looked_for_and_not_built(tmp_path: Path) -> None:
    places = {"packaged": tmp_path / "bin", "sources": tmp_path / "sources"}
    assert not has_sensor("arm64", **places)
    (tmp_path / "bin" / "aarch64").mkdir(parents=True)
    (tmp_path / "bin" / "aarch64" / "sensor").touch()
    assert has_sensor("arm64", **places)
    assert not has_sensor("amd64", **places)
    assert not has_sensor("riscv64", **places)


def test_modules_and_programs_are_seen() -> None:
    assert is_installed("json")
    assert is_installed("sh")
    assert not is_installed("no-such-program")
    assert not is_installed("no_such_module")
