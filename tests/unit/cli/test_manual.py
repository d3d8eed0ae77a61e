"""slim(1): what mandoc says of it, and that nothing is missing."""

from __future__ import annotations

import re
import subprocess

import click
import pytest

from slimmer.cli.failure import all_causes
from slimmer.cli.main import run, slim
from tests.unit.test_docs import COMMANDS


@pytest.fixture
def page(capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["help", "man"]) == 0
    return capsys.readouterr().out


def test_mandoc_finds_nothing_wrong(page: str) -> None:
    told = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning"], input=page, capture_output=True, text=True
    )
    # A date would be that of nothing: the page is written by the program that is installed.
    problems = [line for line in told.stdout.splitlines() if "missing date" not in line]
    assert problems == [], told.stderr


def test_it_tells_each_command_option_and_exit_code(page: str) -> None:
    read = subprocess.run(
        ["mandoc", "-T", "ascii", "-O", "width=300"], input=page, capture_output=True, text=True
    )
    text = re.sub(r".\x08", "", read.stdout)
    for name, command in COMMANDS.items():
        assert isinstance(command, click.Command)
        if not isinstance(command, click.Group) and not command.hidden:
            assert f"   {name}" in text, name
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden and not command.hidden:
                assert option.opts[-1] in text, (name, option.opts)
    for cause in all_causes():
        assert f"{cause.exit_code} " in text
    assert slim.get_short_help_str(30)[:20].lower() in text
