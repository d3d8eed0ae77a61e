"""The commands of a RUN, CMD or ENTRYPOINT, whatever form it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from slimmer.dockerfile import Instruction, split_words
from slimmer.shell import is_shell, read_script

_PYTHON: Final = re.compile(r"python[\d.]*")
_PIP: Final = re.compile(r"pip[\d.]*")


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command, wherever in the instruction it stands."""

    name: str
    """Without its directory; `pip` for `python3 -m pip` and `pip3.11` as well."""
    words: tuple[str, ...]
    """What follows; empty for each that only the shell knows (`$(…)`, `$HOME/x`)."""

    @property
    def options(self) -> tuple[str, ...]:
        """Words that begin with a dash."""
        return tuple(word for word in self.words if word.startswith("-"))

    @property
    def operands(self) -> tuple[str, ...]:
        """The others; values of options are among them."""
        return tuple(word for word in self.words if word and not word.startswith("-"))

    @property
    def verb(self) -> str:
        """The first operand: `install`; empty where there is none."""
        return next(iter(self.operands), "")


def script_of(instruction: Instruction) -> str:
    """What a shell is given; empty where there is none, or it is no POSIX one."""
    words = instruction.json
    if words is not None:
        option = next((n for n, word in enumerate(words) if re.fullmatch("-[a-z]*c", word)), 0)
        is_script = words and is_shell(words[0]) and 0 < option < len(words) - 1
        return words[option + 1] if is_script else ""
    text = instruction.text
    if not instruction.heredocs:
        return text
    rest = [word for word in split_words(text) if not re.match(r"\d*<<", word)]
    if not rest or is_shell(rest[0]):
        shebang = instruction.heredocs[0].content.partition("\n")[0]
        is_foreign = shebang.startswith("#!") and not any(map(is_shell, re.split(r"[\s]", shebang)))
        return "" if is_foreign else instruction.heredocs[0].content
    return "\n".join((text, *(f"{each.content}{each.name}" for each in instruction.heredocs)))


def commands_of(instruction: Instruction) -> tuple[Command, ...]:
    """Every command that an instruction may run, in its order; those of all branches."""
    script = script_of(instruction)
    if not script and instruction.json:
        return tuple(_named(instruction.json))
    return _commands_in(script) if script else ()


@lru_cache(maxsize=256)
def _commands_in(script: str) -> tuple[Command, ...]:
    found: list[Command] = []
    for command in read_script(script).commands:
        found += _named(tuple(word or "" for word in command.words))
    return tuple(found)


def _named(words: tuple[str, ...]) -> Iterator[Command]:
    name, rest = words[0].rpartition("/")[2], words[1:]
    if _PYTHON.fullmatch(name) and rest[:1] == ("-m",) and len(rest) > 1:
        name, rest = rest[1], rest[2:]
    if name == "uv" and rest[:1] == ("pip",):
        rest = rest[1:]
    if _PIP.fullmatch(name):
        name = "pip"
    if name:
        yield Command(name=name, words=rest)
