"""`slim lint` as people and pipelines run it: exit codes, bad input, and what is told of it."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import time
from pathlib import Path

import pytest

from slimmer.cli.main import run
from slimmer.lint import CHECKS, SEVERITIES
from slimmer.options.lint_section import FailureThreshold

DOCS = Path(__file__).parents[3] / "docs" / "lint.md"
CLEAN = 'FROM debian:12-slim\nUSER nobody\nCMD ["a"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Dockerfile").write_text(CLEAN)
    return tmp_path


def test_the_folder_at_hand_is_the_default(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["lint"]) == 0
    out = capsys.readouterr().out
    assert "Dockerfile" in out
    assert "SL043" in out  # told, and below the threshold


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 46),
        (["--failure-threshold", "error"], 0),
        (["--failure-threshold", "none"], 0),
        (["--ignore", "SL042,DL3006"], 0),
        (["--ignore", "sl042", "--ignore", "DL3006", "--failure-threshold", "style"], 0),
    ],
)
def test_the_threshold_decides(folder: Path, options: list[str], code: int) -> None:
    (folder / "Dockerfile").write_text('FROM debian\nUSER 1000\nCMD ["a"]\n')
    assert run(["lint", *options]) == code


def test_a_stage_can_be_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'FROM a:1 AS one\nCMD b\nFROM a:1 AS two\nUSER c\nCMD ["d"]\n'
    (folder / "Dockerfile").write_text(text)
    assert run(["lint", "--no-hadolint"]) == 0
    assert run(["lint", "--no-hadolint", "--target", "ONE"]) == 46
    assert run(["lint", "--target", "three"]) == 47
    assert "its stages: one, two" in capsys.readouterr().err


def test_several_files_are_one_report(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "Other").write_text("FROM debian\n")
    assert run(["lint", ".", "Other", "--format", "json"]) == 46
    document = json.loads(capsys.readouterr().out)
    assert [file["path"] for file in document["files"]] == ["Dockerfile", "Other"]


def test_the_context_may_be_another_folder(folder: Path) -> None:
    (folder / "docker").mkdir()
    (folder / "docker" / "Dockerfile").write_text(CLEAN + "COPY Dockerfile other /x/\n")
    (folder / "other").write_text("1")
    assert run(["lint", "docker"]) == 46
    assert run(["lint", "docker", "--context", "."]) == 0


def test_stdin_has_no_context(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = CLEAN.encode() + b"COPY nothing /x\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert run(["lint", "-"]) == 0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert run(["lint", "-", "--context", "."]) == 46


@pytest.mark.parametrize("form", ["json", "sarif", "gitlab", "junit", "github", "terminal"])
def test_a_form_goes_into_a_file(
    folder: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["lint", "--format", form, "--output", "found"]) == 0
    assert "SL043" in (folder / "found").read_text("utf-8")
    told = capsys.readouterr()
    assert (told.out, "finding" in told.err) == ("", True)


def test_a_file_that_cannot_be_written(folder: Path) -> None:
    assert run(["lint", "--output", "none/found"]) == 2


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty", b"", "Dockerfile:1: no instruction in it"),
        ("binary", b"\x7fELF\0\0", "this is a binary file"),
        ("wrong", b"FROM a\nRUM b\n", "Dockerfile:2: unknown instruction `RUM`; expected RUN"),
        ("heredoc", b"FROM a\nRUN <<E\nb\n", "expected a line `E` after it"),
        ("escape", b"FROM a\n\x1b[2J\n", "unknown instruction `\\x1b[2J`"),
    ],
)
def test_a_dockerfile_that_cannot_be_read(
    folder: Path, name: str, content: bytes, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / name).mkdir()
    (folder / name / "Dockerfile").write_bytes(content)
    assert run(["lint", name]) == 47
    assert told in capsys.readouterr().err


def test_what_was_looked_for_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "empty").mkdir()
    (folder / "other").mkdir()
    (folder / "other" / "prod.Dockerfile").write_text(CLEAN)
    assert run(["lint", "empty"]) == 47
    assert run(["lint", "nowhere"]) == 47
    assert run(["lint", "other"]) == 47
    err = capsys.readouterr().err
    assert "no Dockerfile in empty: looked for Dockerfile, Containerfile, dockerfile" in err
    assert "nowhere does not exist" in err
    assert "name one: slim lint other/prod.Dockerfile" in err


def test_an_ignore_file_that_cannot_be_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".dockerignore").write_text("a\n[\n")
    assert run(["lint", "--format", "json"]) == 47
    told = capsys.readouterr()
    assert ".dockerignore:2:" in told.err
    assert json.loads(told.out)["error"]["exit_code"] == 47


def test_hadolint_that_fails_has_its_own_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".hadolint.yaml").write_text("ignored: 5\n")
    assert run(["lint"]) == 48
    assert "--no-hadolint" in capsys.readouterr().err
    assert run(["lint", "--no-hadolint"]) == 0


def test_hadolint_that_is_missing_is_told_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("slimmer.cli.lint.find_hadolint", lambda: "")
    assert run(["lint"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "hadolint is not installed: only slim's own checks ran" in out
    assert "pip install 'slimmer-images[lint]'" in out


def test_names_with_newlines_and_escapes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "a\n\x1b]0;title\x07"
    (folder / name).mkdir()
    (folder / name / "Dockerfile").write_text(CLEAN + f"COPY {name[3:]}* /x\n")
    run(["lint", name])
    run(["lint", name + "none"])
    told = capsys.readouterr()
    assert "\\x1b]0;title\\x07" in told.out
    assert (told.out + told.err).replace("\n", "").isprintable()


def test_twenty_thousand_files_take_less_than_a_second_of_work(folder: Path) -> None:
    """Of this process, as other tests run beside it; hadolint takes some 30 ms more."""
    for number in range(200):
        place = folder / "src" / str(number)
        place.mkdir(parents=True)
        for file in range(100):
            (place / f"{file}.js").touch()
    (folder / ".dockerignore").write_text("*.md\n**/*.log\n.git\n!README.md\n")
    (folder / "Dockerfile").write_text(CLEAN + "COPY . /x\nRUN rm -rf /x/src/1*\n")
    before = time.process_time()
    assert run(["lint", "--failure-threshold", "none"]) == 0
    assert time.process_time() - before < 1


def test_every_code_is_described() -> None:
    text = DOCS.read_text("utf-8")
    for check in CHECKS:
        assert f"### {check.code}: {check.name}\n" in text
        for twin in check.same_as:
            assert twin in text


def test_the_program_of_the_path_is_used_where_the_environment_has_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slimmer.lint import find_hadolint

    found = find_hadolint()
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(folder))
    monkeypatch.setenv("PATH", os.path.dirname(found))
    assert find_hadolint() == found
    monkeypatch.setenv("PATH", "")
    assert find_hadolint() == ""


def test_what_holds_for_every_run_stands_in_slim_yaml(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "Dockerfile").write_text('FROM debian\nUSER 1000\nCMD ["a"]\n')
    assert run(["lint", "--no-hadolint"]) == 46
    told = capsys.readouterr().out
    codes = sorted(set(re.findall(r"SL\d{3}", told)))
    (folder / "slim.yaml").write_text(
        f"image: app\nlint: {{hadolint: false, ignore: [{', '.join(codes)}]}}\n"
    )
    assert run(["lint"]) == 0
    assert not re.search(r"SL\d{3}|DL\d{4}", capsys.readouterr().out)

    (folder / "slim.yaml").write_text("lint: {hadolint: false, failure_threshold: none}\n")
    assert run(["lint"]) == 0
    assert codes == sorted(set(re.findall(r"SL\d{3}", capsys.readouterr().out)))
    assert run(["lint", "--failure-threshold", "style"]) == 46

    (folder / "slim.yaml").write_text("lint: {ignored: [SL043]}\n")
    assert run(["lint"]) == 6
    assert "slim.yaml:1: lint.ignored" in capsys.readouterr().err


def test_slim_yaml_has_the_thresholds_of_the_option() -> None:
    assert [each.value for each in FailureThreshold] == [*SEVERITIES, "none"]
