"""Programs and libraries that kept texts mention."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from slimmer.files import name_of, parent_of
from slimmer.keep.linux.elf import PROGRAM_STARTERS
from slimmer.keep.mentions import (
    COMMON_WORDS,
    classes_in,
    constants_of,
    mentions_of,
    programs_of_script,
    scripts_in_settings,
    scripts_in_source,
)
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages import LIBRARY_FOLDER, weight_of
from slimmer.keep.scanning import held_by, texts_matching
from slimmer.values import Entry, EntryType, HeavyOmission

_LARGEST_TEXT = 16 << 20
_LARGEST_PROGRAM = 64 << 20
# Bytes of a program, with the libraries that nobody was seen to load, that a text starts; and of
# one of which the text has the name alone.
_HEAVIEST = 64_000_000
_HEAVIEST_MAYBE = 8_000_000
_HEAVIEST_STARTED = 2_000_000
_SOURCES = re.compile(
    r".*\.(?:py|[cm]?[jt]sx?|rb|php|pl|pm|lua|jl|r|ex|exs|erl|tcl|scm|clj|groovy)", re.I
)
_BACKTICK_SOURCES = re.compile(r".*\.(?:rb|php|pl|pm|rake)|[^.]*", re.I)
_TEXTS = re.compile(
    r".*\.(?:html?|css|svg|csv|tsv|md|rst|map|lock|po|pot|sql|geojson|ndjson|log|pem|crt|d\.ts)",
    re.I,
)
_SETTINGS = re.compile(
    r".*\.(?:conf|cfg|cnf|ini|toml|ya?ml|json|service|timer|properties|env|xml)|procfile|crontab"
    r"|[^.]*",
    re.I,
)
_LIBRARY_NAME = re.compile(r"(?:lib)?(?P<stem>[\w+.-]+?)(?:\.so(?:\.[\d.]+)?)?")
_PATH_IN_PROGRAM = re.compile(rb"/(?:usr|etc|opt|srv|var|bin|sbin|lib)/[\w./+@-]{2,200}")
_NAME_IN_PROGRAM = re.compile(rb"\0([a-z][\w.+-]{1,40})[\0 ]")
# Packages ask for their own version, or build themselves, with these while they are developed.
_DEVELOPERS_TOOLS = frozenset(
    (
        *("git", "hg", "svn", "bzr", "cc", "gcc", "g++", "c++", "clang", "ld", "make", "cmake"),
        *("objdump", "pip", "pip3", "npm", "yarn", "docker", "apt", "apt-get", "brew", "man"),
    )
)
_LDCONFIG = ("/sbin/ldconfig", "/sbin/ldconfig.real")


class MentionsRule(Rule):
    """`execFile('pdftotext')`, `subprocess.run(['ps'])`, `find_library('magic')`: what a source
    starts or opens when a request asks. The application's own sources and settings count, in any
    language, and so do its own programs; of installed packages only calls do."""

    name = "mentions"
    summary = "programs and libraries that kept sources, settings and programs mention"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._left_out: dict[str, tuple[str, int]] = {}
        self._asked: set[str] = set()

    def begin(self) -> Iterable[Want]:
        for path in self.context.request.variables.get("LD_PRELOAD", "").replace(":", " ").split():
            yield from self._library(path, "LD_PRELOAD")

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if entry.type is not EntryType.FILE or not entry.size:
                continue
            if self.context.is_packaged(entry.path):
                if is_program(entry) and entry.path not in self.context.bystanders:
                    if self.context.content.head(entry.path, 2) == b"#!":
                        yield from self._named_in_text(entry)
                    else:
                        yield from self._started_by_program(entry)
            elif entry.path.endswith((".jar", ".war", ".class")):
                yield from self._named_in_classes(entry)
            elif self.context.elf_files.get(entry.path) is not None:
                if not self.context.environments.contains(entry.path):
                    yield from self._named_in_program(entry)
            elif entry.size <= _LARGEST_TEXT and not _TEXTS.fullmatch(name_of(entry.path)):
                yield from self._named_in_text(entry)

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        for path, (source, weight) in self._left_out.items():
            if path not in kept:
                yield HeavyOmission(
                    what=path, size=weight, why=f"though {source} mentions it", include=path
                )

    def _named_in_text(self, entry: Entry) -> Iterable[Want]:
        is_dependency = self.context.environments.contains(entry.path)
        if is_dependency and not _SOURCES.fullmatch(entry.path):
            return
        data = self.context.content.head(entry.path, _LARGEST_TEXT)
        if b"\0" in data[:4096]:
            return
        known, name = self._known, name_of(entry.path)
        found = mentions_of(data, known, is_dependency=is_dependency)
        if is_dependency:
            found.programs -= _DEVELOPERS_TOOLS
        else:
            text = os.fsdecode(data)
            scripts: list[str] = []
            if _BACKTICK_SOURCES.fullmatch(name):
                scripts += scripts_in_source(text)
            if _SETTINGS.fullmatch(name):
                scripts += scripts_in_settings(text)
            for script in scripts:
                found.programs |= programs_of_script(script, known)
        # Scripts of the distribution, and packages of languages, are for many cases.
        is_general = is_dependency or self.context.is_packaged(entry.path)
        for program in sorted(found.programs):
            asked_for = not is_general or program in self._requested_programs
            yield from self._program(
                program, entry.path, _HEAVIEST if asked_for else _HEAVIEST_MAYBE
            )
        for program in sorted(found.maybe_programs - found.programs):
            yield from self._program(program, entry.path, _HEAVIEST_MAYBE)
        for library in sorted(found.libraries):
            yield from self._library(library, entry.path)
        if found.starts_shell:
            yield Want(path="/bin/sh", detail=f"{entry.path} starts it", because=entry.path)
        if found.finds_libraries and "/ctypes/" not in entry.path:
            for path in _LDCONFIG:
                detail = f"{entry.path} asks it for libraries"
                yield Want(path=path, detail=detail, because=entry.path)

    def _started_by_program(self, entry: Entry) -> Iterable[Want]:
        """Of the distribution's programs: what they start by a name that stands in them alone, as
        tar starts gzip."""
        elf = self.context.elf_files.get(entry.path)
        if elf is None or PROGRAM_STARTERS.isdisjoint(elf.imports):
            return
        with self.context.content.open(entry.path) as stream:
            names = map(os.fsdecode, texts_matching(stream, _NAME_IN_PROGRAM))
        for name in sorted(names):
            if name in self._known and name not in COMMON_WORDS:
                yield from self._program(name, entry.path, _HEAVIEST_STARTED)

    def _named_in_program(self, entry: Entry) -> Iterable[Want]:
        """Of the author's own programs: paths, names that stand alone as C and Rust have them, and
        names of programs that were installed by name wherever they stand, as Go has them."""
        if entry.size > _LARGEST_PROGRAM:
            return
        with self.context.content.open(entry.path) as stream:
            paths = set(map(os.fsdecode, texts_matching(stream, _PATH_IN_PROGRAM)))
            names = set(map(os.fsdecode, texts_matching(stream, _NAME_IN_PROGRAM)))
            held = held_by(stream, list(map(os.fsencode, self._requested_programs)))
        requested = set(map(os.fsdecode, held))
        for path in sorted(paths):
            named = self.context.index.resolve(path.rstrip(".")).entry
            if named is not None and named.type is EntryType.FILE:
                yield Want(path=path, detail=f"named in {entry.path}", because=entry.path)
        for name in sorted(names - requested):
            yield from self._program(name, entry.path, _HEAVIEST_MAYBE)
        for name in sorted(requested):
            yield from self._program(name, entry.path, _HEAVIEST)

    def _named_in_classes(self, entry: Entry) -> Iterable[Want]:
        """Constants of those of the application's own classes that start programs."""
        packed = entry.size <= _LARGEST_PROGRAM
        if self.context.environments.contains(entry.path) or not packed:
            return
        with self.context.content.open(entry.path) as stream:
            names = {name for data in classes_in(stream) for name in constants_of(data)}
        for name in sorted(names & self._known):
            yield from self._program(name, entry.path, _HEAVIEST_MAYBE)

    @cached_property
    def _known(self) -> frozenset[str]:
        """The names that programs of the image have on the PATH."""
        return self.context.programs.names

    @cached_property
    def _requested_programs(self) -> frozenset[str]:
        packages = self.context.request.packages
        if packages is None:
            return frozenset()
        files = packages.files()
        return frozenset(
            name_of(path)
            for package in packages.packages
            if package.requested and not package.essential
            for path in files[package]
            if len(name_of(path)) > 3 and self.context.programs.find(name_of(path)) == path
        )

    def _program(self, name: str, source: str, limit: int) -> Iterable[Want]:
        path = self.context.programs.find(name)
        if not path or path in self._asked:
            return
        entry = self.context.index.resolve(path).entry
        if entry is None or not is_program(entry):
            return
        self._asked.add(path)
        weight = weight_of(self.context, entry, limit=limit)
        if weight > limit:
            self._left_out[path] = (source, weight)
            self._asked.discard(path)
            return
        yield Want(path=path, detail=f"{source} mentions it", because=source)

    def _library(self, name: str, source: str) -> Iterable[Want]:
        if name.startswith("/"):
            paths: Iterable[str] = (name,) if ".so" in name else ()
        else:
            paths = self._libraries.get(name, ())
            match = _LIBRARY_NAME.fullmatch(name)
            if not paths and match:
                paths = self._libraries.get(match["stem"], ())
        for path in paths:
            yield Want(path=path, detail=f"{source} opens it", because=source)

    @cached_property
    def _libraries(self) -> dict[str, list[str]]:
        """`libmagic.so.1` and `magic` → the paths of that name where loaders look."""
        found: dict[str, list[str]] = {}
        for name, paths in self.context.named.items():
            if name.startswith("lib") and ".so" in name:
                for path in paths:
                    if LIBRARY_FOLDER.fullmatch(parent_of(path)):
                        found.setdefault(name, []).append(path)
                        found.setdefault(name[3:].partition(".so")[0], []).append(path)
        return found
