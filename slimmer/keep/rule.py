"""A rule asks for paths and says why. It never keeps anything by itself: the ledger does, after
a walk over the index, so no rule has to think about links, directories or exclusions.

A rule is made anew for each decision and may hold state. Every round shows each rule the entries
that the round before has kept, until a round keeps nothing new.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import (
    Callable,
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
    Set,
)
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, TypeVar

from slimmer.files import RootfsIndex, is_below, name_of, parent_of
from slimmer.keep.configuration_texts import configuration_texts
from slimmer.keep.environments import Environments, Landmark
from slimmer.keep.inline_sources import InlineSource, code_by_language, code_of_commands
from slimmer.keep.linux.elf import ElfFiles
from slimmer.keep.linux.loader import LibrarySearch
from slimmer.keep.linux.shebang import interpreter_of_script
from slimmer.keep.own_files import OwnFiles
from slimmer.keep.programs import Programs
from slimmer.keep.request import KeepRequest
from slimmer.shell import language_of
from slimmer.values import Access, Content, Entry, EntryType, HeavyOmission, Strategy

T = TypeVar("T")

OwnPackages = Callable[[RootfsIndex, Mapping[str, Sequence[str]], Content], Iterable[str]]
"""Of an index, its names and contents: the files of packages that were installed from the author's
own folder, which lie among those of others."""

BEYOND_MINIMAL = frozenset({Strategy.BALANCED, Strategy.SAFE})
"""The strategies of rules that keep what a probe did not touch, but what belongs to it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Want:
    """One path that a rule asks for."""

    path: str
    """Absolute; links and `..` on the way are walked over by the ledger."""
    detail: str
    """One phrase for humans, the start of `values.Reason.detail`."""
    because: str = ""
    """The kept path that led here."""
    even_if_missing: bool = False
    """Whether the directories up to a path that does not exist are kept: a program that looks
    for a file there may create one there."""
    bystander: bool = False
    """Whether it is there as a part of something larger, and nobody is known to execute it: then
    it asks for no interpreter. A Node package may hold a Python script that builds it."""


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """What is known before any image is: the same for all decisions."""

    rules: tuple[type[Rule], ...] = ()
    """In the order in which they are asked."""
    landmarks: tuple[Landmark, ...] = ()
    """By which environments of languages are found."""
    sources: tuple[str, ...] = ()
    """How the names of an application's sources end, by language."""
    own_packages: tuple[OwnPackages, ...] = ()
    """By which the author's own code is found among installed packages."""


