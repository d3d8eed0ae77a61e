"""The real hadolint beside our own checks: what it says, what it cannot read, how it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.dockerfile import read_source
from slimmer.errors import HadolintError
from slimmer.lint import LintedFile, LintOptions, configuration_beside, find_hadolint, lint_text
from slimmer.lint.hadolint import run_hadolint

PROGRAM = find_hadolint()


def linted(text: str, *options: str, ignore: str = "") -> LintedFile:
    given = LintOptions(
        hadolint=PROGRAM,
        hadolint_options=options,
        ignore=frozenset(filter(None, ignore.split(","))),
    )
    return lint_text(text.encode(), "Dockerfile", None, given)


def told(text: str, *options: str, ignore: str = "") -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in linted(text, *options, ignore=ignore).findings]


def test_it_is_the_one_of_this_environment() -> None:
    assert Path(PROGRAM).is_file()


def test_findings_of_both_stand_in_one_list() -> None:
    codes = told("FROM debian:12\nRUN cd /x && make\nCMD a\n")
    assert {(2, "DL3003"), (2, "SL031"), (3, "SL041")} <= set(codes)


def test_a_place_is_not_told_of_twice() -> None:
    codes = told("FROM debian\nRUN apt-get update && apt-get install -y b\nUSER root\nCMD c\n")
    assert {code for _, code in codes}.isdisjoint({"DL3006", "DL3009", "DL3002", "DL3025"})
    assert {(1, "SL042"), (2, "SL020"), (3, "SL040"), (4, "SL041"), (2, "DL3008")} <= set(codes)


@pytest.mark.parametrize(
    "text",
    [
        "FROM debian:12\nRUN <<E\na\nE\nRUN cd /x && b\n",
        "FROM debian:12\nCOPY <<E /x\na\n\nE\n# comment\nRUN cd /x && b\n",
        "FROM debian:12\nCOPY <<'A' <<B /x/\na\nA\nb\nB\nRUN cd /x && b\n",
        "FROM debian:12\nRUN <<A\na\nA\nRUN <<B\nb\nB\nRUN cd /x && b\n",
    ],
)
def test_behind_a_here_document_it_goes_on(text: str) -> None:
    """Without help it says DL1000 and nothing else; lines are those of the file all the same."""
    last = text.count("\n")
    assert (last, "DL3003") in told(text)
    assert all(code != "DL1000" for _, code in told(text))


def test_what_it_cannot_read_is_named_and_the_rest_is_linted() -> None:
    text = "FROM debian:12\nRUN cd /x && b\nRUN cat <<A <<B\na\nA\nB\nRUN cd /x && c\n"
    file = linted(text)
    assert [(each.first, each.last) for each in file.hadolint.unseen] == [(3, 6)]
    assert [line for line, code in told(text) if code == "DL3003"] == [2, 7]
    assert "hadolint cannot read line 3 to 6" in file.notes[0]


def test_its_configuration_counts(tmp_path: Path) -> None:
    configuration = tmp_path / ".hadolint.yaml"
    configuration.write_text("ignored: [DL3003]\noverride:\n  error: [DL3008]\n")
    assert configuration_beside(tmp_path / "Dockerfile") == configuration
    text = "FROM debian:12\nRUN cd /x && apt-get install -y b\n"
    file = linted(text, "--config", str(configuration))
    assert {each.code: each.severity for each in file.findings}["DL3008"] == "error"
    assert "DL3003" not in {each.code for each in file.findings}


def test_comments_ignore_findings_of_both() -> None:
    text = (
        "FROM debian:12\n# hadolint ignore=DL3003,DL3009\nRUN cd /x && apt-get update\n"
        "# slim ignore=SL020\nRUN apt-get update\nRUN apt-get update\n"
    )
    assert [line for line, code in told(text) if code == "SL020"] == [6]
    assert (3, "DL3003") not in told(text)
    assert linted(text).ignored == 2
    everywhere = "# slim global ignore=SL020\n" + text
    assert [line for line, code in told(everywhere) if code == "SL020"] == []


def test_options_ignore_by_either_name() -> None:
    text = "FROM debian:12\nRUN apt-get update\nCMD a\n"
    codes = {code for _, code in told(text, ignore="DL3009,SL041,SL043")}
    assert codes.isdisjoint({"SL020", "SL041", "SL043", "DL3009"})


def test_that_it_is_missing_is_said_and_our_checks_run() -> None:
    file = lint_text(b"FROM debian\n", "Dockerfile", None, LintOptions())
    assert [each.code for each in file.findings] == ["SL042"]
    assert file.hadolint.state == "missing"
    assert "pip install 'slimmer-images[lint]'" in file.notes[0]


def test_that_it_fails_is_an_error_of_its_own(tmp_path: Path) -> None:
    wrong = tmp_path / "hadolint.yaml"
    wrong.write_text("ignored: {a: b}\n")
    source = read_source(b"FROM a:1\n", "Dockerfile")
    with pytest.raises(HadolintError) as error:
        run_hadolint(PROGRAM, source, ("--config", str(wrong)))
    assert "expected !!seq" in error.value.details
    with pytest.raises(HadolintError, match="cannot be run"):
        run_hadolint(str(tmp_path / "none"), source)
