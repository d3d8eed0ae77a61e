"""Reads a Dockerfile as the builder does: parser directives, comments, continued lines,
here-documents, the JSON form. The rules are those of Docker's Dockerfile reference.

What a builder would refuse is refused here, with its line and what was expected there.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from typing import Final

from slimmer.dockerfile.instruction import Comment, Heredoc, Instruction, Source
from slimmer.dockerfile.words import json_words, pairs, split_words, unquoted
from slimmer.errors import DockerfileError
from slimmer.words import printable

_DIRECTIVE: Final = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")
_DIRECTIVES: Final = frozenset(("escape", "syntax", "check"))
_HEREDOC: Final = re.compile(r"\d*<<(-?)([^<]+)")
_WITH_HEREDOCS: Final = frozenset(("RUN", "COPY", "ADD"))
_WITH_JSON: Final = frozenset(
    ("RUN", "CMD", "ENTRYPOINT", "SHELL", "COPY", "ADD", "VOLUME", "HEALTHCHECK")
)
INSTRUCTIONS: Final = frozenset(
    (
        *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM"),
        *("HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL"),
        *("USER", "VOLUME", "WORKDIR"),
    )
)
_NO_TRIGGERS: Final = frozenset(("ONBUILD", "FROM", "MAINTAINER"))
_MAY_BE_EMPTY: Final = frozenset(("CMD", "ENTRYPOINT"))
_EXAMPLES: Final = {
    "ARG": "NAME or NAME=DEFAULT",
    "COPY": "sources and a destination",
    "ADD": "sources and a destination",
    "ENV": "NAME=VALUE",
    "EXPOSE": "a port",
    "FROM": "an image, or an image and `AS NAME`",
    "HEALTHCHECK": "CMD and a command, or NONE",
    "LABEL": "NAME=VALUE",
    "ONBUILD": "an instruction",
    "RUN": "a command",
    "SHELL": 'a list as `["/bin/sh", "-c"]`',
    "STOPSIGNAL": "a signal",
    "USER": "a user",
    "VOLUME": "a path",
    "WORKDIR": "a path",
}
LARGEST: Final = 4 << 20
"""Bytes; what is larger was not written by people."""


def read_source(content: bytes, name: str) -> Source:
    """Read a Dockerfile. `name` is what errors call it. Raises DockerfileError."""
    name = printable(name)
    if len(content) > LARGEST:
        raise DockerfileError(
            f"{name} has {len(content):,} bytes: no Dockerfile is larger than {LARGEST >> 20} MiB",
            hint="name the Dockerfile, or the directory that it is in",
        )
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise DockerfileError(
            f"{name}:{line}: a NUL byte: this is a binary file, no Dockerfile",
            hint="name the Dockerfile, or the directory that it is in",
        )
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    return _Reader(name, text).read()


class _Reader:
    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
        self._position = 0
        """Of the line that is read next."""
        self._directives: dict[str, str] = {}
        self._may_be_directive = True
        self._comments: list[Comment] = []
        self._escape = "\\"

    def read(self) -> Source:
        instructions = []
        while self._position < len(self._lines):
            start = self._position
            line = self._take().lstrip()
            if self._may_be_directive and self._is_directive(line, start + 1):
                continue
            if line and not self._is_comment(line, start + 1):
                instructions.append(self._instruction(line, start + 1))
        if not instructions:
            raise self._error(1, "no instruction in it", "FROM and an image")
        self._check_beginning(instructions)
        return Source(
            name=self._name,
            text=self._text,
            directives=tuple(self._directives.items()),
            instructions=tuple(instructions),
            comments=tuple(self._comments),
        )

    def _take(self) -> str:
        self._position += 1
        return self._lines[self._position - 1]

    def _is_directive(self, line: str, number: int) -> bool:
        """Directives stand in front of everything else, empty lines included."""
        found = _DIRECTIVE.fullmatch(line)
        key = found[1].lower() if found else ""
        if found is None or key not in _DIRECTIVES:
            self._may_be_directive = False
            return False
        if key in self._directives:
            raise self._error(number, f"a second directive `{key}`", "each one once")
        self._directives[key] = found[2]
        if key == "escape":
            if found[2] not in ("\\", "`"):
                raise self._error(number, f"escape is {found[2]!r}", "a backslash or a backtick")
            self._escape = found[2]
        return True

    def _is_comment(self, line: str, number: int) -> bool:
        if line.startswith("#"):
            self._comments.append(Comment(line=number, text=line[1:].strip()))
            return True
        return False

    def _instruction(self, first: str, start: int) -> Instruction:
        text, goes_on = self._continued(first)
        while goes_on and self._position < len(self._lines):
            line = self._take()
            # Comments and empty lines do not end what is continued.
            if line.strip() and not self._is_comment(line.lstrip(), self._position):
                part, goes_on = self._continued(line)
                text += part
        instruction = self._parsed(text, start)
        last = instruction.trigger or instruction
        if last.name in _WITH_HEREDOCS and last.json is None:
            heredocs = tuple(self._heredocs(last.text, start))
            instruction = _with_heredocs(instruction, heredocs)
        return dataclasses.replace(instruction, end_line=self._position)

    def _continued(self, line: str) -> tuple[str, bool]:
        bare = line.rstrip(" \t")
        goes_on = bare.endswith(self._escape) and not bare.endswith(self._escape * 2)
        return (bare[:-1], True) if goes_on else (line, False)

    def _parsed(self, text: str, line: int) -> Instruction:
        word, rest = [*text.strip().split(maxsplit=1), ""][:2]
        name = word.upper()
        if name not in INSTRUCTIONS:
            near = difflib.get_close_matches(name, INSTRUCTIONS, n=1, cutoff=0.65)
            expected = near[0] if near else "an instruction such as FROM, RUN or COPY"
            raise self._error(line, f"unknown instruction `{printable(word[:40])}`", expected)
        rest = rest.strip()
        if name == "ONBUILD":
            return self._onbuild(rest, line)
        flags = []
        while (found := re.match(r"--[a-z][\w-]*(?:=\S*)?(?:\s+|$)", rest)) is not None:
            flags.append(found[0].strip())
            rest = rest[found.end() :]
        command = rest
        if name == "HEALTHCHECK" and rest[:4].upper() == "CMD ":
            command = rest[4:].strip()
        try:
            words = json_words(command) if name in _WITH_JSON else None
        except TypeError as error:
            raise self._error(line, f"{name} with a JSON list of other things", "texts") from error
        instruction = Instruction(
            name=name,
            flags=tuple(flags),
            text=rest,
            json=words,
            line=line,
            end_line=line,
        )
        self._check(instruction)
        return instruction

    def _onbuild(self, rest: str, line: int) -> Instruction:
        if not rest:
            raise self._error(line, "ONBUILD says nothing", _EXAMPLES["ONBUILD"])
        trigger = self._parsed(rest, line)
        if trigger.name in _NO_TRIGGERS:
            raise self._error(line, f"ONBUILD cannot have {trigger.name}", "another instruction")
        return Instruction(name="ONBUILD", text=rest, line=line, end_line=line, trigger=trigger)

    def _heredocs(self, text: str, line: int) -> list[Heredoc]:
        found = []
        for word in split_words(text, self._escape):
            match = _HEREDOC.fullmatch(word)
            if match is None:
                continue
            name = unquoted(match[2], self._escape)
            content = self._body(name, bool(match[1]), line)
            is_expanded = name == match[2]
            found.append(Heredoc(name=name, content=content, is_expanded=is_expanded))
        return found

    def _body(self, name: str, without_tabs: bool, line: int) -> str:
        body: list[str] = []
        while self._position < len(self._lines):
            text = self._take()
            if without_tabs:
                text = text.lstrip("\t")
            if text == name:
                return "".join(f"{each}\n" for each in body)
            body.append(text)
        raise self._error(
            line, "a here-document that does not end", f"a line `{printable(name)}` after it"
        )

    def _check(self, instruction: Instruction) -> None:
        """Refuse what no builder takes."""
        name, line = instruction.name, instruction.line
        words = split_words(instruction.text, self._escape)
        if not words and name not in _MAY_BE_EMPTY and name in _EXAMPLES:
            raise self._error(line, f"{name} says nothing", _EXAMPLES[name])
        is_wrong = {
            "FROM": len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"),
            "COPY": len(instruction.json if instruction.json is not None else words) < 2,
            "ADD": len(instruction.json if instruction.json is not None else words) < 2,
            "ENV": pairs(instruction.text, self._escape) is None,
            "LABEL": pairs(instruction.text, self._escape) is None,
            "SHELL": not instruction.json,
            "HEALTHCHECK": not words or words[0].upper() not in ("CMD", "NONE"),
            "STOPSIGNAL": len(words) != 1,
        }.get(name, False)
        if is_wrong:
            text = printable(f"{name} {instruction.text}")
            shown = text if len(text) <= 60 else f"{text[:60]}…"
            raise self._error(line, f"`{shown}` is not a valid {name}", _EXAMPLES[name])

    def _check_beginning(self, instructions: list[Instruction]) -> None:
        for instruction in instructions:
            if instruction.name == "FROM":
                return
            if instruction.name != "ARG":
                raise self._error(
                    instruction.line,
                    f"{instruction.name} before the first FROM",
                    "FROM: only ARG may stand before it",
                )
        raise self._error(len(self._lines), "no FROM in it", "FROM and an image")

    def _error(self, line: int, problem: str, expected: str) -> DockerfileError:
        return DockerfileError(f"{self._name}:{line}: {problem}; expected {expected}")


def _with_heredocs(instruction: Instruction, heredocs: tuple[Heredoc, ...]) -> Instruction:
    if instruction.trigger:
        trigger = dataclasses.replace(instruction.trigger, heredocs=heredocs)
        return dataclasses.replace(instruction, trigger=trigger)
    return dataclasses.replace(instruction, heredocs=heredocs)
