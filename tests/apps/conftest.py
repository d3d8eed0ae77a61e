"""One `slim build` per sample application, shared by the tests that look at its result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from _pytest.mark import ParameterSet

from tests.apps.container import docker, inspect_image
from tests.apps.expectation import Command, Request, read_expectations, run_environment
from tests.survey.behaviour import Behaviour, read_behaviours
from tests.survey.runner import Subject

SAMPLE_APPS = Path(__file__).resolve().parents[2] / "sample_apps"
SAMPLES = sorted(path.parent.name for path in SAMPLE_APPS.glob("*/slim.yaml"))
BUILD_SECONDS = 300


@dataclass(frozen=True)
class Slimmed:
    """A sample application after `slim build`."""

    name: str
    original: str
    """The original's reference, with a tag that stands for its content."""
    original_before: dict[str, Any]
    """`docker image inspect` of the original before the build."""
    slim: str
    debug: str
    report: dict[str, Any]
    """What `--json` wrote to stdout."""
    folder: Path
    """Where the report lies, with the trace beside it."""
    process: int
    """Process id that the build had."""

    @property
    def slim_yaml(self) -> Path:
        return SAMPLE_APPS / self.name / "slim.yaml"

    @property
    def expectations(self) -> list[Request | Command]:
        return read_expectations(self.slim_yaml)

    @property
    def environment(self) -> dict[str, str]:
        return run_environment(self.slim_yaml)

    @property
    def behaviours(self) -> tuple[Behaviour, ...]:
        return read_behaviours(self.slim_yaml.parent)

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return dict(yaml.safe_load(self.slim_yaml.read_text()))

    @property
    def strategy(self) -> str:
        return str(self._settings.get("strategy", "balanced"))

    @property
    def largest_size(self) -> int:
        """Bytes; every sample has a budget in its slim.yaml, in MB."""
        return int(self._settings["max_size"].removesuffix("MB")) * 1_000_000

    @property
    def trace(self) -> Path:
        return self.folder / "run.trace"

    @cached_property
    def port(self) -> int | None:
        """The exposed port; None where the image's command ends by itself."""
        ports = self.original_before["Config"].get("ExposedPorts") or {}
        return int(next(iter(ports)).partition("/")[0]) if ports else None


@pytest.fixture(scope="session")
def originals() -> dict[str, str]:
    """Sample name to image reference; images that are missing are built."""
    result = subprocess.run(
        [sys.executable, str(SAMPLE_APPS / "build.py")],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = [line.split() for line in result.stdout.splitlines()]
    return dict(lines)


def each_of(names: Iterable[str]) -> list[ParameterSet]:
    """The samples, for `slimmed`: what asks for one shares one build, so one worker of
    pytest-xdist runs it all."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]


@pytest.fixture(scope="session", params=each_of(SAMPLES))
def slimmed(
    request: pytest.FixtureRequest,
    originals: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Slimmed]:
    name: str = request.param
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    if run:
        shared = tmp_path_factory.getbasetemp().parent / f"{run}-{name}"
        assert not shared.exists(), f"another worker has built {name}: --dist loadgroup fails"
        shared.touch()
    original = originals[name]
    # A name of its own, so that test runs side by side do not move each other's tags.
    repository = f"slimmer-test-{uuid.uuid4().hex[:12]}/{name}"
    before = inspect_image(original)
    folder = tmp_path_factory.mktemp(name)
    command = [
        sys.executable, "-m", "slimmer", "build", original,
        "--file", str(SAMPLE_APPS / name / "slim.yaml"),
        "--tag", f"{repository}:slim",
        "--report-dir", str(folder), "--save-trace", str(folder / "run.trace"), "--json",
    ]  # fmt: skip
    try:
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=SAMPLE_APPS.parent,
        ) as build:
            stdout, stderr = build.communicate(timeout=BUILD_SECONDS)
        assert build.returncode == 0, f"exit code {build.returncode}\n{stderr}\n{stdout}"
        yield Slimmed(
            name=name,
            original=original,
            original_before=before,
            slim=f"{repository}:slim",
            debug=f"{repository}:slim-debug",
            report=json.loads(stdout),
            folder=folder,
            process=build.pid,
        )
    finally:
        made = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repository)
        if made:
            docker("image", "rm", "--force", *made.splitlines())


def broken(slimmed: Slimmed, image: str, behaviours: Sequence[Behaviour]) -> dict[str, str]:
    """Name and problem of each of the behaviours that an image does not show."""
    outcomes = Subject(image, slimmed.slim_yaml.parent).outcomes(behaviours)
    return {each.behaviour.name: each.problem for each in outcomes if each.problem}
