"""`slim fleet` as users run it: two workers on the engine, failures told, nothing built twice,
layers shared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.engine.conftest import BUSYBOX, OWN, Ran

pytestmark = pytest.mark.engine

COMMON = bytes(range(256)) * 4096
"""A megabyte that is in an image of two."""


def test_a_fleet_from_the_first_build_to_the_second_run(
    client: docker.DockerClient,
    slim: Callable[..., Ran],
    image: Callable[..., str],
    tmp_path: Path,
) -> None:
    base = image(f"FROM {BUSYBOX}\nCOPY data /srv/data\n", {"data": COMMON})
    one, two = (
        image(f'FROM {base}\nCOPY only /srv/only\nCMD ["sleep", "1000"]\n', {"only": text})
        for text in (b"one", b"two")
    )
    fleet = {
        "defaults": {
            "strategy": "minimal",
            "debug": False,
            "run": {"stop_timeout": 0, "start_timeout": 5},
            "probes": [{"exec": "cat /srv/data"}, {"exec": "cat /srv/only"}],
        },
        "images": [one, two, f"{OWN}-is-not-there:1"],
    }
    (tmp_path / "fleet.yaml").write_text(json.dumps(fleet))

    first = slim("fleet", "--workers", "2")
    assert first.code == 61, first.stderr
    assert "the image does not exist in the engine (exit code 5)" in first.stderr
    report = read(tmp_path)
    assert [each["status"] for each in report["builds"]] == ["built", "built", "failed"]
    (foundation,) = report["sharing"]["foundations"]
    try:
        assert foundation["used"], first.stderr
        assert report["sharing"]["node"] < report["sharing"]["node_separate"] - len(COMMON) // 2
        layers = [
            client.images.get(f"{name}-slim").attrs["RootFS"]["Layers"] for name in (one, two)
        ]
        assert layers[0][0] == layers[1][0]

        fleet["images"].pop()  # type: ignore[attr-defined]
        (tmp_path / "fleet.yaml").write_text(json.dumps(fleet))
        second = slim("fleet")
        assert second.code == 0, second.stderr
        assert [each["status"] for each in read(tmp_path)["builds"]] == ["unchanged"] * 2
        assert "is unchanged" in second.stderr
    finally:
        for name in (f"{one}-slim", f"{two}-slim", foundation["reference"]):
            client.images.remove(name, force=True)


def read(folder: Path) -> Any:
    return json.loads((folder / "slim-fleet" / "fleet.json").read_text())
