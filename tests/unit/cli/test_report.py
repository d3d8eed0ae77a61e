"""`slim report`: the page again, and with what each instruction brought."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from slimmer.cli.main import run
from slimmer.errors import ReportFileError, ReportMismatchError
from slimmer.image.archive import read_image_file
from slimmer.report import compose_report, read_whole_report, write_report
from tests.unit.report.recorded_run import file, recorded_run, with_parents
from tests.unit.xray.archives import docker_archive, layer

LAYERS = [
    {"bin/app": b"a" * 5_000, "usr/bin/tool": b"b" * 3_000, "usr/lib/old": b"c" * 9_000},
    {"usr/lib/.wh.old": b"", "usr/lib/compiler": b"d" * 90_000},
    {"bin/app": b"e" * 6_000},
]
HISTORY = ["ADD rootfs /", "RUN apt-get install\n   compiler <b>", "COPY app /bin"]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    place = tmp_path / "app.tar"
    place.write_bytes(docker_archive([layer(each) for each in LAYERS], HISTORY))
    return place


@pytest.fixture
def folder(tmp_path: Path, archive: Path) -> Path:
    """With the report of a build of this very archive's image."""
    index = with_parents(
        file("/bin/app", 6_000), file("/usr/bin/tool", 3_000), file("/usr/lib/compiler", 90_000)
    )
    record = recorded_run(paths=(), index=index, first_use={"/bin/app": "boot"})
    report = compose_report(record)
    original = dataclasses.replace(report.original, id=read_image_file(archive).id)
    place = tmp_path / "slim-report"
    write_report(dataclasses.replace(report, original=original), place)
    return place


def test_the_page_is_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = folder / "report.html"
    before, data = page.read_text("utf-8"), (folder / "report.json").read_bytes()
    page.unlink()

    assert run(["report", str(folder)]) == 0
    assert capsys.readouterr().out == f"{page}\n"
    assert page.read_text("utf-8") == before
    assert (folder / "report.json").read_bytes() == data


def test_each_instruction_has_what_its_layer_still_holds(folder: Path, archive: Path) -> None:
    for _ in range(2):  # the second time in place of what the first one found
        command = ["report", str(folder / "report.json"), "--layers", "--original", str(archive)]
        assert run(command) == 0
    areas = [each for each in read_whole_report(folder).areas if each.view == "instruction"]
    outermost = {
        each.name: (each.used_size, each.kept_size, each.dropped_size)
        for each in areas
        if each.within is None
    }
    assert outermost == {
        "#0 ADD rootfs /": (0, 3_000, 0),
        "#1 RUN apt-get install compiler <b>": (0, 0, 90_000),
        "#2 COPY app /bin": (6_000, 6_000, 0),
    }
    page = (folder / "report.html").read_text("utf-8")
    assert 'value="instruction"' in page
    assert "\\u003cb>" in page


def test_another_image_is_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.tar"
    other.write_bytes(docker_archive([layer({"a": b"b"})], ["ADD a /"]))
    before = (folder / "report.json").read_bytes()
    command = ["report", str(folder), "--layers", "--original", str(other)]
    assert run(command) == ReportMismatchError.exit_code
    assert (folder / "report.json").read_bytes() == before


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"slimmer_version": "1"}'])
def test_what_is_no_report_is_told(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "report.json"
    place.write_text(content)
    assert run(["report", str(place)]) == ReportFileError.exit_code
    assert str(place) in capsys.readouterr().err
    assert not (tmp_path / "report.html").exists()


def test_an_original_is_for_layers(folder: Path, archive: Path) -> None:
    assert run(["report", str(folder), "--original", str(archive)]) == 2


def test_a_newer_form_is_refused(folder: Path) -> None:
    place = folder / "report.json"
    told = json.loads(place.read_bytes())
    place.write_text(json.dumps({**told, "schema_version": 99}))
    assert run(["report", str(folder)]) == ReportFileError.exit_code
