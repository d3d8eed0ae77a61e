"""The article's three cases: a Dockerfile that `slim advise` has written makes an image that passes
the sample's probes, and is as small as five steps by hand make it."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.conftest import SAMPLE_APPS, Slimmed, each_of
from tests.apps.container import inspect_image

SAMPLES = runpy.run_path(str(SAMPLE_APPS / "build.py"))
"""How samples are built."""
LARGEST = {"express": 100_000_000, "go": 10_000_000, "flask": 0}
"""Bytes; 0: a tenth of the original."""


@pytest.fixture
def repository() -> Iterator[str]:
    name = f"slimmer-test-{uuid.uuid4().hex[:12]}"
    yield name
    for tag in ("slim", "advised"):
        subprocess.run(
            ["docker", "image", "rm", "--force", f"{name}:{tag}"], capture_output=True, check=False
        )


def slim(*arguments: str | Path) -> str:
    """What it said on stderr."""
    result = subprocess.run(
        [sys.executable, "-m", "slimmer", *map(str, arguments)],
        cwd=SAMPLE_APPS.parent,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DOCKER_BUILDKIT": "0"},
    )
    assert result.returncode == 0, f"{result.stderr}\n{result.stdout}"
    return result.stderr


@pytest.mark.parametrize("slimmed", each_of(LARGEST), indirect=True)
def test_what_is_advised_is_as_small_as_what_is_made_by_hand(
    slimmed: Slimmed, repository: str, tmp_path: Path
) -> None:
    folder, report = slimmed.slim_yaml.parent, slimmed.folder
    if slimmed.strategy != "minimal":
        report = tmp_path / "report"
        slim(
            *("build", slimmed.original, "--file", slimmed.slim_yaml, "--strategy", "minimal"),
            *("--from-trace", slimmed.trace, "--no-debug", "--verify", "off"),
            *("--tag", f"{repository}:slim", "--report-dir", report),
        )
    base = SAMPLES["trusting"](
        subprocess.run(
            [SAMPLE_APPS / "base"], capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    arguments = SAMPLES["build_arguments"](
        (folder / "Dockerfile").read_text(), base=base, environment=os.environ
    )
    told = slim(
        *("advise", slimmed.original, "--report", report, "--dockerfile", folder),
        *("--write", tmp_path / "Dockerfile", "--prove", "--file", slimmed.slim_yaml),
        *("--tag", f"{repository}:advised"),
        *(f"--build-arg={key}={value}" for key, value in arguments.items()),
    )
    assert re.search(r"\d+ probes? passed$", told.strip()), told
    size = inspect_image(f"{repository}:advised")["Size"]
    assert size < (LARGEST[slimmed.name] or slimmed.original_before["Size"] / 10)
