"""What slimmer says is in one style, and in words that a native engineer would choose."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from slimmer import errors
from slimmer.errors import SlimError
from tests.unit.test_architecture import FILES, PACKAGE
from tests.unit.test_docs import COMMANDS, PAGES

ERRORS = {
    name
    for name, each in vars(errors).items()
    if inspect.isclass(each) and issubclass(each, SlimError)
}

ODD = {
    r"\bin vain\b": "looked up and not found; missed",
    r"\bheld against\b": "compared with",
    r"(?<!there )\bis no (?!longer\b|smaller\b|more\b)": "is not a …",
    r"\bReady is who\b": "consider … ready once …",
    r"\bhas not(?= the |$|[.,;:])": "does not have",
    r", where [^,.;:]+ (?:is|are) kept": "if … is kept",
    r"\b(?:is|are) gone\b": "was dropped; has disappeared",
    r"\bleft out\b": "dropped; skipped",
    r"\bstay(?:s|ed)?\b(?! up| open| as)": "kept",
    r"\bno space is left\b": "no space left",
    r"\bof which nothing\b": "that have no …",
    r"\bof the name\b": "named",
    r"\bwhat is no\b": "what is not a …",
    r"\bwho (?:lists|gets|asks|is there)\b": "a program that …",
}
"""Expression → what to say instead."""


def texts_of(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may give, with `{}` for what is put into them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from texts_of(node.body)
        yield from texts_of(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from texts_of(value)


def error_texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of each message and each hint of an error that is made here."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        hints = [word.value for word in node.keywords if word.arg == "hint"]
        messages = node.args[:1] if name in ERRORS else []
        for expression in (*messages, *hints):
            yield from ((node.lineno, text) for text in texts_of(expression) if text)


def fault_of(text: str) -> str:
    """What is wrong with the form of an error's text; empty where nothing is."""
    if re.match(r"[A-Z][a-z ]", text):
        return "begins with a capital"
    if text.endswith(".") and not text.endswith("..."):
        return "ends with a full stop"
    return ""


def said_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of each literal but docstrings."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in silent or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def parsed(file: Path) -> ast.AST:
    return ast.parse(file.read_text("utf-8"))


def place(file: Path, line: int, text: str) -> str:
    return f"{file.relative_to(PACKAGE)}:{line} {text}"


def test_messages_and_hints_are_clauses_without_a_full_stop() -> None:
    found = [(file, *each) for file in FILES for each in error_texts(parsed(file))]
    assert len(found) > 200
    faults = [f"{fault}: {place(*each)}" for each in found if (fault := fault_of(each[2]))]
    assert faults == []


def test_nothing_is_said_in_odd_words() -> None:
    odd = [
        f"{place(file, line, text)!r}: say {better!r}"
        for file in FILES
        for line, text in said_in(parsed(file))
        for pattern, better in ODD.items()
        if re.search(pattern, text)
    ]
    assert odd == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_has_odd_words(page: Path) -> None:
    text = " ".join(page.read_text("utf-8").split())
    odd = [
        f"{text[max(0, match.start() - 30) : match.end() + 30]!r}: say {better!r}"
        for pattern, better in ODD.items()
        for match in re.finditer(pattern, text)
    ]
    assert odd == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_begins_with_a_capital(name: str) -> None:
    command = COMMANDS[name]
    assert isinstance(command, click.Command)
    told = [command.get_short_help_str(200)]
    told += [
        option.help
        for option in command.params
        if isinstance(option, click.Option) and option.help and not option.hidden
    ]
    for text in told:
        assert text[0].isupper() or text[0] == "`", text


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ('raise UsageError("The file is bad")', ["begins with a capital"]),
        ('raise errors.UsageError(f"{x} is bad.")', ["ends with a full stop"]),
        (
            'raise _own(x, hint="Try" if y else "try again.")',
            ["begins with a capital", "ends with a full stop"],
        ),
        ('raise UsageError("EXPOSE is empty", hint=said or "say `--port 1`")', ["", ""]),
        ('show("The end.")', []),
    ],
)
def test_faults_are_found(source: str, faults: list[str]) -> None:
    assert [fault_of(text) for _, text in error_texts(ast.parse(source))] == faults


def test_odd_words_are_found() -> None:
    text = "all of it is no JSON. And there is no file, and no docstring in sight"
    ((_, said),) = said_in(ast.parse(f'"""Docs, held against."""\nshow(f"{{x}} {text}")'))
    assert [pattern for pattern in ODD if re.search(pattern, said)] == [list(ODD)[2]]
