"""Each gate on real archives: what it measures, on both sides of its limit, and what it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from slimmer.check import GATES, CheckDocument
from slimmer.cli.main import run
from slimmer.codec import Codec
from slimmer.image.archive import read_image_file
from slimmer.xray import Inspection, examine
from tests.schemas import schema
from tests.unit.check.images import HOSTILE, LAYERS, ONE_GATE, archive, checked, gate
from tests.unit.xray.archives import File, layer, oci_blobs, oci_members, unpacked

SIZE = 7_700_000
"""Bytes of the image, about."""


def size_of(file: Path) -> int:
    return examine(read_image_file(file, Inspection()), "").image.size


def findings(result: dict[str, object]) -> list[str]:
    told = result["findings"]
    assert isinstance(told, list)
    return [each["what"] for each in told]


def test_the_size_to_the_byte(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = size_of(app)
    assert gate(checked(capsys, app, "--max-size", f"{size}"))["status"] == "pass"
    document = checked(capsys, app, "--max-size", f"{size - 1}", code=42)
    assert gate(document) | {"hint": ""} == {
        "gate": "max-size",
        "title": "size",
        "status": "fail",
        "measured": "7.70 MB",
        "limit": "at most 7.70 MB",
        "value": size,
        "threshold": size - 1,
        "unit": "bytes",
        "problem": "it is 1 B larger than it may be",
        "hint": "",
        "found": 0,
        "findings": [],
    }
    assert document["passed"] is False
    jsonschema.validate(document, schema(CheckDocument))


def test_a_size_that_failed_explains_itself(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = checked(capsys, app, "--max-size", "1MB", code=42)["explanation"]
    assert [(each["kind"], each["name"], each["files"]) for each in told["things"][:3]] == [
        ("file", "/opt/app/model.bin", 1),
        ("package", "tool 1.2-3", 1),
        ("package", "data 7", 2),
    ]
    assert told["used_size"] is None
    assert checked(capsys, app, "--max-size", "1GB")["explanation"] is None


def test_growth_since_what_an_earlier_check_or_xray_wrote(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checked(capsys, app, *ONE_GATE)
    for command in (["check", *ONE_GATE, "--format", "json"], ["xray", "--json"]):
        run([command[0], str(app), *command[1:]])
        baseline = tmp_path / "baseline.json"
        baseline.write_text(capsys.readouterr().out)
        grown = {"usr/bin/tool": b"t" * 3_000_000, "new.bin": b"n" * 500_000}
        larger = archive(tmp_path / "larger.tar", {**LAYERS[0], **grown}, LAYERS[1])
        limits = ("--baseline", baseline, "--max-growth")
        assert gate(checked(capsys, larger, *limits, "20%"))["status"] == "pass"
        assert gate(checked(capsys, larger, *limits, "2MB"))["status"] == "pass"
        document = checked(capsys, larger, *limits, "10%", code=42)
        result = gate(document)
        assert (result["measured"], result["limit"]) == ("+19.5%", "at most +10.0%")
        assert findings(result) == ["tool 1.2-3", "files in no package"]
        told = document["growth"]
        assert told["size"] - told["size_before"] == 1_500_000 - 4
        assert (told["packages"], told["packages_before"]) == (2, 2)
        assert document["explanation"]["things"][0]["name"] in ("/opt/app/model.bin", "tool 1.2-3")


def test_what_is_new_and_what_is_removed(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = archive(tmp_path / "bare.tar", {"one": b"1" * 10})
    told = checked(capsys, app, *ONE_GATE, "--baseline", bare)["growth"]["changes"]
    assert {each["name"] for each in told if each["size_before"] is None} == {"tool", "data"}
    told = checked(capsys, bare, *ONE_GATE, "--baseline", app)["growth"]["changes"]
    assert {each["name"] for each in told if each["size"] is None} == {"tool", "data"}
    gone = checked(capsys, bare, "--max-growth", "0", "--baseline", app)
    assert gate(gone)["value"] < 0, "shrinking is growth below any limit"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no baseline"),
        ("{}", "not a baseline"),
        ('{"slimmer_version": "1"', "damaged"),
        ('{"slimmer_version": "1", "image": {}}', "damaged"),
        ('{"slimmer_version": "1", "schema_version": 1, "kept": []}', "damaged"),
        ("no image", "baseline.json"),
    ],
)
def test_a_baseline_that_cannot_be_read_is_never_green(
    app: Path, text: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        Path("baseline.json").write_text(text)
    limits = ("--max-growth", "5%", "--baseline", "baseline.json", *ONE_GATE)
    document = checked(capsys, app, *limits, code=43)
    result = gate(document, "max-growth")
    assert (result["status"], document["passed"]) == ("error", False)
    assert said in result["problem"]
    jsonschema.validate(document, schema(CheckDocument))


def test_efficiency_and_hidden_bytes(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, poor = ("--min-efficiency", "50%"), ("--min-efficiency", "0.999")
    assert gate(checked(capsys, app, *good))["status"] == "pass"
    assert findings(gate(checked(capsys, app, *poor, code=42))) == ["/opt/app/gone.key"]
    assert gate(checked(capsys, app, "--max-hidden", "1500000"))["status"] == "pass"
    result = gate(checked(capsys, app, "--max-hidden", "1MB", code=42))
    assert (result["value"], findings(result)) == (1_500_000, ["/opt/app/gone.key"])


def test_programs_with_more_rights(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = gate(checked(capsys, app, "--no-setuid", code=42))
    assert [(each["what"], each["detail"]) for each in result["findings"]] == [
        ("/usr/bin/tool", "setuid, tool")
    ]
    plain = archive(Path("plain.tar"), {"bin/a": File(b"a", mode=0o755)})
    assert gate(checked(capsys, plain, "--no-setuid"))["measured"] == "none"


def test_shells_are_programs_of_their_name_and_links_to_them(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = gate(checked(capsys, app, "--no-shell", code=42))
    assert findings(result) == ["/bin/busybox", "/bin/sh"]
    none = archive(
        Path("none.tar"), {"etc/sh": b"text", "bin/sh": File(link="gone"), "bin/shred": b"\x7fELF"}
    )
    assert gate(checked(capsys, none, "--no-shell"))["status"] == "pass"


def test_forbidden_files_of_all_layers(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = ("--forbid", "*.key", "--forbid", "*.pem", "--forbid", "/bin/**")
    document = checked(capsys, app, *limits, code=42)
    keys = gate(document, subject="*.key")
    assert [(each["what"], each.get("detail", "")) for each in keys["findings"]] == [
        ("/opt/app/left.key", ""),
        ("/opt/app/gone.key", "in layer 0, hidden by a later one"),
    ]
    assert gate(document, subject="*.pem")["status"] == "pass"
    assert gate(document, subject="/bin/**")["found"] == 2


def test_archives_and_layouts_are_told_alike(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blobs, manifest = oci_blobs([layer(each) for each in LAYERS])
    folder = unpacked(oci_members(blobs, [manifest]), tmp_path / "layout")
    limits = ("--max-size", "1MB", "--no-shell", "--no-setuid", "--max-hidden", "1GB")
    told = [checked(capsys, each, *limits, code=42)["gates"] for each in (app, folder)]
    hints = [each.pop("hint", None) for results in told for each in results]
    assert any(hints)
    assert told[0] == told[1]


def test_an_image_that_cannot_be_read_has_its_own_code(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = app.read_bytes()
    Path("cut.tar").write_bytes(data[: len(data) // 2])
    place = data.index(b"m" * 100)
    Path("changed.tar").write_bytes(data[:place] + b"X" + data[place + 1 :])
    for name, code in (("cut.tar", 39), ("changed.tar", 40), ("./missing.tar", 39)):
        assert checked(capsys, name, *ONE_GATE, code=code)["error"]["exit_code"] == code


def test_names_of_any_kind_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = archive(tmp_path / "hostile.tar", {f"opt/{HOSTILE}/sh": File(b"#!", mode=0o6755)})
    document = checked(capsys, file, "--no-shell", "--no-setuid", "--forbid", "*", code=42)
    path = f"/opt/{HOSTILE}/sh"
    assert all(path in findings(result) for result in document["gates"])


def test_a_large_image_of_many_layers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    layers = [{f"d{number}/f{each}": b"x" for each in range(80)} for number in range(127)]
    file = archive(tmp_path / "many.tar", *layers)
    result = gate(checked(capsys, file, "--forbid", "f*", code=42))
    assert (result["found"], len(result["findings"])) == (127 * 80, 100)


def test_a_document_is_read_again_as_it_was_written(
    app: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = checked(capsys, app, *ONE_GATE)
    read = Codec().read(CheckDocument, printed)
    assert json.loads("".join(Codec().lines(read))) == printed


def test_every_gate_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "check.md").read_text("utf-8")
    assert [name for gate in GATES if (name := f"`--{gate.name}") not in page] == []


def test_the_platform_is_that_of_both_images(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blobs, manifests = {}, []
    for number, architecture in enumerate(("amd64", "arm64"), 1):
        own, manifest = oci_blobs(
            [layer({"a": b"x" * number * 1000})],
            platform={"os": "linux", "architecture": architecture},
        )
        blobs |= own
        manifests.append(manifest)
    folder = unpacked(oci_members(blobs, manifests), tmp_path / "layout")
    limits = ("--max-growth", "0", "--baseline", folder, "--platform", "linux/arm64")
    assert checked(capsys, folder, *limits)["growth"]["size_before"] == 2000
