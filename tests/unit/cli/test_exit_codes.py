"""One exit code per cause: unique, documented, and given by the process."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from slimmer import errors
from slimmer.cli.failure import all_causes, as_object, errors_as_json, show
from slimmer.cli.main import run, slim
from slimmer.errors import (
    EngineUnreachableError,
    NoSpaceError,
    SlimError,
    UsageError,
    as_slim_error,
)
from slimmer.workspace import explained

PAGE = Path(__file__).parents[3] / "docs" / "exit-codes.md"


def subclasses(base: type[SlimError]) -> set[type[SlimError]]:
    """Those of slimmer/errors/: a private kind of an error shares its parent's code."""
    found = {each for each in base.__subclasses__() if each.__module__.startswith(errors.__name__)}
    return found.union(*map(subclasses, found))


def test_each_cause_has_a_code_of_its_own() -> None:
    causes = all_causes()
    assert set(causes) == {SlimError} | subclasses(SlimError)
    codes = [each.exit_code for each in causes]
    assert len(set(codes)) == len(codes)
    assert len({each.cause for each in causes}) == len(causes)
    assert 0 not in codes
    # A shell tells of 126 and 127 itself, and of signals from 128 on: 130 is Ctrl-C.
    assert [code for code in codes if code > 125] == [130]
    assert all("exit_code" in vars(each) and "cause" in vars(each) for each in causes)


def table_of(text: str, row: str) -> dict[int, str]:
    return {int(code): cause.strip() for code, cause in re.findall(row, text, re.MULTILINE)}


EXPECTED = {0: "done", **{each.exit_code: each.cause for each in all_causes()}}


def test_the_help_lists_them() -> None:
    assert "slim help exit-codes" in CliRunner().invoke(slim, ["--help"]).output
    text = CliRunner().invoke(slim, ["help", "exit-codes"]).output
    assert table_of(text, r"^ +(\d+)  (\S.*)$") == EXPECTED


def test_the_page_lists_them() -> None:
    assert table_of(PAGE.read_text("utf-8"), r"^\| (\d+) \| (.+) \|$") == EXPECTED


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["build", "--help"], 0),
        (["help", "trace", "start"], 0),
        (["help", "no-such-command"], 2),
        (["build", "--no-such-option"], 2),
        (["build", "x", "--port", "70000"], 2),
        (["build", "x", "--http-probe", "no path"], 2),
        (["build", "x", "--no-debug", "--debug-from", "y"], 2),
        (["build", "x", "--max-size", "much"], 2),
        (["build", "--file", "no-such.yaml"], 6),
        (["debug", "trace", __file__], 12),
    ],
)
def test_the_process_ends_with_them(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    told = capsys.readouterr()
    assert (told.out == "") == (code != 0)
    assert ("rror: " in told.err) == (code != 0)


def test_a_word_that_is_no_command_without_an_engine_that_knows_images(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere")
    assert run(["no-such-command"]) == EngineUnreachableError.exit_code
    told = capsys.readouterr().err
    assert "no container engine answers at unix:///nowhere" in told
    assert "`no-such-command` was taken for an image" in told


def test_an_error_is_told_once_with_all_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    error = UsageError("what was found", hint="what to do", details="first line\nlast line\n")
    with pytest.raises(UsageError), errors_as_json(True):
        raise error
    assert show(error) == 2
    told = capsys.readouterr()
    assert told.err.splitlines() == [
        "  │ first line",
        "  │ last line",
        "error: what was found",
        "  hint: what to do",
    ]
    assert as_object(error) == {
        "exit_code": 2,
        "cause": UsageError.cause,
        "message": "what was found",
        "hint": "what to do",
        "details": "first line\nlast line\n",
    }


def test_a_full_disk_behind_the_output_is_no_bug_of_slimmer() -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "slimmer", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert ran.returncode == NoSpaceError.exit_code
    assert "full" in ran.stderr
    assert "bug" not in ran.stderr


@pytest.mark.parametrize(
    "command", [("xray", "app.tar"), ("lint", "Dockerfile"), ("fleet", "fleet.yaml")]
)
def test_what_this_user_may_not_read_is_no_bug_of_slimmer(
    tmp_path: Path, command: tuple[str, str]
) -> None:
    """Python raises for it wherever it only looks whether a file is there."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    name, file = command
    as_nobody = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    ran = subprocess.run(
        [*as_nobody, sys.executable, "-m", "slimmer", name, str(closed / file)],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == UsageError.exit_code
    assert ran.stderr.startswith(f"error: this user may not use {closed / file}: Permission denied")


def test_a_place_that_is_not_the_temporary_one_is_not_blamed_on_tmpdir() -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "/closed/report")
    assert explained(error, Path("/tmp"), "TMPDIR") is error
    for inside in ("/tmp/slimmer-1/x", "/"):
        error = PermissionError(errno.EACCES, "Permission denied", inside)
        assert "TMPDIR" in as_slim_error(explained(error, Path("/tmp"), "TMPDIR")).hint
