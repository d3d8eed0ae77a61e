"""Code of interpreters within shell scripts, settings, recipes and the image's own commands."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from slimmer.files import name_of
from slimmer.keep.command_texts import commands_in_settings, scripts_in_makefile
from slimmer.keep.linux.shebang import interpreter_of_script
from slimmer.keep.text_kinds import is_makefile, is_settings, is_shown
from slimmer.shell import InlineCode, is_shell, language_of, read_script
from slimmer.values import Content, Entry, EntryType

LARGEST_SCRIPT = 1 << 18
_SHELL_ENDINGS = (".sh", ".bash", ".ksh")
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class InlineSource:
    """Code of one language in one place."""

    code: str
    where: str
    """For humans: a path, or `the image's HEALTHCHECK`."""
    because: str
    """The kept path that it stands in, or the interpreter that is to run it."""


def code_by_language(
    content: Content, entry: Entry, known: Set[str], *, is_own: bool
) -> Mapping[str, str]:
    """Language → code in a file: a script of a shell, a makefile, or settings where `is_own`, as
    the author of the image wrote them. `known` are the names of programs. Of files that are none
    of these by their names, nothing is read."""
    path, name = entry.path, name_of(entry.path)
    if entry.type is not EntryType.FILE or not 0 < entry.size <= LARGEST_SCRIPT:
        return _NONE
    is_script = name.endswith(_SHELL_ENDINGS) or "." not in name or bool(entry.mode & 0o111)
    if is_script:
        start = content.head(path, 256)
        interpreter, argument = interpreter_of_script(start)
        if b"\0" in start or (interpreter and not is_shell(interpreter, argument)):
            return _NONE
        if interpreter or name.endswith(_SHELL_ENDINGS):
            return _joined(read_script(content.head(path, LARGEST_SCRIPT)).inline)
    if not is_own or is_shown(path) or not (is_makefile(path) or is_settings(path)):
        return _NONE
    data = content.head(path, LARGEST_SCRIPT)
    if b"\0" in data:
        return _NONE
    text = os.fsdecode(data)
    if is_makefile(path):
        lines: Iterable[str] = scripts_in_makefile(text)
    else:
        lines = commands_in_settings(text, known, names_count=False).lines
    return _joined(code for line in lines for code in _in_line(line))


def code_of_commands(config: Mapping[str, Any]) -> Mapping[str, Mapping[str, str]]:
    """What ENTRYPOINT with CMD, and HEALTHCHECK, have in them: their name → language → code."""
    command = [*(config.get("Entrypoint") or ()), *(config.get("Cmd") or ())]
    kind, *test = (config.get("Healthcheck") or {}).get("Test") or ("NONE",)
    check = " ".join(test) if kind == "CMD-SHELL" else shlex.join(test)
    return {
        "command": _joined(_in_line(shlex.join(command))),
        "HEALTHCHECK": _joined(_in_line(check) if kind != "NONE" else ()),
    }


def _in_line(line: str) -> tuple[InlineCode, ...]:
    # Most lines have no such program, and are not worth a grammar.
    is_worth_it = any(language_of(word) for word in line.replace("'", " ").split())
    return read_script(line).inline if is_worth_it else ()


def _joined(pieces: Iterable[InlineCode]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for piece in pieces:
        before = found.get(piece.language)
        found[piece.language] = piece.code if before is None else f"{before}\n{piece.code}"
    return found or _NONE
