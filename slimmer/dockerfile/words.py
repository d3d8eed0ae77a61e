"""Words of an instruction: where they end, their quotes, and the variables in them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

_VARIABLE: Final = re.compile(
    r"\$(?:(?P<name>[A-Za-z_]\w*|\d)|\{(?P<braced>[A-Za-z_]\w*|\d)(?P<rest>[^}]*)\})"
)
_BLANKS: Final = " \t\v\f\r\n"


def split_words(text: str, escape: str = "\\") -> tuple[str, ...]:
    """The words, quotes and escapes left as they are: blanks in quotes do not end a word."""
    words: list[str] = []
    word, quote, position = "", "", 0
    while position < len(text):
        character = text[position]
        position += 1
        if character == escape and quote != "'" and position < len(text):
            word += character + text[position]
            position += 1
        elif quote:
            word += character
            quote = "" if character == quote else quote
        elif character in _BLANKS:
            if word:
                words.append(word)
            word = ""
        else:
            word += character
            quote = character if character in "'\"" else ""
    return (*words, word) if word else tuple(words)


def unquoted(word: str, escape: str = "\\") -> str:
    """A word as the builder takes it, without quotes and escapes; variables stay."""
    result, quote, position = "", "", 0
    while position < len(word):
        character = word[position]
        position += 1
        if character == escape and quote != "'" and position < len(word):
            if quote and word[position] not in (escape, '"', "$"):
                result += character
            result += word[position]
            position += 1
        elif character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        else:
            result += character
    return result


def json_words(text: str) -> tuple[str, ...] | None:
    """The texts of a JSON list; None for anything else, which is the shell form then. Raises
    TypeError for a list of anything but texts, which builders refuse."""
    if not text.startswith("["):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, list):
        return None
    if not all(isinstance(item, str) for item in value):
        raise TypeError(text)
    return tuple(value)


def pairs(text: str, escape: str = "\\") -> tuple[tuple[str, str], ...] | None:
    """Names and values of ENV and LABEL, unquoted: `A=1 B="x y"`, or the old `A x y`. None where a
    word has no value."""
    words = split_words(text, escape)
    if words and "=" not in words[0]:
        rest = text.strip()[len(words[0]) :].strip()
        return ((unquoted(words[0], escape), unquoted(rest, escape)),) if rest else None
    found = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            return None
        found.append((unquoted(name, escape), unquoted(value, escape)))
    return tuple(found)


def expanded(text: str, variables: Mapping[str, str | None]) -> str | None:
    """The text with its variables replaced; None where the value of one is not known before the
    build: a build argument without a default, a name that only the base image may set, or a form
    that changes the value (`${a#b}`)."""
    known = True

    def value(found: re.Match[str]) -> str:
        nonlocal known
        name, rest = found["name"] or found["braced"], found["rest"] or ""
        setting = variables.get(name)
        form = re.match(r":?([-+?])", rest)
        if rest and form is None:
            known = False
            return ""
        if form and form[1] == "-" and not setting:
            # Without a value it has this one, unless the build is given another.
            return rest[form.end() :]
        if form and form[1] == "+":
            return rest[form.end() :] if setting else ""
        if setting is None:
            known = False
        return setting or ""

    result = _VARIABLE.sub(value, text)
    return result if known else None
