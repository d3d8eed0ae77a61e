"""The documents speak of what is there: folders on the map, files of recipes, commands, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from slimmer.cli.main import slim
from slimmer.errors import UsageError
from slimmer.options import parse_docker_run
from tests.unit.test_architecture import LEVELS, PACKAGE, part_of

ROOT = PACKAGE.parent
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")],
    key=lambda page: page.name,
)
RECIPES = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
MAP = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def on_the_map() -> Mapping[str, str]:
    """Path below slimmer/ → level, as text; empty for what lies in another folder."""
    folders = MAP.partition("## The folders")[2].partition("Outside the package")[0]
    rows = re.findall(r"^\| *(?:(\d+) \| )?(`[^|]+`) \|", folders, re.MULTILINE)
    return {
        name.removesuffix("/"): level
        for level, names in rows
        for name in re.findall(r"`([\w/.]+)`", names)
    }


def test_the_map_shows_each_package_and_nothing_else() -> None:
    packages = {
        file.parent.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("__init__.py")
    }
    modules = {file.name for file in PACKAGE.glob("[!_]*.py")}
    assert set(on_the_map()) == packages - {"."} | modules


def test_the_map_shows_the_levels_that_imports_are_held_to() -> None:
    told = {part_of(PACKAGE / name): int(level) for name, level in on_the_map().items() if level}
    levels = {part: level for level, parts in enumerate(LEVELS) for part in parts}
    assert told == {part: levels[part] for part in levels if part not in ("slimmer", "__main__")}


def paths_in(text: str) -> set[str]:
    """What is written as code and looks like a path of the repository."""
    return {
        path.removesuffix("/")
        for path in re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:md|toml))`", text)
    }


def test_each_file_of_a_recipe_exists() -> None:
    named = paths_in(RECIPES)
    assert len(named) > 30
    missing = {path for path in named if not (ROOT / path).exists()}
    assert missing == set()


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("slimmer/ecosystems/__init__.py", "ECOSYSTEMS"),
        ("slimmer/cli/main.py", "COMMANDS"),
        ("slimmer/check/gates/__init__.py", "GATES"),
        ("slimmer/lint/checks/__init__.py", "CHECKS"),
        ("tests/unit/test_architecture.py", "IMPORTERS"),
        ("slimmer/engine/__init__.py", "connect"),
        ("slimmer/report/report.py", "Report"),
    ],
)
def test_each_registry_of_a_recipe_is_in_its_file(file: str, name: str) -> None:
    assert f"`{file}`" in RECIPES
    assert f"`{name}`" in RECIPES
    assert re.search(rf"\b{name}\b", (ROOT / file).read_text("utf-8"))


def test_the_recipes_that_there_have_to_be() -> None:
    assert re.findall(r"^## An? (.+)$", RECIPES, re.MULTILINE) == [
        *("rule", "ecosystem", "probe kind", "option", "exit code", "wire event"),
        *("report section", "output", "gate", "engine", "check", "command"),
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        file = page.parent / path if path else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors_of(file), f"{page.name}: {target}"


@pytest.mark.parametrize(
    "page", [*PAGES, *sorted((PACKAGE / "cli").glob("*.py"))], ids=lambda page: page.name
)
def test_reports_are_named_as_builds_name_them(page: Path) -> None:
    """By the slim image: whoever types what stands there looks for a folder that is not there."""
    named = re.findall(r"slim-report/(my-[\w.-]*)", page.read_text("utf-8"))
    assert [name for name in named if not name.endswith("-slim")] == []


def anchors_of(file: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(group: click.Group, context: click.Context, name: str) -> Iterator[tuple[str, object]]:
    for each in group.list_commands(context):
        command = group.get_command(context, each)
        yield f"{name} {each}", command
        if isinstance(command, click.Group):
            yield from commands(command, context, f"{name} {each}")


COMMANDS = dict(commands(slim, click.Context(slim), "slim"))


def options_of(command: object) -> set[str]:
    assert isinstance(command, click.Command)
    spellings = (each.opts + each.secondary_opts for each in command.params)
    return {each for spelled in spellings for each in spelled if each.startswith("-")}


def command_lines(text: str) -> Iterator[str]:
    """What is shown to be typed: in blocks of code, with or without a prompt, and between
    backticks. A line that ends in a backslash goes on."""
    text = text.replace("\\\n", " ")
    yield from re.findall(
        r"^(?: {4}|\$ | {4}\$ )(?:\w+=\S+ )?((?:slim|make|python -m) [\w-].*)$", text, re.M
    )
    yield from re.findall(r"`((?:slim|make|python -m) [\w-][^`]*)`", text)


def words_of(line: str) -> list[str]:
    """As a shell would give them to the command, up to a pipe, a redirection or a comment."""
    return shlex.split(re.sub(r"\s(?:[|<>&;]|#).*", "", line))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documented_command_lines_are_understood(page: Path) -> None:
    """Each names a command that exists, with options that it has."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    # The short ones of `docker run` stand behind an image.
    for line in command_lines(page.read_text("utf-8")):
        words = words_of(line.partition(" -- ")[0])
        if words[0] == "make":
            assert words[1] in targets, f"{page.name}: `{line}`"
        elif words[0] == "python":
            place = ROOT / words[2].replace(".", "/")
            assert place.is_dir() or place.with_suffix(".py").is_file(), f"{page.name}: `{line}`"
        elif not words[1].startswith("-"):
            name = next(
                (" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in COMMANDS), ""
            )
            assert name, f"{page.name}: `{line}` names no command"
            used = {word.partition("=")[0] for word in words if word.startswith("--")}
            if name == "slim trace start":
                continue  # options of `docker run` stand behind its image
            assert used - {"--help"} <= options_of(COMMANDS[name]), f"{page.name}: {line}"


PLACEHOLDER = re.compile(r"…|\[|\bOPTIONS?\b")
"""In lines that show a form, and are not typed as they stand."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_documented_command_lines_are_parsed(page: Path) -> None:
    """By the parser of the command itself: values stand behind the options that take some."""
    for line in command_lines(page.read_text("utf-8")):
        if not line.startswith("slim ") or PLACEHOLDER.search(line):
            continue
        words = words_of(line)
        command, name = slim, "slim"
        arguments = words[1:]
        while isinstance(command, click.Group) and arguments:
            found = command.get_command(click.Context(command), arguments[0])
            if found is None:
                break
            command, name, arguments = found, arguments[0], arguments[1:]
        if isinstance(command, click.Group) or set(arguments) & {"-h", "--help", "--version"}:
            continue
        try:
            context = command.make_context(name, list(arguments))
            if words[1:2] == ["watch"] or words[1:3] == ["trace", "start"]:
                parse_docker_run(context.params["arguments"])
        except click.MissingParameter:
            continue  # `slim why` in a sentence names the command
        except UsageError as error:
            pytest.fail(f"{page.name}: `{line}`: {error}")
        except click.UsageError as error:
            said = error.format_message()
            if "does not exist" in said or (line.endswith(words[-1]) and "requires" in said):
                continue  # the reader's own file; an option that a sentence names
            pytest.fail(f"{page.name}: `{line}`: {error.format_message()}")


def test_command_lines_are_found() -> None:
    text = "    slim a\n$ slim b \\\n  --c\n```\n    $ make d\n`slim e` and slim f\n$ A=1 slim g\n"
    assert list(command_lines(text)) == ["slim a", "slim b    --c", "make d", "slim g", "slim e"]
