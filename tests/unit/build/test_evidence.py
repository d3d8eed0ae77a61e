"""A build that writes what scanners and snapshotters take, and the commands that read it again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slimmer.cli.main import run
from slimmer.errors import ScanFileError, ScanHiddenError, UsageError
from tests.unit.build.bench import Bench, reads

SITE = "/usr/lib/python3/site-packages"
APP = f"{SITE}/flask/app.py"


@pytest.fixture
def flask(bench: Bench) -> Bench:
    """Uses Flask, keeps `idle`, and has `gone` besides."""
    for name, module in (("Flask", "flask/app.py"), ("idle", "idle.py"), ("gone", "gone.py")):
        place = f"{name}-1.0.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n\n"
        bench.engine.write_original(f"{SITE}/{place}/METADATA", metadata)
        record = f"{module},,\n{place}/METADATA,,\n{place}/RECORD,,\n"
        bench.engine.write_original(f"{SITE}/{place}/RECORD", record)
        bench.engine.write_original(f"{SITE}/{module}", "code")
    bench.engine.program = reads(APP, "/etc/app.conf")
    return bench


INCLUDED: Any = {"includes": (f"{SITE}/idle.py",)}


def trivy(file: Path, *names: str) -> Path:
    """A report with all of these packages, each with a weakness of its name."""
    result = {
        "Target": "Python",
        "Type": "python-pkg",
        "Packages": [{"Name": name, "Version": "1.0"} for name in names],
        "Vulnerabilities": [
            {"VulnerabilityID": f"CVE-{name}", "PkgName": name, "InstalledVersion": "1.0"}
            for name in names
        ],
    }
    file.write_text(json.dumps({"SchemaVersion": 2, "ArtifactName": "x", "Results": [result]}))
    return file


def names_of(place: str) -> dict[str, str]:
    components = json.loads(Path(place).read_text())["components"]
    return {
        each["name"]: next(
            (p["value"] for p in each["properties"] if p["name"] == "slimmer:package:use"), ""
        )
        for each in components
        if each["type"] == "library"
    }


def test_both_bills_are_written_and_the_report_counts(flask: Bench) -> None:
    report = flask.build(**INCLUDED)

    assert names_of(report["artifacts"]["sbom"]) == {"Flask": "used", "idle": "unused"}
    assert names_of(report["artifacts"]["sbom_original"]) == {
        **{"Flask": "used", "idle": "unused", "gone": "removed"}
    }
    [python] = [each for each in report["ecosystems"] if each["type"] == "pypi"]
    assert (python["packages"], python["removed"], python["used"]) == (3, 1, 1)
    page = (flask.reports / "report.html").read_text()
    assert "of 3 Python packages 1 was removed; 2 stay, 1 was used" in page


def test_all_that_is_asked_for_is_written(flask: Bench, tmp_path: Path) -> None:
    scan = trivy(tmp_path / "scan.json", "Flask", "idle", "gone")
    report = flask.build(
        spdx=True,
        scan=scan,
        vex=tmp_path / "vex.json",
        export_prefetch=tmp_path / "first.txt",
        **INCLUDED,
    )

    statements = json.loads((tmp_path / "vex.json").read_text())["statements"]
    assert [each["vulnerability"]["name"] for each in statements] == ["CVE-gone"]
    assert any("of 3 findings" in note and "1 are not" in note for note in report["notes"])
    listed = (tmp_path / "first.txt").read_text().split()
    assert listed.index(APP) < listed.index("/etc/app.conf"), "as they were opened"
    assert json.loads(Path(report["artifacts"]["spdx"]).read_text())["spdxVersion"] == "SPDX-2.3"
    assert {"vex", "prefetch"} <= report["artifacts"].keys()

    flask.build(**INCLUDED)
    assert not Path(report["artifacts"]["spdx"]).exists(), "of an earlier build"


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        (lambda folder: {"vex": folder / "vex.json"}, UsageError, "go together"),
        (lambda folder: {"scan": folder / "scan.json"}, UsageError, "go together"),
        (
            lambda folder: {"scan": folder / "none.json", "vex": folder / "vex.json"},
            ScanFileError,
            "cannot be read",
        ),
        (lambda folder: {"export_prefetch": folder}, UsageError, "cannot be written"),
        (lambda folder: {"export_prefetch": folder / "no/x"}, UsageError, "cannot be written"),
    ],
)
def test_what_would_fail_at_the_end_fails_before_anything_starts(
    flask: Bench,
    tmp_path: Path,
    options: Callable[[Path], dict[str, Any]],
    error: type[Exception],
    told: str,
) -> None:
    with pytest.raises(error, match=told):
        flask.build(**options(tmp_path))
    assert flask.purposes == []


class TestCommands:
    def test_vex_from_a_report(
        self, flask: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        flask.build(**INCLUDED)
        scan = trivy(tmp_path / "scan.json", "Flask", "idle", "gone")

        assert run(["vex", str(flask.reports), str(scan)]) == 0

        out, err = capsys.readouterr()
        [statement] = json.loads(out)["statements"]
        assert statement["vulnerability"] == {"name": "CVE-gone"}
        assert "of 3 findings 1 are not in my-app:1-slim" in err
        assert "CVE-Flask  flask 1.0: 3/3 files are in the image, used in boot" in err

    def test_a_report_of_before_there_were_bills_is_told_by_name(
        self, flask: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        flask.build(**INCLUDED)
        (flask.reports / "sbom-original.cdx.json").unlink()
        scan = str(trivy(tmp_path / "scan.json", "Flask"))
        for command in (
            ["vex", str(flask.reports), scan],
            ["scan-diff", scan, scan, "--report", str(flask.reports)],
        ):
            assert run(command) == ScanFileError.exit_code
            assert "build the image again" in capsys.readouterr().err

    def test_scan_diff_tells_hidden_ones_with_a_code_of_its_own(
        self, flask: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        flask.build(**INCLUDED)
        before = trivy(tmp_path / "before.json", "Flask", "idle", "gone")
        after = trivy(tmp_path / "after.json", "Flask")
        command = ["scan-diff", str(before), str(after), "--report", str(flask.reports)]

        assert run(command) == ScanHiddenError.exit_code
        out, err = capsys.readouterr()
        assert "packages    1 removed, 1 used, 1 hidden" in out
        assert "lost sight of what is still in the image: 2, first idle 1.0" in err
        written = ["--format", "json", "--output", str(tmp_path / "diff.json")]
        assert run([*command, *written]) == ScanHiddenError.exit_code
        told = json.loads((tmp_path / "diff.json").read_text())
        assert [each["fate"] for each in told["packages"]] == ["hidden", "used", "removed"]

        assert run([*command[:1], str(before), str(before), "--format", "markdown"]) == 0
        assert "- weaknesses: 3 there" in capsys.readouterr().out

    def test_reports_the_wrong_way_round_are_refused(
        self, flask: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        report = flask.build(**INCLUDED)
        of_slim = trivy(tmp_path / "slim.json", "Flask")
        document = json.loads(of_slim.read_text())
        document["Metadata"] = {"ImageID": report["slim"]["id"]}
        of_slim.write_text(json.dumps(document))
        other = trivy(tmp_path / "other.json", "Flask")

        command = ["scan-diff", "--report", str(flask.reports)]
        assert run([*command, str(of_slim), str(other)]) == UsageError.exit_code
        assert "the wrong way round" in capsys.readouterr().err
        assert run([*command, str(other), str(of_slim)]) == 0

    def test_diff_of_the_original_s_bill_and_the_slim_one_s(
        self, flask: Bench, capsys: pytest.CaptureFixture[str]
    ) -> None:
        flask.build(**INCLUDED)

        assert run(["diff", "--sbom", str(flask.reports)]) == 0

        out = capsys.readouterr().out
        assert "before  3 packages" in out
        assert "after   2 packages, 1 used" in out
        assert out.splitlines()[-1].split() == ["gone", "pypi", "gone", "1.0"]
        assert run(["diff", "--sbom", "never-built:latest"]) == UsageError.exit_code
        assert "is not an SBOM" in capsys.readouterr().err
