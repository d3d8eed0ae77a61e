"""What machines are given: each form with hostile names and texts in it."""

from __future__ import annotations

import io
import json
import re
from xml.etree import ElementTree

import jsonschema
import pytest

from slimmer.lint import Finding, LintedFile, LintReport
from slimmer.lint.document import ContextFacts, HadolintFacts, Weight
from slimmer.lint.formats import FORMATS
from tests.schemas import schema
from tests.unit.report.test_terminal import Terminal

HOSTILE = "\x1b[2J\u202e<b>&\n%::error::,\udcff"


def report(threshold: str = "warning") -> LintReport:
    findings = (
        Finding(
            code="SL003", severity="error", line=2, message=f"copies {HOSTILE}", details=("d",)
        ),
        Finding(code="SL043", severity="style", line=2, message="two"),
        Finding(code="SL043", severity="style", line=3, message="two"),
        Finding(
            code="DL3008",
            severity="warning",
            line=7,
            column=3,
            message="b [c]",
            source="hadolint",
        ),
        Finding(code="SC2086", severity="info", line=8, message="c", source="hadolint"),
    )
    facts = ContextFacts(
        folder=".", size=5_000_000, files=3, largest=(Weight(path=HOSTILE, size=5_000_000),)
    )
    bad = LintedFile(
        path=f"docker/{HOSTILE}/Dockerfile",
        findings=findings,
        context=facts,
        hadolint=HadolintFacts(state="ran"),
        notes=("one note",),
    )
    clean = LintedFile(path="Dockerfile", findings=(), hadolint=HadolintFacts(state="off"))
    return LintReport(threshold=threshold, files=(bad, clean))


def written(form: str, threshold: str = "warning") -> str:
    stream = io.StringIO()
    FORMATS[form](report(threshold), stream)
    return stream.getvalue()


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_nothing_steers_a_terminal(form: str) -> None:
    text = written(form).replace("\n", "")
    assert text.isprintable()
    assert "\u202e" not in text


def test_json_is_of_its_schema() -> None:
    document = json.loads(written("json"))
    jsonschema.validate(document, schema(LintReport))
    assert document["files"][0]["findings"][0]["message"] == f"copies {HOSTILE}"


def test_sarif_names_rule_level_and_place_of_each() -> None:
    document = json.loads(written("sarif"))
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert (document["version"], rules) == ("2.1.0", ["DL3008", "SC2086", "SL003", "SL043"])
    first = run["results"][0]
    place = first["locations"][0]["physicalLocation"]
    assert rules[first["ruleIndex"]] == first["ruleId"] == "SL003"
    assert re.fullmatch(r"docker/[\w%.-]+/Dockerfile", place["artifactLocation"]["uri"])
    assert place["region"] == {"startLine": 2, "startColumn": 1}
    assert run["results"][3]["message"]["text"] == r"b \[c\]", "brackets make no links"
    assert [each["level"] for each in run["results"]] == [
        "error",
        "note",
        "note",
        "warning",
        "note",
    ]


def test_gitlab_has_unique_fingerprints_that_lines_do_not_change() -> None:
    found = json.loads(written("gitlab"))
    marks = [each["fingerprint"] for each in found]
    assert len(set(marks)) == 5
    assert marks[2] == f"{marks[1]}-2"
    assert [each["severity"] for each in found] == ["critical", "info", "info", "major", "minor"]
    assert found[3]["location"]["lines"] == {"begin": 7}


@pytest.mark.parametrize(("threshold", "failures"), [("error", 1), ("info", 3), ("none", 0)])
def test_junit_fails_from_the_threshold_on(threshold: str, failures: int) -> None:
    root = ElementTree.fromstring(written("junit", threshold))
    suites = root.findall("testsuite")
    assert [suite.get("tests") for suite in suites] == ["5", "1"]
    assert suites[0].get("failures") == str(failures)
    assert len(root.findall(".//failure")) == failures
    assert suites[1][0].get("name") == "nothing to mend"


def test_github_gets_one_line_for_each() -> None:
    lines = written("github").splitlines()
    assert len(lines) == 6
    for line in lines:
        assert re.fullmatch(
            r"::(?:error|warning|notice) file=[^:,\s]+(?:,[a-z]+=[^:,\s]+)*::.*", line
        )
    assert lines[3].endswith(",line=7,col=3,title=DL3008::b [c]")
    assert "%0Ad" in lines[0]


@pytest.mark.parametrize("width", [40, 60, 76, 120])
def test_a_terminal_of_any_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    stream = Terminal()
    FORMATS["terminal"](report(), stream)
    text = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert max(map(len, text.splitlines())) <= width
    words = " ".join(text.split())
    for told in ("SL003", "context 5.00 MB in 3 files", "1 error · 1 warning · 1 info · 2 style"):
        assert told in words
    assert "nothing to mend" in words
    assert "note: one note" in words
