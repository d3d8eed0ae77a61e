"""`docker slim`: what docker asks it, and what it hands on, word by word."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from slimmer import __version__
from slimmer.cli.docker_plugin import plugin_arguments
from slimmer.errors import UsageError


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """As pip's script for `slim` under the plugin's name."""
    file = tmp_path / "cli-plugins" / "docker-slim"
    file.parent.mkdir()
    file.write_text(f"#!{sys.executable}\nfrom slimmer.cli import main\nmain()\n")
    file.chmod(0o755)
    return file


def test_it_says_what_it_is(plugin: Path) -> None:
    asked = subprocess.run(
        [str(plugin), "docker-cli-plugin-metadata"], capture_output=True, text=True
    )
    told = json.loads(asked.stdout)
    assert told["SchemaVersion"] == "0.1.0"
    assert told["Vendor"]
    assert told["Version"] == __version__


@pytest.mark.parametrize(
    ("words", "arguments", "variables"),
    [
        (["slim", "build", "app"], ["build", "app"], {}),
        (["slim", "slim"], ["slim"], {}),
        (["slim"], [], {}),
        (["-H", "tcp://a:1", "slim", "-h"], ["-h"], {"DOCKER_HOST": "tcp://a:1"}),
        (["--host=tcp://a:1", "slim"], [], {"DOCKER_HOST": "tcp://a:1"}),
        (["--context", "far", "slim"], [], {"DOCKER_CONTEXT": "far"}),
        (["-D", "-l", "debug", "slim", "app"], ["app"], {}),
        (["build", "app"], ["build", "app"], {}),
        (["--version"], ["--version"], {}),
    ],
)
def test_what_docker_hands_on(
    words: list[str], arguments: list[str], variables: dict[str, str]
) -> None:
    environment: dict[str, str] = {}
    assert plugin_arguments(words, environment) == arguments
    assert environment == variables


def test_what_is_said_wins_over_the_other_variable() -> None:
    environment = {"DOCKER_CONTEXT": "far"}
    plugin_arguments(["-H", "tcp://a:1", "slim"], environment)
    assert environment == {"DOCKER_HOST": "tcp://a:1"}


def test_what_cannot_be_handed_on_is_told() -> None:
    with pytest.raises(UsageError, match="--tlsverify") as caught:
        plugin_arguments(["--tlsverify", "slim", "build"], {})
    assert "DOCKER_TLS_VERIFY" in caught.value.hint
