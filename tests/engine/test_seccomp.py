"""Profiles on a real engine: finished images pass under them, and what one stops is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from slimmer.build import build_image, profile_image
from slimmer.options import BuildOptions, DebugImage
from slimmer.probing.kinds import ExecProbe
from slimmer.progress import console_progress
from slimmer.seccomp import write_profile
from slimmer.values import Strategy
from tests.engine.conftest import BUSYBOX

pytestmark = pytest.mark.engine

DOCKERFILE = f"FROM {BUSYBOX}\nCMD mkdir /made && echo made\n"


def options(name: str, folder: Path, **more: object) -> BuildOptions:
    settings: dict[str, object] = {
        "strategy": Strategy.MINIMAL,
        "debug": DebugImage.NONE,
        "report_directory": folder / "report",
        "seccomp": folder / "profile.json",
    }
    return BuildOptions(image=name, **{**settings, **more})  # type: ignore[arg-type]


def run(profile: Path, image: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", "run", "--rm", "--security-opt", f"seccomp={profile}", image, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_call_that_the_profile_stops_is_found_and_added(
    image: Callable[..., str], tmp_path: Path
) -> None:
    report = build_image(
        options(image(DOCKERFILE, {}), tmp_path, withheld_calls=("mkdir", "mkdirat")),
        console_progress(sys.stderr, quiet=True),
    )
    assert report.seccomp is not None
    (added,) = report.seccomp.added_by_repair
    assert added in ("mkdir", "mkdirat")
    assert report.seccomp.calls[added] == "repair"
    assert report.slim is not None
    ran = run(tmp_path / "profile.json", report.slim.reference)
    assert (ran.returncode, ran.stdout) == (0, "made\n"), ran.stderr


def test_the_engine_takes_the_profile_and_stops_the_rest(
    image: Callable[..., str], tmp_path: Path
) -> None:
    name = image(DOCKERFILE, {})
    probe = ExecProbe(name="list", command=("ls", "/"))
    made = profile_image(
        options(name, tmp_path, probes=(probe,)), console_progress(sys.stderr, quiet=True)
    )
    assert made.tested
    assert "chroot" not in made.profile.allowed
    file = tmp_path / "profile.json"
    write_profile(file, made.profile)
    assert json.loads(file.read_bytes())["defaultAction"] == "SCMP_ACT_ERRNO"
    ran = run(file, name, "chroot", "/", "ls")
    assert ran.returncode != 0
    assert "not permitted" in ran.stderr, ran.stderr
    assert run(file, name).stdout == "made\n"
