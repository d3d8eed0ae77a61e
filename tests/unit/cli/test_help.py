"""Help texts: every option explained, nothing documented that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from slimmer.cli.main import slim
from slimmer.cli.table import OTHERS
from slimmer.options import GROUPS

ROOT = Path(__file__).parents[3]


def commands(group: click.Group, name: str = "slim") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its full name."""
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")
        else:
            assert command is not None
            yield f"{name} {word}", command


COMMANDS = dict(commands(slim))


def help_of(name: str) -> str:
    ran = CliRunner().invoke(slim, [*name.split()[1:], "--help"])
    assert ran.exit_code == 0
    return ran.output


def options_of(command: click.Command) -> set[str]:
    return {
        option
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    }


def test_the_commands_in_the_order_of_need() -> None:
    text = help_of("slim").partition("Commands:")[2]
    listed = re.findall(r"^  ([\w-]+) +\S", text, re.MULTILINE)
    assert listed[0] == "build"
    assert listed == list(dict.fromkeys(name.split()[1] for name in COMMANDS))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained(name: str) -> None:
    text = help_of(name)
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, parameter.name
            assert parameter.opts[-1] in text


def test_the_help_of_a_build_fits_two_screens() -> None:
    lines = help_of("slim build").splitlines()
    assert len(lines) <= 145
    headings = [line.rstrip(":") for line in lines if re.match(r"\S.*:$", line)]
    assert headings == [*GROUPS, OTHERS]


@pytest.mark.parametrize("name", ["slim build", "slim trace start"])
def test_help_is_a_command_as_well(name: str) -> None:
    ran = CliRunner().invoke(slim, ["help", *name.split()[1:]])
    assert ran.output.split() == help_of(name).split()


def test_the_options_that_a_build_must_have() -> None:
    wanted = """
        --http-probe --exec-probe --port --tag --file --strategy --include --include-file --exclude
        --no-debug --debug-from --output --json --max-size --env --env-file --volume --network
        --plan --plan-value --user --entrypoint --cmd --workdir --hostname --add-host --trace-source
    """
    assert set(wanted.split()) <= options_of(COMMANDS["slim build"])


def test_options_named_in_errors_exist() -> None:
    """A hint that names a flag which nobody has would send the user on a wild-goose chase."""
    everywhere = set().union(*map(options_of, COMMANDS.values()))
    for file in sorted((ROOT / "slimmer").rglob("*.py")):
        source = file.read_text("utf-8")
        for match in re.finditer(r"hint=(f?\"[^\n]*\"\s*)+", source):
            named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+[a-z]", match[0]))
            foreign = {"--version"} if "docker" in match[0] or "ziglang" in match[0] else set()
            assert named - foreign <= everywhere, f"{file}: {match[0]}"
