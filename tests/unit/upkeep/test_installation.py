"""What `slim doctor` and `slim self-check` say of slimmer itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import slimmer
from slimmer import DISTRIBUTION
from slimmer.cli.self_check import self_check
from slimmer.errors import DoctorFindings
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


def test_self_check_needs_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere")
    done = CliRunner().invoke(self_check, ["--json"])
    found = {row["subject"]: row["state"] for row in json.loads(done.output)}
    assert list(found) == [
        *("slimmer", "modules", "packages", "sensor", "extras", "sensor here", "ready plans"),
    ]
    assert set(found.values()) == {"good"}


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    """A copy of the package without one of its modules, under the same Python."""
    copy = tmp_path / "slimmer"
    shutil.copytree(Path(slimmer.__file__).parent, copy)
    (copy / "fleet" / "names.py").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "slimmer", "self-check"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "modules: slimmer.fleet: No module named 'slimmer.fleet.names'\n" in done.stdout
    assert done.returncode == DoctorFindings.exit_code
