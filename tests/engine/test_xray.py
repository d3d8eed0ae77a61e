"""`slim xray` of an image in the engine: one pass over what the engine streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import Ran

pytestmark = pytest.mark.engine
IMAGE = "slimmer-samples/musl:latest"


def test_the_engine_gives_what_its_archive_has_and_dive_finds(
    slim: Callable[..., Ran], tmp_path: Path
) -> None:
    file, witness = tmp_path / "image.tar", tmp_path / "dive.json"
    subprocess.run(["docker", "save", IMAGE, "-o", file], check=True)
    ran = slim("xray", IMAGE, "--json")
    assert ran.code == 0, ran.stderr
    streamed, read = json.loads(ran.stdout), json.loads(slim("xray", str(file), "--json").stdout)
    assert streamed["image"]["source"] == "engine"
    assert len(streamed["layers"]) > 1
    for document in (streamed, read):
        for each in ("reference", "source", "name"):
            document["image"].pop(each, None)
    assert streamed == read
    subprocess.run(
        [Path(sys.executable).with_name("dive"), IMAGE, "--json", witness],
        env={**os.environ, "CI": "false"},
        capture_output=True,
        check=True,
    )
    found = json.loads(witness.read_bytes())["image"]
    figures = read["dive"]
    assert figures["size"] == found["sizeBytes"]
    assert figures["wasted_size"] == found["inefficientBytes"]
    assert figures["efficiency"] == pytest.approx(found["efficiencyScore"], abs=1e-12)


def test_an_image_that_is_not_there(slim: Callable[..., Ran]) -> None:
    assert slim("xray", "slimmer-samples/no-such:1").code == 5
