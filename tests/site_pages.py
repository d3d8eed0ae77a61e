"""Pages of the documents that are made from tables of the source: docs/reference.md, and what
docs/compared.md says of docker-slim's flags. `make schemas` writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from slimmer.cli.main import slim
from slimmer.ecosystems import RULEBOOK
from slimmer.errors import UsageError
from slimmer.options import TABLE, Option
from slimmer.options.kinds import Refused
from slimmer.values import Strategy

DOCS = Path(__file__).parents[1] / "docs"
REFERENCE = DOCS / "reference.md"
COMPARED = DOCS / "compared.md"
BEGIN, END = "<!-- docker-slim -->", "<!-- end -->"
FIRST_OF_DOCKER_RUN = "--detach"
"""The spellings before it are docker-slim's."""


def reference() -> str:
    """Each command as its help has it, the rules, and the schemas."""
    return "\n".join((*_commands(), *_rules(), *_schemas(), ""))


def compared() -> str:
    """docs/compared.md, its table of docker-slim's flags written anew."""
    before, _, rest = COMPARED.read_text("utf-8").partition(BEGIN)
    return before + BEGIN + "\n" + "\n".join(_flags()) + "\n" + END + rest.partition(END)[2]


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "What each command's `-h` prints, the [rules](#rules) of `slim rules`, and the"
    yield "[schemas](#schemas) of all documents. Codes are on [a page of their own](exit-codes.md),"
    yield "options of `slim build` with their keys in [slim.yaml](slim-yaml.md#all-options)."
    context = click.Context(slim, info_name="slim", terminal_width=88, max_content_width=88)
    yield from _of(slim, context)


def _of(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in sorted(group.list_commands(context)):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        own = click.Context(
            command, info_name=name, parent=context, terminal_width=88, max_content_width=88
        )
        if isinstance(command, click.Group):
            yield from _of(command, own)
            continue
        yield ""
        yield f"## {own.command_path}"
        yield ""
        yield "```text"
        yield from (line.rstrip() for line in command.get_help(own).splitlines())
        yield "```"


def _rules() -> Iterator[str]:
    yield ""
    yield "## Rules"
    yield ""
    yield "| rule | keeps | " + " | ".join(each.value for each in Strategy) + " |"
    yield "|---|---|" + ":-:|" * len(Strategy)
    for rule in RULEBOOK.rules:
        asked = (("✓" if each in rule.strategies else "") for each in Strategy)
        yield f"| `{rule.name}` | {rule.summary} | " + " | ".join(asked) + " |"


def _schemas() -> Iterator[str]:
    yield ""
    yield "## Schemas"
    yield ""
    yield "| document | |"
    yield "|---|---|"
    for file in sorted((DOCS / "schemas").glob("*.json")):
        text = json.loads(file.read_text("utf-8")).get("description", "")
        yield f"| [{file.name.partition('.')[0]}](schemas/{file.name}) | {text} |"


def _flags() -> Iterator[str]:
    yield "| docker-slim | slim |"
    yield "|---|---|"
    for option in (each for each in TABLE if each.is_foreign):
        if FIRST_OF_DOCKER_RUN in option.flags:
            return
        yield f"| `{option.name}` | {_instead(option)} |"


def _instead(option: Option) -> str:
    if option.help.startswith("As "):
        return f"`{option.help.removeprefix('As ')}`; its own spelling does as well"
    if isinstance(option.kind, Refused):
        return option.kind.reason
    try:
        option.kind.of_text("", Path())
    except UsageError as error:
        return error.message
    raise AssertionError(f"{option.name} is neither another spelling nor refused")
