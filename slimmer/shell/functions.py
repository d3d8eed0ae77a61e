"""Functions of a script that look for, or start, the programs that their words name."""

from __future__ import annotations

import re
from enum import Enum

# `which $1`, `command -v "$tool"`: a loop may have put the word into a variable.
_LOOKS_FOR = re.compile(
    r"(?:\bwhich|\bcommand\s+-[vV]|\btype(?:\s+-\w+)?|\bhash)\s+(?:--\s+)?"
    r"\"?\$\{?(?:[1@*]|[A-Za-z_]\w*)"
)
# `"$@"` where a command stands.
_STARTS = re.compile(
    r"(?:[\n;&|({]|\b(?:then|do|else|exec|if|time|nice|nohup|sudo)\b|!)[ \t]*"
    r"\"?\$\{?[1@*]\}?\"?(?=[\s;&|)}>]|$)"
)
_PARAMETER = re.compile(r"\$\{?[1@*]")


class Use(Enum):
    """What a function does with its words."""

    LOOKS_FOR = "looks for each of them as a program"
    STARTS = "starts the first of them, with the others as its operands"


def use_of_words(function: str) -> Use | None:
    """By the function's text; None where it takes no words, or does something else with them."""
    if not _PARAMETER.search(function):
        return None
    if _STARTS.search(function):
        return Use.STARTS
    return Use.LOOKS_FOR if _LOOKS_FOR.search(function) else None
