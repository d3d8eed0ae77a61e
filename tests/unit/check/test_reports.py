"""What the report of a build adds: used bytes, sizes of strategies, components before, and the
baseline. The report is one that slimmer 0.1.0 wrote, of an image with these files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slimmer.cli.main import run
from slimmer.image.archive import read_image_file
from tests.unit.check.images import ONE_GATE, archive, checked, gate
from tests.unit.check.test_scans import SYFT, written

BEFORE = Path(__file__).parents[1] / "documents_of_before" / "static"
FILES = {
    "server": b"s" * 809_704,
    "www/index.html": b"i" * 67,
    "www/plain.txt": b"p" * 13,
    "usr/src/server/server.symbols": b"d" * 908_304,
}


def report_of(folder: Path, file: Path, role: str, **changes: Any) -> Path:
    """The report, as if this archive had been the `original` or the `slim` image of its build."""
    folder.mkdir(parents=True)
    document = json.loads((BEFORE / "report.json").read_bytes()) | changes
    document[role]["id"] = read_image_file(file).id
    (folder / "report.json").write_text(json.dumps(document))
    (folder / "dropped.json").write_bytes((BEFORE / "dropped.json").read_bytes())
    return folder


@pytest.mark.parametrize("is_named", [True, False])
def test_used_bytes_and_the_slim_image_of_an_original(
    app: Path, is_named: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    archive(app, FILES)
    folder = report_of(Path("elsewhere" if is_named else "slim-report", "app"), app, "original")
    named = ("--report", folder) if is_named else ()
    told = checked(capsys, app, "--max-size", "1MB", *named, code=42)["explanation"]
    assert [(each["name"], each["used_size"]) for each in told["things"][:2]] == [
        ("/usr/src/server/server.symbols", 0),
        ("/server", 809_704),
    ]
    assert told["usage"] == str(folder / "report.json")
    assert told["used_size"] == 809_784
    assert told["strategies"] == [{"strategy": "minimal", "size": 809_784, "is_estimate": False}]
    assert run(["check", str(app), "--max-size", "1MB", *map(str, named)]) == 42
    assert "slim build made 810 kB of it with --strategy minimal" in capsys.readouterr().out


def test_what_a_stricter_strategy_would_give(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive(app, FILES)
    kept = json.loads((BEFORE / "report.json").read_bytes())["kept"]
    for row in kept:
        if row["path"] == "/www/plain.txt":
            row["reasons"] = [{"rule": "application", "detail": "in WORKDIR"}]
    report_of(Path("slim-report/app"), app, "slim", strategy="balanced", kept=kept)
    told = checked(capsys, app, "--max-size", "1MB", code=42)["explanation"]
    assert told["strategies"] == [{"strategy": "minimal", "size": 809_771, "is_estimate": True}]


def test_components_before_from_the_report(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    had = {"packages": 1, "removed": 0, "removed_size": 0, "largest": []}
    ecosystems = [{"type": "deb", **had}, {"type": "npm", **had}]
    report_of(Path("slim-report/app"), app, "slim", ecosystems=ecosystems)
    scan = written("scan.json", SYFT)
    assert gate(checked(capsys, app, "--scan", scan))["measured"] == "2 after 2 before"
    ecosystems[1]["packages"] = 0
    report_of(Path("other/app"), app, "slim", ecosystems=ecosystems)
    result = gate(checked(capsys, app, "--scan", scan, "--report", "other/app", code=42))
    assert [each["what"] for each in result["findings"]] == ["npm packages"]


def test_a_report_is_a_baseline(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = report_of(Path("before"), app, "slim")
    small = archive(Path("small.tar"), FILES)
    for place in (folder, folder / "report.json"):
        limits = ("--max-growth", "1MB", "--baseline", place)
        document = checked(capsys, small, *limits)
        told = document["growth"]
        assert (told["size_before"], told["reference"]) == (809_784, "my-static:slim")
        assert told["packages_before"] is None


def test_a_report_of_another_build(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = report_of(Path("before"), archive(Path("other.tar"), FILES), "slim")
    assert run(["check", str(app), *ONE_GATE, "--report", str(place)]) == 28
    assert "is of another build" in capsys.readouterr().err
    (place / "report.json").write_text("{")
    assert run(["check", str(app), *ONE_GATE, "--report", str(place)]) == 27


def test_a_damaged_report_that_nobody_named_is_passed_over(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = report_of(Path("slim-report/app"), app, "slim", kept=None)
    assert place.is_dir()
    assert checked(capsys, app, "--max-size", "1MB", code=42)["explanation"]["used_size"] is None
