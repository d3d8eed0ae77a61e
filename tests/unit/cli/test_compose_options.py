"""A compose file, named by flags or by slim.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.errors import UsageError
from slimmer.options import ComposeOptions
from tests.unit.cli.test_options import options

FILE = "compose: {file: [a.yml, sub/b.yml], service: web, timeout: 9}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, empty at first."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_compose_file_names_the_image(folder: Path) -> None:
    (folder / "slim.yaml").write_text(FILE)
    given = options()
    assert given.image == ""
    assert given.compose == ComposeOptions(
        files=(Path("a.yml"), Path("sub/b.yml")), service="web", timeout=9
    )


def test_flags_win_over_the_file(folder: Path) -> None:
    (folder / "slim.yaml").write_text(FILE)
    given = options("--compose", "c.yml", "--service", "api", "--compose-timeout", "3")
    assert given.compose == ComposeOptions(files=(Path("c.yml"),), service="api", timeout=3)
    assert options("--service", "api").compose == ComposeOptions(
        files=(Path("a.yml"), Path("sub/b.yml")), service="api", timeout=9
    )


@pytest.mark.parametrize(
    ("text", "flags", "message"),
    [
        ("image: a:1", ("--service", "web"), "--compose names none"),
        ("image: a:1", ("--compose-timeout", "1"), "--compose names none"),
        ("", ("--compose", "c.yml", "--network", "n"), "a network and a compose file"),
        ("run: {network: n}", ("--compose", "c.yml"), "a network and a compose file"),
        ("image: a:1\nroles: {web: {service: web}}", (), "role web: there is no compose file"),
    ],
)
def test_what_does_not_go_with_it(
    folder: Path, text: str, flags: tuple[str, ...], message: str
) -> None:
    (folder / "slim.yaml").write_text(text)
    with pytest.raises(UsageError, match=message):
        options(*flags)
