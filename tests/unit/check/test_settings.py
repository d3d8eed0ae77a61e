"""Gates on the command line and in files, with the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.cli.main import run
from slimmer.options import read_file
from tests.unit.check.images import ONE_GATE, checked


def test_a_check_without_a_gate_is_refused(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(app)]) == 2
    said = capsys.readouterr().err
    assert "no gate is given" in said
    assert "--max-size 100MB" in said
    assert run(["check", str(app), "--baseline", str(app)]) == 2, "a baseline is not a gate"


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--max-size", "much", "--max-size: `much` is not a size"),
        ("--max-growth", "5", "write 5%, or a size such as 10MB"),
        ("--min-efficiency", "95", "`95` is not a share"),
        ("--min-efficiency", "101%", "`101%` is not a share"),
        ("--max-growth", "5%", "--baseline is not given"),
        ("--forbid", "/", "expected GLOB"),
    ],
)
def test_a_limit_that_is_none(
    app: Path, flag: str, value: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(app), flag, value]) == 2
    assert said in capsys.readouterr().err


GATES = """\
max_size: 1MB
min_efficiency: 0.5
no_shell: false
no_setuid: true
forbid: ['*.key', '*.pem']
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".slim-check.yaml", GATES),
        ("slim.yaml", "image: app\ncheck:\n" + GATES.replace("\n", "\n  ").join(("  ", ""))),
    ],
)
def test_gates_of_a_file(
    app: Path, name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text(text)
    document = checked(capsys, app, "--forbid", "*.crt", "--max-size", "1GB", code=42)
    told = {(each["gate"], each.get("subject", "")): each["status"] for each in document["gates"]}
    assert told == {
        ("max-size", ""): "pass",  # the option stands above the file
        ("min-efficiency", ""): "pass",
        ("no-setuid", ""): "fail",
        ("forbid", "*.key"): "fail",
        ("forbid", "*.pem"): "pass",
        ("forbid", "*.crt"): "pass",  # lists are joined
    }


def test_a_file_elsewhere_names_files_beside_it(
    app: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "ci"
    folder.mkdir()
    (folder / "gates.yaml").write_text("max_growth: 1%\nbaseline: old.tar\n")
    (folder / "old.tar").write_bytes(app.read_bytes())
    document = checked(capsys, app, "--file", folder / "gates.yaml")
    assert document["growth"]["baseline"] == str(folder / "old.tar")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_siez: 1MB\n", "did you mean `max_size`?"),
        ("max_size: [1]\n", ".slim-check.yaml:1: max_size: expected text"),
        ("no_shell: yes please\n", "expected true or false"),
        ("- max_size\n", "expected keys with values"),
        ("max_size: {\n", "is not YAML"),
        ("max_growth: 5\nbaseline: x\n", "has no unit"),
    ],
)
def test_a_wrong_file_names_the_place(
    app: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".slim-check.yaml").write_text(text)
    assert run(["check", str(app)]) == 6
    assert said in capsys.readouterr().err


def test_gates_in_two_files_are_refused(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path(".slim-check.yaml").write_text("max_size: 1MB\n")
    Path("slim.yaml").write_text("check:\n  max_size: 2MB\n")
    assert run(["check", str(app)]) == 2
    assert "keep one of them" in capsys.readouterr().err
    Path("slim.yaml").write_text("image: app\n")
    assert run(["check", str(app), *ONE_GATE]) == 0, "a slim.yaml without gates says nothing"


def test_a_build_passes_over_the_section(tmp_path: Path) -> None:
    file = tmp_path / "slim.yaml"
    file.write_text("image: app\ncheck:\n  max_size: 1MB\n")
    assert read_file(file).build == {"image": "app"}
