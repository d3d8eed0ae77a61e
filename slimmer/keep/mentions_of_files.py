"""What the files of an image mention, each file read once, however many decisions ask."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

from slimmer.files import Readings, name_of
from slimmer.keep.command_texts import (
    commands_in_settings,
    scripts_in_awk,
    scripts_in_makefile,
    scripts_in_source,
)
from slimmer.keep.linux.program_texts import texts_of_program
from slimmer.keep.mentions import (
    COMMON_WORDS,
    Mentions,
    classes_in,
    constants_of,
    mentions_of,
    programs_of_script,
)
from slimmer.keep.scanning import held_by, texts_matching
from slimmer.keep.text_kinds import (
    SOURCES,
    has_names_of_packages,
    is_of_the_system,
    is_settings,
)
from slimmer.values import Content, Entry

LARGEST_TEXT = 16 << 20
_AWK = re.compile(rb"#!.*\bawk\b")
_WITH_BACKTICKS = ("perl", "ruby", "php")
_BACKTICK_SOURCES = re.compile(r".*\.(?:rb|php|pl|pm|rake)|[^.]*", re.I)
_PATH_IN_PROGRAM = re.compile(rb"/(?:usr|etc|opt|srv|var|bin|sbin|lib)/[\w./+@-]{2,200}")
_NAME_IN_PROGRAM = re.compile(rb"\0(?:[\w./+-]{0,80}/)?([a-z][\w.+-]{1,40})(?=[\0 ])")
# Go's texts stand side by side: what stands before the name may be the end of another text.
_COMMAND_IN_PROGRAM = re.compile(rb"([a-z][\w.+-]{1,24}) (?=--?[A-Za-z]|\+%|[a-z]{1,4} [-/.])")
_SHORTEST_END = 3
# A text that is a name, or the path of one; a command line, by what stands behind its first word.
_TEXT_IS_NAME = re.compile(rb"(?:[\w./+-]{0,80}/)?([a-z][\w.+-]{1,40})")
_TEXT_IS_COMMAND = re.compile(
    rb"(?:[\w./+-]{0,80}/)?([a-z][\w.+-]{1,40}) +(?:--?[A-Za-z]|\+%|[a-z]{1,4} [-/.])"
)
_SHELL_OPERATOR = re.compile(rb"[|;&]|\$\(")
# Packages ask for their own version, or build themselves, with these while they are developed.
_DEVELOPERS_TOOLS = frozenset(
    (
        *("git", "hg", "svn", "bzr", "cc", "gcc", "g++", "c++", "clang", "ld", "make", "cmake"),
        *("objdump", "pip", "pip3", "npm", "yarn", "docker", "apt", "apt-get", "brew", "man"),
    )
)
_NO_MENTIONS = Mentions()


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramMentions:
    """Programs that an ELF file may start."""

    names: list[str]
    """What stands alone, sorted."""
    commands: list[str]
    """What has an option behind it, sorted."""
    are_exact: bool
    """Whether it is known where texts begin; if not, these may be parts of other words."""


class FileMentions:
    """Reads texts, programs and Java's classes of one original."""

    def __init__(self, content: Content, known: Set[str], readings: Readings) -> None:
        """`known` are the names that programs of the image have on the PATH."""
        self._content = content
        self._known = known
        self._readings = readings

    def text(self, entry: Entry, *, is_dependency: bool, is_own: bool) -> Mentions:
        """What a source, a script or a settings file names; `is_own`: the image's author wrote
        it."""
        texts = self._readings.below(("text", is_dependency, is_own, self._known))
        return texts.once(entry.path, lambda: self._read_text(entry, is_dependency, is_own))

    def code(self, code: str, language: str) -> Mentions:
        """What code of one language names that stands within another text."""

        def read() -> Mentions:
            found = mentions_of(os.fsencode(code), self._known)
            scripts = list(scripts_in_source(code, backticks=language in _WITH_BACKTICKS))
            if language == "awk":
                scripts += scripts_in_awk(code)
            for script in scripts:
                found.programs |= programs_of_script(script, self._known)
            return found

        return self._readings.once(("code", code, language, self._known), read)

    def program(self, entry: Entry) -> ProgramMentions:
        """What an ELF file names."""
        key = ("program", entry.path, self._known)
        return self._readings.once(key, lambda: self._read_program(entry))

    def _read_program(self, entry: Entry) -> ProgramMentions:
        with self._content.open(entry.path) as stream:
            texts = texts_of_program(stream)
        if texts is None:
            names = set(self._texts(entry, _NAME_IN_PROGRAM))
            loose = self._texts(entry, _COMMAND_IN_PROGRAM)
            ends = {text[at:] for text in loose for at in range(len(text) - _SHORTEST_END + 1)}
            commands = {*loose, *ends}
        else:
            names = _firsts(_TEXT_IS_NAME.fullmatch, texts)
            commands = _firsts(_TEXT_IS_COMMAND.match, texts)
            for text in filter(_SHELL_OPERATOR.search, texts):
                line = os.fsdecode(text)
                if line.partition(" ")[0] in self._known:
                    commands |= programs_of_script(line, self._known)
        return ProgramMentions(
            names=sorted(self._known & names),
            commands=sorted(self._known & commands),
            are_exact=texts is not None,
        )

    def paths_in_program(self, entry: Entry) -> list[str]:
        """What an ELF file has that looks like a path, sorted."""
        key = ("paths", entry.path)
        return self._readings.once(key, lambda: self._texts(entry, _PATH_IN_PROGRAM))

    def held_by_program(self, entry: Entry, names: frozenset[str]) -> list[str]:
        """Those of the names that an ELF file has anywhere, sorted."""

        def read() -> list[str]:
            with self._content.open(entry.path) as stream:
                return sorted(map(os.fsdecode, held_by(stream, list(map(os.fsencode, names)))))

        return self._readings.once(("held", entry.path, names), read)

    def names_in_classes(self, entry: Entry) -> list[str]:
        """Names of programs among the constants of Java's classes and in command lines that stand
        there, sorted."""

        def read() -> list[str]:
            with self._content.open(entry.path) as stream:
                texts = {text for data in classes_in(stream) for text in constants_of(data)}
            lines = (programs_of_script(text, self._known) for text in texts if " " in text)
            return sorted((texts & self._known).union(*lines))

        return self._readings.once(("classes", entry.path, self._known), read)

    def _read_text(self, entry: Entry, is_dependency: bool, is_own: bool) -> Mentions:
        data = self._content.head(entry.path, LARGEST_TEXT)
        if b"\0" in data[:4096]:
            return _NO_MENTIONS
        found = mentions_of(data, self._known, is_dependency=is_dependency)
        if is_dependency:
            found.programs -= _DEVELOPERS_TOOLS
            found.maybe_programs -= _DEVELOPERS_TOOLS
        else:
            self._read_own_text(entry, data, found, is_own=is_own)
        return found if found != _NO_MENTIONS else _NO_MENTIONS

    def _read_own_text(self, entry: Entry, data: bytes, found: Mentions, *, is_own: bool) -> None:
        """Commands that no call of a known language starts."""
        text, name = os.fsdecode(data), name_of(entry.path)
        is_script = data.startswith(b"#!")
        scripts: list[str] = []
        if SOURCES.fullmatch(name) or "." not in name or is_script:
            backticks = bool(_BACKTICK_SOURCES.fullmatch(name))
            scripts += scripts_in_source(text, backticks=backticks)
        if name.endswith(".awk") or (is_script and _AWK.match(data)):
            scripts += scripts_in_awk(text)
        if is_settings(entry.path):
            names_count = is_own and not (
                is_script or is_of_the_system(entry.path) or has_names_of_packages(entry.path)
            )
            settings = commands_in_settings(text, self._known, names_count=names_count)
            scripts += settings.lines
            found.words |= settings.names & COMMON_WORDS
            found.maybe_programs |= settings.names - COMMON_WORDS
        for script in scripts:
            found.programs |= programs_of_script(script, self._known)

    def recipes(self, entry: Entry) -> set[str]:
        """The programs and paths that a makefile names in its recipes."""

        def read() -> set[str]:
            text = os.fsdecode(self._content.head(entry.path, LARGEST_TEXT))
            scripts = scripts_in_makefile(text)
            return set().union(*(programs_of_script(script, self._known) for script in scripts))

        return self._readings.once(("recipes", entry.path, self._known), read)

    def _texts(self, entry: Entry, pattern: re.Pattern[bytes]) -> list[str]:
        with self._content.open(entry.path) as stream:
            return sorted(map(os.fsdecode, texts_matching(stream, pattern)))


def _firsts(match: Callable[[bytes], re.Match[bytes] | None], texts: Iterable[bytes]) -> set[str]:
    """The first groups of those that match."""
    return {os.fsdecode(found[1]) for found in map(match, texts) if found}