class Context:
    """What all rules of one decision share: the request, and what was read for it so far."""

    def __init__(self, request: KeepRequest, rulebook: Rulebook) -> None:
        self.request = request
        self.rulebook = rulebook
        self.index = request.index
        self.content = request.content
        self._inline: dict[str, Mapping[str, Sequence[tuple[str, str]]]] = {}
        self._inline_of: tuple[Iterable[Entry], list[Entry]] = ((), [])
        self.bystanders: Set[str] = frozenset()
        """The paths that were asked for as bystanders only; the ledger's, while rules run."""

    @cached_property
    def elf_files(self) -> ElfFiles:
        """ELF headers by path, each read once."""
        return self._once(ElfFiles, lambda: ElfFiles(self.content))

    @cached_property
    def libraries(self) -> LibrarySearch:
        """Where the image's dynamic loaders look."""
        library_path = self.request.variables.get("LD_LIBRARY_PATH", "")
        return self._once(
            (LibrarySearch, library_path),
            lambda: LibrarySearch(
                self.index, self.content, self.elf_files, library_path=library_path
            ),
        )

    @cached_property
    def programs(self) -> Programs:
        """Programs by name, over the command's PATH."""
        path, folder = self.request.search_path, self.request.working_directory
        return self._once(
            (Programs, path, folder), lambda: Programs(self.index, path, directory=folder)
        )

    @cached_property
    def seen(self) -> frozenset[str]:
        """Real paths of the files that the trace saw opened or executed: what really ran, as
        opposed to what rules keep around it. What a finished image missed would have run too."""
        used = {
            sighting.path
            for sighting in self.request.trace.sightings
            if sighting.access in (Access.OPEN, Access.EXECUTE)
        }
        used |= {repair.path for repair in self.request.repairs}
        used |= {path for path, _ in self.request.missed}
        entries = (self.index.resolve(path).entry for path in used)
        return frozenset(
            entry.path for entry in entries if entry is not None and entry.type is EntryType.FILE
        )

    @cached_property
    def executed(self) -> frozenset[str]:
        """Real paths of the programs that the trace saw started, scripts included."""
        paths = (
            self.index.real_path(sighting.path)
            for sighting in self.request.trace.sightings
            if sighting.access is Access.EXECUTE
        )
        return frozenset(path for path in paths if path)

    @cached_property
    def named(self) -> Mapping[str, Sequence[str]]:
        """Name → the paths of all entries of that name, sorted. How rules find landmarks
        (`pyvenv.cfg`, `package.json`) without a walk of their own."""
        return self._once("names", self._by_name)

    def _by_name(self) -> Mapping[str, Sequence[str]]:
        paths: dict[str, tuple[str] | list[str]] = {}  # most names are of one path
        for entry in self.index:
            name = name_of(entry.path)
            known = paths.get(name)
            if isinstance(known, list):
                known.append(entry.path)
            else:
                paths[name] = (entry.path,) if known is None else [*known, entry.path]
        return paths

    @cached_property
    def configuration(self) -> Mapping[str, str]:
        """Path → text of the configuration files that the traced run read."""
        return configuration_texts(self.seen, self.index, self.content, self.environments)

    def interpreter_named(self, path: str) -> str:
        """The name of the interpreter in a script's first line; empty where there is none."""
        interpreter, _ = interpreter_of_script(self.content.head(path, 256))
        return name_of(interpreter)

    def inline_code(self, fresh: Iterable[Entry], language: str) -> Iterator[InlineSource]:
        """Code of a language that kept entries have in them without being sources of it: shell
        scripts, the author's settings and makefiles; and with an interpreter, what the image's own
        commands give it."""
        for entry in self._with_inline_code(fresh):
            path = entry.path
            for where, code in self._inline[path].get(language, ()):
                if where != path or self._counts(entry):
                    yield InlineSource(code=code, where=where, because=path)

    def _with_inline_code(self, fresh: Iterable[Entry]) -> list[Entry]:
        """Few; each rule of a round asks about the same entries."""
        if self._inline_of[0] is not fresh:
            found = []
            for entry in fresh:
                if entry.path not in self._inline:
                    self._inline[entry.path] = self._read_inline(entry)
                if self._inline[entry.path]:
                    found.append(entry)
            self._inline_of = (fresh, found)
        return self._inline_of[1]

    def _read_inline(self, entry: Entry) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Language → places with code; most files have none, and are asked for every language."""
        if entry.type is not EntryType.FILE:
            return {}
        if language := language_of(entry.path):
            commands = self._inline_of_commands.items()
            given = [
                (f"the image's {command}", languages[language])
                for command, languages in commands
                if language in languages
            ]
            return {language: given}
        if self.environments.contains(entry.path):
            return {}
        is_own = self.own_files.contains(entry)
        found = self.request.readings.once(
            ("inline", entry.path, is_own, self.programs.names),
            lambda: code_by_language(self.content, entry, self.programs.names, is_own=is_own),
        )
        return {language: [(entry.path, code)] for language, code in found.items()}

    @cached_property
    def _inline_of_commands(self) -> Mapping[str, Mapping[str, str]]:
        return code_of_commands(self.request.config)

    def _counts(self, script: Entry) -> bool:
        """Whether somebody may run it, as opposed to a part of something larger."""
        path = script.path
        if path in self.seen or path not in self.bystanders:
            return True
        return self.own_files.contains(script)

    def is_packaged(self, path: str) -> bool:
        """Whether a package of the distribution owns this file or link."""
        packages = self.request.packages
        return packages is not None and packages.owner(path) is not None

    def source_of(self, path: str) -> str:
        """The source package that the file's package was made from; empty where none owns it."""
        packages = self.request.packages
        owner = packages.owner(path) if packages is not None else None
        return owner.source if owner is not None else ""

    @cached_property
    def requested_programs(self) -> frozenset[str]:
        """Names of the programs on the PATH whose packages somebody has installed by name. One may
        be an alternative, which no package owns: `convert`."""
        packages = self.request.packages
        if packages is None:
            return frozenset()
        files = packages.files()
        owned = {
            name_of(path)
            for package in packages.packages
            if package.requested and not package.essential
            for path in files[package]
            if self.programs.has(path)
        }
        alternatives = {
            name
            for name in self.programs.names - owned
            if packages.owner(path := self.programs.find(name)) is None
            and packages.owner(self.index.real_path(path)) in packages.asked_for
        }
        return frozenset(name for name in owned | alternatives if len(name) > 3)

    def application_root(self, path: str) -> str:
        """The directory from which on the names above a source of the application mean something:
        in WORKDIR `/test` nothing is a test for that. Its own directory where it lies elsewhere."""
        workdir = self.index.real_path(self.request.working_directory)
        return workdir if workdir not in ("", "/") and is_below(path, workdir) else parent_of(path)

    @cached_property
    def own_files(self) -> OwnFiles:
        """What the image's author put there."""
        request = self.request
        return OwnFiles(
            self.index,
            request.packages,
            self.environments,
            request.above_base,
            readings=request.readings,
            working_directory=self.index.real_path(request.working_directory),
        )

    @cached_property
    def environments(self) -> Environments:
        """Where runtimes and installed packages lie."""
        landmarks, finders = self.rulebook.landmarks, self.rulebook.own_packages

        def make() -> Environments:
            own = (path for find in finders for path in find(self.index, self.named, self.content))
            return Environments(self.index, self.named, landmarks, own)

        return self._once((Environments, landmarks, finders), make)

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What the image alone tells, for all decisions on it."""
        return self.request.readings.once(key, make)


class Rule(ABC):
    """Base of all rules; a subclass says its name and summary and answers what it can."""

    name: ClassVar[str]
    """In reasons, in `--no-rule`, and in the list of rules."""
    summary: ClassVar[str]
    """One line for the list of rules."""
    strategies: ClassVar[frozenset[Strategy]] = frozenset(Strategy)
    """The strategies that this rule is part of."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def reads(self) -> Iterable[str]:
        """Regular files that the rule reads although it may not keep them: they are fetched
        together with the first round. Paths that do not exist are left out by the caller."""
        return ()

    def claims(self) -> Iterable[str]:
        """Files outside of all environments that belong to one after all, and that this rule
        decides about: what an installer of packages has put on the PATH."""
        return ()

    def begin(self) -> Iterable[Want]:
        """What the rule asks for by itself, once, before all rounds."""
        return ()

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        """What the entries that were just kept imply. Their content is there."""
        return ()

    def notes(self, kept: Collection[str]) -> Iterable[str]:
        """Sentences for the report, once nothing new is kept."""
        return ()

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        """What the rule would have asked for but for its size, once nothing new is kept."""
        return ()
