"""dive's figures, with dive itself as the witness."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from slimmer.image.archive import read_image_file
from slimmer.xray import Inspection, examine, judge
from tests.unit.xray.archives import DIRECTORY, File, docker_archive, layer

DIVE = Path(sys.executable).with_name("dive")
Files = Mapping[str, bytes | File]


def dive(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(DIVE), "--source", "docker-archive", *arguments],
        env={**os.environ, "CI": "false", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


BASE: Files = {
    "bin/": DIRECTORY,
    "bin/sh": b"s" * 100_000,
    "bin/hard": File(hard="bin/sh"),
    "lib/a/one": b"1" * 5000,
    "lib/a/two": b"2" * 7000,
    "lib/b/three": b"3" * 11_000,
    "lib/link": File(link="a/one"),
    "opt/": DIRECTORY,
    "opt/app/": DIRECTORY,
    "opt/app/data": b"d" * 40_000,
    "opt/app/more/data": b"m" * 20_000,
    "empty/": DIRECTORY,
    "Zeta": b"z" * 10,
    "tmp": File(kind=b"5", mode=0o1777),
}
IMAGES: Mapping[str, list[Files]] = {
    "one layer": [BASE],
    "changed": [BASE, {"bin/sh": b"S" * 90_000, "new": b"n"}, {"bin/sh": b"S" * 90_001}],
    "file removed": [BASE, {"bin/.wh.sh": b""}],
    "removed and made again": [BASE, {"bin/.wh.sh": b""}, {"bin/sh": b"again"}],
    "directory removed": [BASE, {"opt/.wh.app": b""}],
    "directory removed and made again": [BASE, {"opt/.wh.app": b""}, {"opt/app/": DIRECTORY}],
    "directory that no layer names": [BASE, {"lib/.wh.a": b"", "lib/a/one": b"1"}],
    "nested removals": [BASE, {"opt/app/.wh.more": b"", ".wh.opt": b""}, {"opt/x": b"1" * 99}],
    "opaque": [BASE, {"opt/app/.wh..wh..opq": b"", "opt/app/data": b"d"}, {"opt/.wh.app": b""}],
    "opaque and nothing else": [BASE, {"opt/app/more/.wh..wh..opq": b""}],
    "removal of what is not there": [BASE, {"a": b"1" * 50, "bin/.wh.no": b"", "zz": b"2" * 70}],
    "removal in the lowest": [{**BASE, "lib/.wh.b": b"", "zz": b"1"}, {"Zeta": b"new"}],
    "file for a directory": [BASE, {"opt/app": b"file"}, {"opt/.wh.app": b""}],
    "directory for a file": [BASE, {"bin/sh/": DIRECTORY, "bin/sh/x": b"1" * 100}],
    "owner changed": [BASE, {"opt/app/data": File(b"d" * 40_000, uid=5)}],
    "links": [BASE, {"bin/sh": b"1" * 50, "bin/hard": File(hard="bin/sh")}],
    "names that sort early": [
        {**BASE, "opt/!a": b"1" * 30},
        {"opt/!a": b"2" * 40, "opt/.wh.app": b"", "opt/.wh.none": b"", "opt/z": b"3"},
        {"opt/z": b"4"},
    ],
    "the same twice": [BASE, BASE, {"lib/.wh.a": b""}, BASE],
}


@pytest.mark.parametrize("name", IMAGES)
def test_figures_are_those_of_dive(tmp_path: Path, name: str) -> None:
    file, told = tmp_path / "image.tar", tmp_path / "dive.json"
    file.write_bytes(docker_archive([layer(each) for each in IMAGES[name]]))
    ran = dive(str(file), "--json", str(told))
    assert told.exists(), ran.stdout + ran.stderr
    witness = json.loads(told.read_bytes())
    figures = examine(read_image_file(file, Inspection()), "app").dive
    assert figures.efficiency == pytest.approx(witness["image"]["efficiencyScore"], abs=1e-12)
    assert figures.wasted_size == witness["image"]["inefficientBytes"]
    assert figures.size == witness["image"]["sizeBytes"]
    assert {(each.path, each.count, each.size) for each in figures.paths} == {
        (each["file"], each["count"], each["sizeBytes"])
        for each in witness["image"]["fileReference"]
    }


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"lowestEfficiency": "0.5", "highestUserWastedPercent": "1"},
        {"lowestEfficiency": "disabled", "highestWastedBytes": "100kB"},
        {"highestWastedBytes": "1MiB", "highestUserWastedPercent": "disabled"},
    ],
)
@pytest.mark.parametrize("name", ["changed", "directory removed", "file removed", "owner changed"])
def test_verdicts_are_those_of_dive(tmp_path: Path, name: str, rules: dict[str, str]) -> None:
    file = tmp_path / "image.tar"
    file.write_bytes(docker_archive([layer(each) for each in IMAGES[name]]))
    config = tmp_path / ".dive-ci"
    config.write_text("rules:\n" + "".join(f"  {rule}: {told!r}\n" for rule, told in rules.items()))
    ran = dive(str(file), "--ci", "--ci-config", str(config))
    lines = re.findall(r"(PASS|FAIL|SKIP)\S*: (\w+)", ran.stdout)
    said = {rule: verdict for verdict, rule in lines if rule.startswith(("lowest", "highest"))}
    verdict = judge(examine(read_image_file(file, Inspection()), "app").dive, rules)
    assert {rule.rule: rule.verdict.upper() for rule in verdict.rules} == said, ran.stdout
    assert verdict.passed == (ran.returncode == 0)
