"""The words of one command of a shell, and what stands in the script for it to read."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

_NO_WORDS = frozenset(
    ("variable_assignment", "file_redirect", "herestring_redirect", "heredoc_redirect")
)
_PLAIN = re.compile(r"[^'\"\\$`]*")
_PART = re.compile(
    r"""(?P<ansi>\$'(?:\\.|[^'\\])*'?)|'(?P<single>[^']*)'?|"(?P<double>(?:\\.|[^"\\])*)"?"""
    r"""|\\(?P<escaped>.?)|(?P<bare>[^'"\\$]+|\$)""",
    re.DOTALL,
)
_IN_DOUBLE_QUOTES = re.compile(r"\\(?:([\"\\$`])|\n)")
_EXPANDED = re.compile(r"(?<!\\)(?:\\\\)*[$`]")
HASH = "\1"
"""Stands for a `#` within a word, which the grammar takes for a comment: `d#e`."""


class Word(NamedTuple):
    text: str
    """Without quotes; expansions as they are written."""
    literal: bool


def word_of(node: Node) -> Word:
    raw = os.fsdecode(node.text or b"").replace(HASH, "#")
    if _PLAIN.fullmatch(raw):
        return Word(raw, True)
    text, literal = "", True
    for part in _PART.finditer(raw):
        kind = part.lastgroup
        if kind == "ansi":
            text += re.sub(r"\\(.)", r"\1", part[0][2:].removesuffix("'"))
        elif kind == "double":
            literal = literal and not _EXPANDED.search(part["double"])
            text += _IN_DOUBLE_QUOTES.sub(r"\1", part["double"])
        elif kind == "bare":
            literal = literal and not _EXPANDED.search(part["bare"])
            text += part["bare"]
        elif kind == "single" or part["escaped"] != "\n":
            text += part[kind or 0]
    return Word(text, literal)


def words_of(command: Node) -> list[Word]:
    """Name and operands; assignments and redirections are no words."""
    return [word_of(child) for child in command.children if child.type not in _NO_WORDS]


def standard_input(command: Node) -> str:
    """What the script itself gives a command to read: a here-document, a here-string, or what
    `echo`, `printf` or `cat` before it in a pipe writes. Empty where it is nothing of these."""
    for child in command.children:
        if child.type == "herestring_redirect":
            return word_of(child.children[-1]).text
    parent = command.parent
    if parent is None:
        return ""
    if parent.type == "redirected_statement":
        return _of_redirections(parent)
    if parent.type == "pipeline":
        position = parent.children.index(command)
        before = parent.children[position - 2] if position > 1 else None
        if before is not None:
            return _written_by(before)
        # `cat <<EOF | python3`: the grammar puts the pipe into the redirection.
        above = parent.parent
        if above is not None and above.type == "heredoc_redirect":
            return _body(above)
    return ""


def _of_redirections(statement: Node) -> str:
    for child in statement.children:
        if child.type == "heredoc_redirect":
            return _body(child)
        if child.type == "herestring_redirect":
            return word_of(child.children[-1]).text
    return ""


def _body(heredoc: Node) -> str:
    texts = [os.fsdecode(each.text or b"") for each in heredoc.children]
    kinds = [each.type for each in heredoc.children]
    return texts[kinds.index("heredoc_body")] if "heredoc_body" in kinds else ""


def _written_by(command: Node) -> str:
    if command.type == "redirected_statement":
        return _of_redirections(command)
    words = words_of(command) if command.type == "command" else []
    if words and words[0].text in ("echo", "printf"):
        return " ".join(word.text for word in words[1:] if word.text not in ("-n", "-e"))
    return ""
