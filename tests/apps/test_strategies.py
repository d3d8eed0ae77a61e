"""Samples whose slim.yaml asks for `minimal`, with the other strategies, from the same trace: the
default shows what no probe touched, and neither brings half of the distribution along. What `safe`
shows is counted by `make survey`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.apps.conftest import SAMPLE_APPS, Slimmed, broken, each_of
from tests.apps.container import docker, inspect_image

pytestmark = [pytest.mark.apps, pytest.mark.engine]

LARGEST = {
    "express": {"balanced": 145, "safe": 190},
    "flask": {"balanced": 65, "safe": 115},
    "imagetool": {"balanced": 155, "safe": 192},
    "nginx": {"balanced": 23, "safe": 65},
    "static": {"balanced": 2, "safe": 2},
}
"""MB that an image may have."""


@pytest.mark.parametrize("strategy", ["balanced", "safe"])
@pytest.mark.parametrize("slimmed", each_of(LARGEST), indirect=True)
def test_another_strategy_keeps_more_and_not_too_much(slimmed: Slimmed, strategy: str) -> None:
    assert slimmed.strategy == "minimal"
    image = f"{slimmed.slim}-{strategy}"
    command = [
        sys.executable, "-m", "slimmer", "build", slimmed.original, "--strategy", strategy,
        "--file", slimmed.slim_yaml, "--from-trace", slimmed.trace, "--tag", image, "--no-debug",
        "--max-size", "1GB", "--report-dir", slimmed.folder / strategy, "--verify", "off",
    ]  # fmt: skip
    subprocess.run(list(map(str, command)), cwd=SAMPLE_APPS.parent, check=True)
    try:
        if strategy == "balanced":
            assert broken(slimmed, image, slimmed.behaviours) == {}
        assert inspect_image(image)["Size"] < LARGEST[slimmed.name][strategy] * 1_000_000
    finally:
        docker("image", "rm", "--force", image)
