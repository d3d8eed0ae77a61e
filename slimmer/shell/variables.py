"""What a script's variables stand for, where the script itself says so.

`APP=chromium; LIB=/usr/lib/$APP; exec $LIB/$APP` names one program, though no word of it does. No
branch is followed: a variable has each of the values that it is given anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

_EXPANSION = re.compile(
    r"\$(?P<bare>[A-Za-z_]\w*)"
    r"|\$\{(?P<braced>[A-Za-z_]\w*)(?::?[-=](?P<default>[^{}]*))?\}"
    # Another form, a positional parameter, a command: nothing is known of it.
    r"|\$\{[^}]*\}|\$\([^()]*(?:\([^()]*\)[^()]*)*\)|`[^`]*`|\$.?"
)
_DEEPEST = 4
# Of one variable: what comes of several in one word is cut to as many.
_MOST_VALUES = 8
_UNKNOWN = "\0"


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """What words with variables in them come to."""

    programs: frozenset[str] = frozenset()
    """Names and paths in command position, whole."""
    paths: frozenset[str] = frozenset()
    """Absolute paths anywhere else, whole."""
    ends: frozenset[str] = frozenset()
    """Of programs and of scripts that are read, what stands behind a folder that is not known:
    `oosplash` of `"$(dirname "$0")/oosplash"`."""


class Variables:
    """The values that a script gives its variables, and the words in which they are used."""

    def __init__(self) -> None:
        self._values: dict[str, set[str]] = {}
        self._started: set[str] = set()
        self._others: set[str] = set()

    def assign(self, name: str, value: str) -> None:
        """`value` is as the script has it, without quotes."""
        values = self._values.setdefault(name, set())
        if len(values) < _MOST_VALUES:
            values.add(value)
        self.use(value)

    def use(self, word: str, *, is_started: bool = False) -> None:
        """A word of a command; `is_started`: it is the command itself, or a script to be read."""
        if "$" in word or "`" in word:
            (self._started if is_started else self._others).add(word)

    def assemble(self) -> Assembled:
        """To be called once the whole script was read."""
        started = self._all(self._started)
        whole = {text for text in started if _UNKNOWN not in text}
        ends = {
            text.partition("/")[2]
            for text in started
            if text.startswith(_UNKNOWN + "/") and _UNKNOWN not in text[1:]
        }
        paths = {text for text in self._all(self._others) if text.startswith("/")}
        return Assembled(
            # Of a text that holds a whole command line, the first word is its program.
            programs=frozenset(text.split()[0] for text in whole if text.strip()),
            paths=frozenset(
                path for path in paths if not re.search(r"[\0\s*?\[]", path) and "//" not in path
            ),
            ends=frozenset(end for end in ends if end and not re.search(r"[\s*?\[]", end)),
        )

    def _all(self, words: Iterable[str]) -> set[str]:
        return {text for word in words for text in self._expanded(word, _DEEPEST)}

    def _expanded(self, text: str, depth: int) -> list[str]:
        """At most so many texts as a variable may have values; \\0 stands for what is unknown."""
        done = [""]
        position = 0
        for found in _EXPANSION.finditer(text):
            before, position = text[position : found.start()], found.end()
            values = list(islice(self._values_of(found, depth), _MOST_VALUES))
            done = [each + before + value for each in done for value in values][:_MOST_VALUES]
        return [each + text[position:] for each in done]

    def _values_of(self, found: re.Match[str], depth: int) -> Iterator[str]:
        name = found["bare"] or found["braced"]
        given = sorted(self._values.get(name, ())) if name else []
        if name and found["default"]:
            given.append(found["default"])
        if not given or not depth:
            yield _UNKNOWN
            return
        for value in given:
            yield from self._expanded(value, depth - 1)
