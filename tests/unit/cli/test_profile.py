"""`slim profile` on a saved trace: no engine is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slimmer.cli.main import run
from slimmer.trace.saved import to_bytes
from slimmer.values import CallUse
from tests.unit.trace.saved.examples import saved

MLOCK = CallUse(phase="boot", architecture="x86_64", name="mlock")


@pytest.fixture
def trace(tmp_path: Path) -> str:
    file = tmp_path / "app.trace"
    file.write_bytes(to_bytes(saved(calls=(MLOCK,))))
    return str(file)


def allowed(file: Path) -> set[str]:
    return {
        name
        for rule in json.loads(file.read_bytes())["syscalls"]
        if rule["action"] == "SCMP_ACT_ALLOW"
        for name in rule["names"]
    }


def test_the_profile_is_written_and_compared(
    trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "profile.json"
    assert run(["profile", "--from-trace", trace, "-o", str(file)]) == 0
    assert "mlock" in allowed(file)
    told = capsys.readouterr()
    assert "Docker's default profile allows 308" in told.err
    assert "not tested" in told.err
    assert f"--security-opt seccomp={file}" in told.err


def test_quiet_it_says_nothing(
    trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["profile", "--from-trace", trace, "-q", "-o", str(tmp_path / "profile.json")]) == 0
    assert capsys.readouterr() == ("", "")


def test_minimal_leaves_out_what_is_ordinary(trace: str, tmp_path: Path) -> None:
    narrow, wide = tmp_path / "narrow.json", tmp_path / "wide.json"
    assert run(["profile", "--from-trace", trace, "--strategy", "minimal", "-o", str(narrow)]) == 0
    assert run(["profile", "--from-trace", trace, "-o", str(wide)]) == 0
    assert allowed(narrow) < allowed(wide)
    both = tmp_path / "both.json"
    words = ["--strategy", "minimal", "--seccomp-from", str(wide), "-o", str(both)]
    assert run(["profile", "--from-trace", trace, *words]) == 0
    assert allowed(both) == allowed(wide)


def test_what_cannot_be_done_has_a_code_of_its_own(
    trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.trace"
    old.write_bytes(to_bytes(saved()))
    assert run(["profile", "--from-trace", str(old)]) == 53
    assert run(["profile", "--from-trace", trace, "--seccomp-from", __file__]) == 54
    assert run(["profile", "--from-trace", trace, "-o", str(tmp_path / "no" / "file")]) == 54
    assert run(["profile", "my-app", "--from-trace", trace]) == 2
    assert run(["profile"]) == 2
    assert "error:" in capsys.readouterr().err
