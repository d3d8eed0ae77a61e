"""What the files of an image mention, each file read once, however many decisions ask."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import islice, product

from slimmer.files import Readings, name_of
from slimmer.keep.command_texts import (
    commands_in_settings,
    scripts_in_awk,
    scripts_in_makefile,
    scripts_in_source,
)
from slimmer.keep.compiled_texts import code_in_archive, texts_of_compiled, texts_of_frozen
from slimmer.keep.linux.payloads import payload_of_program
from slimmer.keep.linux.program_texts import texts_of_program
from slimmer.keep.mentions import (
    COMMON_WORDS,
    Mentions,
    classes_in,
    constants_of,
    mentions_of,
    opens_libraries,
    programs_of_script,
    starts_programs,
)
from slimmer.keep.scanning import held_by, texts_matching
from slimmer.keep.text_kinds import (
    SOURCES,
    has_names_of_packages,
    is_for_tasks,
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
_PATH_OF_CLASS = re.compile(r"/(?:usr|etc|opt|srv|var|bin|sbin|lib)/[\w./+@-]{2,200}")
_FOR_SHELL = re.compile(rb"-l?c +(['\"])(.+)\1")
# `libz.so.1`, and Nim's `libz.so(.1|.2)`, before which the flags of its length stand.
_LIBRARY_IN_PROGRAM = re.compile(
    rb"[\0@](\(?lib[\w+.()|-]{1,60}\.\(?so(?:[.\d()|]|so){0,80})(?=\0)"
)
# `snprintf(name, 80, "lib%s.so.%d", part, 3)`: parts of names stand alone as well.
_COMPOSED = re.compile(rb"\0(lib(?:%s[\w.%]*)?)(?=\0)")
_PART_IN_PROGRAM = re.compile(rb"\0([A-Za-z][\w+-]{1,40})(?=\0)")
_CHOICE = re.compile(r"\(([^()]*)\)")
_MOST_CHOICES = 100
_LIBRARY_OF_CLASS = re.compile(r"[\w+.-]{1,60}")
_LIBRARY = re.compile(r"lib[\w+.-]+")
# Packages ask for their own version, or build themselves, with these while they are developed. One
# that is named for such a tool is there to use it: `simple-git`, GitPython's `git`, `git-1.13.0`.
_DEVELOPERS_TOOLS = frozenset(
    (
        *("git", "hg", "svn", "bzr", "cc", "gcc", "g++", "c++", "clang", "cpp", "ld", "make"),
        "cmake",
        *("objdump", "pip", "pip3", "npm", "yarn", "docker", "apt", "apt-get", "brew", "man"),
    )
)
_PACKAGE = re.compile(
    r"/(?:(?:site|dist)-packages|node_modules(?:/@[^/]+)?|gems|vendor/[^/]+)/([^/]+)(?=/)"
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


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassMentions:
    """What the constants of an archive of Java's classes name, each sorted."""

    started: list[str]
    """Programs, in classes that start some."""
    named: list[str]
    """Programs, in any class."""
    opened: list[str]
    """What may be names of libraries, in classes that open some."""
    paths: list[str]
    """What looks like a path."""


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
            commands = self._commands_of(texts)
        return ProgramMentions(
            names=sorted(self._known & names),
            commands=sorted(self._known & commands),
            are_exact=texts is not None,
        )

    def _commands_of(self, texts: Collection[bytes]) -> set[str]:
        """What each text starts that is a command line by its options, by its pipes, or by being
        what a shell is given behind `-c`."""
        commands = _firsts(_TEXT_IS_COMMAND.match, texts)
        for text in texts:
            given = _FOR_SHELL.fullmatch(text)
            if given or _SHELL_OPERATOR.search(text):
                line = os.fsdecode(given[2] if given else text)
                if line.partition(" ")[0] in self._known:
                    commands |= programs_of_script(line, self._known)
        return commands

    def payload(self, entry: Entry) -> Mentions:
        """What the application names that an ELF file carries in itself."""

        def read() -> Mentions:
            with self._content.open(entry.path) as stream:
                payload = payload_of_program(stream)
            texts = texts_of_frozen(payload)
            if texts is None:
                return mentions_of(payload, self._known) if payload else _NO_MENTIONS
            return self._named_by_constants(texts)

        return self._readings.once(("payload", entry.path, self._known), read)

    def _read_compiled(self, data: bytes) -> Mentions:
        """What byte code of the author's names, and sources in an archive of the author's."""
        texts = texts_of_compiled(data)
        if texts is not None:
            return self._named_by_constants(texts)
        found = _NO_MENTIONS
        for code in code_in_archive(data):
            constants = texts_of_compiled(code)
            if constants is None:
                found = found.joined(mentions_of(code, self._known))
            else:
                found = found.joined(self._named_by_constants(constants))
        return found

    def _named_by_constants(self, texts: list[str]) -> Mentions:
        """Whether byte code starts anything is not known, so a name alone is what it is in
        settings."""
        encoded = list(map(os.fsencode, texts))
        names = _firsts(_TEXT_IS_NAME.fullmatch, encoded) & self._known
        paths = {text for text in texts if text.startswith("/") and name_of(text) in self._known}
        return Mentions(
            programs=self._commands_of(encoded) | paths,
            maybe_programs=names - COMMON_WORDS,
            words=names & COMMON_WORDS,
            libraries=set(filter(_LIBRARY.fullmatch, texts)),
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

    def libraries_in_program(
        self, entry: Entry, names: frozenset[str], stems: frozenset[str]
    ) -> list[str]:
        """Those of the names of libraries that stand alone in an ELF file, sorted; where it puts
        names together, the stems as well."""

        def read() -> tuple[list[str], list[str]]:
            composed = self._texts(entry, _COMPOSED)
            parts = self._texts(entry, _PART_IN_PROGRAM) if composed else []
            return self._texts(entry, _LIBRARY_IN_PROGRAM), parts

        found, parts = self._readings.once(("libraries", entry.path), read)
        return sorted({*names.intersection(_spelled_out(found)), *stems.intersection(parts)})

    def classes(self, entry: Entry) -> ClassMentions:
        """What the constants of Java's classes name."""

        def read() -> ClassMentions:
            started: set[str] = set()
            named: set[str] = set()
            opened: set[str] = set()
            with self._content.open(entry.path) as stream:
                for data in classes_in(stream):
                    texts = set(constants_of(data))
                    named |= texts
                    if starts_programs(data):
                        started |= texts
                    if opens_libraries(data):
                        opened |= texts
            lines = (programs_of_script(text, self._known) for text in started if " " in text)
            return ClassMentions(
                started=sorted((started & self._known).union(*lines)),
                named=sorted(named & self._known),
                opened=sorted(filter(_LIBRARY_OF_CLASS.fullmatch, opened)),
                paths=sorted(filter(_PATH_OF_CLASS.fullmatch, named)),
            )

        return self._readings.once(("classes", entry.path, self._known), read)

    def _read_text(self, entry: Entry, is_dependency: bool, is_own: bool) -> Mentions:
        if is_dependency and is_for_tasks(entry.path):
            return _NO_MENTIONS
        data = self._content.head(entry.path, LARGEST_TEXT)
        if b"\0" in data[:4096]:
            return _NO_MENTIONS if is_dependency else self._read_compiled(data)
        found = mentions_of(data, self._known, is_dependency=is_dependency)
        if has_names_of_packages(entry.path):
            found.maybe_programs.clear()
        if is_dependency:
            tools = _DEVELOPERS_TOOLS - _words_of_package(entry.path)
            found.programs -= tools
            found.maybe_programs -= tools
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


def _spelled_out(patterns: Iterable[str]) -> Iterator[str]:
    """`libz.so(.1|.2)` means `libz.so.1` or `libz.so.2`."""
    for pattern in patterns:
        parts = [part.split("|") for part in _CHOICE.split(pattern)]
        yield from map("".join, islice(product(*parts), _MOST_CHOICES))


def _firsts(match: Callable[[bytes], re.Match[bytes] | None], texts: Iterable[bytes]) -> set[str]:
    """The first groups of those that match."""
    return {os.fsdecode(found[1]) for found in map(match, texts) if found}


def _words_of_package(path: str) -> set[str]:
    """Of the name of the innermost package that a file belongs to: `simple` and `git`."""
    *_, name = "", *_PACKAGE.findall(path)
    return set(re.split(r"[\W\d_]+", name))
