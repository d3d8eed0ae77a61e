"""Programs and libraries that kept texts mention."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from slimmer.files import is_below, name_of
from slimmer.keep.linux.elf import OPENER, PROGRAM_STARTERS
from slimmer.keep.mentions import COMMON_WORDS, KEYWORDS, Mentions
from slimmer.keep.mentions_of_files import LARGEST_TEXT, FileMentions
from slimmer.keep.programs import INSTALLERS, is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.common_words import CommonWords
from slimmer.keep.rules.opened import LibrariesByName, LibrariesOfSettings
from slimmer.keep.rules.packages import (
    AwaitedInterpreters,
    installed_to_be_run,
    is_module_of_language,
    mentioned_omissions,
    weight_of,
)
from slimmer.keep.text_kinds import SOURCES, is_makefile, is_of_the_system, is_shown
from slimmer.shell import LANGUAGES
from slimmer.values import Entry, EntryType, HeavyOmission

_LARGEST_PROGRAM = 64 << 20
_LARGEST_SCRIPT = 1 << 20
# Modules of languages that are larger compute something.
_LARGEST_OPENER = 16 << 20
# Bytes of a program, with the libraries that nobody was seen to load, that a text starts; and of
# one of which the text has the name alone.
_HEAVIEST = 64_000_000
# The same where the author's own text starts it and the author installed it by name, which is no
# chance: ffmpeg with its codecs, a browser, an office.
_HEAVIEST_INSTALLED = 1_000_000_000
_HEAVIEST_MAYBE = 8_000_000
_HEAVIEST_STARTED = 1_000_000
# Letters of a name that a program has hardly by chance: `cpan` and `scalar` are in many.
_SHORTEST_SURE = 7
# Letters of a name that `requested_programs` leaves out, as such names stand everywhere.
_SHORT_NAME = 3
_MAKE = re.compile(r"g?make|gnumake")
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
        # Makefiles count once something may run make.
        self._makefiles: list[Entry] = []
        self._runs_make = False
        self._interpreters = AwaitedInterpreters(context)
        self._words = CommonWords(context)
        self._libraries = LibrariesByName(context)
        self._settings = LibrariesOfSettings(context, self._libraries)

    def begin(self) -> Iterable[Want]:
        for path in self.context.request.variables.get("LD_PRELOAD", "").replace(":", " ").split():
            yield from self._libraries.wanted(path, "LD_PRELOAD")
        for variable, value in self.context.request.variables.items():
            if value in self._installed_to_be_run:
                detail = f"named by the variable {variable}"
                yield Want(path=self.context.programs.find(value), detail=detail)

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
                elif is_module_of_language(entry.path) or self._is_at_work(entry.path):
                    yield from self._named_in_text(entry)
            elif entry.path.endswith((".jar", ".war", ".class")):
                yield from self._named_in_classes(entry)
            elif self.context.elf_files.get(entry.path) is not None:
                yield from self._opened_by(entry)
                if not self.context.environments.contains(entry.path):
                    yield from self._named_in_program(entry)
            elif entry.size <= LARGEST_TEXT and not (
                is_shown(entry.path) or is_of_the_system(entry.path)
            ):
                yield from self._named_in_text(entry)
                if is_makefile(entry.path):
                    self._makefiles.append(entry)
            self._runs_make = self._runs_make or self._is_make(entry)
        yield from self._named_in_recipes()
        yield from self._named_inline(fresh)
        yield from self._interpreters.released(fresh)
        yield from self._words.released(fresh)

    def _is_at_work(self, path: str) -> bool:
        """Of an application that the distribution has packed: WORKDIR /usr/share/redmine."""
        folder = self.context.request.working_directory.rstrip("/")
        return folder.count("/") > 2 and is_below(path, folder)

    def _is_make(self, entry: Entry) -> bool:
        is_make = is_program(entry) and bool(_MAKE.fullmatch(name_of(entry.path)))
        return is_make and entry.path not in self.context.bystanders

    def _named_in_recipes(self) -> Iterable[Want]:
        while self._runs_make and self._makefiles:
            makefile = self._makefiles.pop()
            for program in sorted(self._files.recipes(makefile)):
                limit = _HEAVIEST if self._is_requested(program) else _HEAVIEST_MAYBE
                yield from self._program(program, makefile.path, limit)

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        return mentioned_omissions(self._left_out, kept)

    def _named_in_text(self, entry: Entry) -> Iterable[Want]:
        is_packaged = self.context.is_packaged(entry.path)
        is_dependency = self.context.environments.contains(entry.path) or (
            is_packaged and not is_program(entry)
        )
        if is_dependency and not SOURCES.fullmatch(entry.path):
            return
        is_own = self.context.own_files.contains(entry)
        found = self._files.text(entry, is_dependency=is_dependency, is_own=is_own)
        yield from self._wanted(found, entry.path, is_dependency, is_packaged)
        if not is_dependency:
            yield from self._settings.read(entry, composes=found.composes_libraries)

    def _named_inline(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        """Code of any language that a script or the image's own commands give an interpreter."""
        for language in LANGUAGES:
            for source in self.context.inline_code(fresh, language):
                found = self._files.code(source.code, language)
                is_script = source.where == source.because
                is_packaged = is_script and self.context.is_packaged(source.because)
                for want in self._wanted(found, source.because, False, is_packaged):
                    # Behind an interpreter the image's own command stands.
                    yield replace(want, detail=want.detail.replace(source.because, source.where, 1))

    def _wanted(
        self, found: Mentions, source: str, is_dependency: bool, is_packaged: bool
    ) -> Iterable[Want]:
        # Scripts of the distribution, and packages of languages, are for many cases.
        is_general = is_dependency or is_packaged
        for program in sorted(found.programs):
            asked_for = not is_general or self._is_requested(program)
            if is_dependency and is_packaged and not asked_for:
                continue  # its package says what it cannot do without
            limit = _HEAVIEST if asked_for else _HEAVIEST_MAYBE
            if not is_general and program in self._installed_to_be_run:
                limit = _HEAVIEST_INSTALLED
            yield from self._program(program, source, limit)
        for program in sorted(found.maybe_programs - found.programs):
            # Django has `program = "msgfmt"`: who has installed that by name wants it to be found.
            if is_dependency and not self._is_requested(program):
                continue
            limit = _HEAVIEST if is_dependency else _HEAVIEST_MAYBE
            if not is_general and program in self._installed_to_be_run:
                limit = _HEAVIEST_INSTALLED
            interpreter = self._unseen_interpreter(program) if is_general else ""
            if interpreter:
                path, detail = self.context.programs.find(program), f"{source} mentions it"
                want = Want(path=path, detail=detail, because=source)
                self._interpreters.hold(interpreter, [want])
            else:
                yield from self._program(program, source, limit)
        for word in sorted(found.words - found.programs - found.maybe_programs):
            if not is_general and word in self._installed_to_be_run:
                yield from self._program(word, source, _HEAVIEST)
            else:
                yield from self._words.wanted(word, source)
        for library in sorted(found.libraries):
            yield from self._libraries.wanted(library, source)
        if found.starts_shell and not (is_dependency and is_packaged):
            yield Want(path="/bin/sh", detail=f"{source} may start it", because=source)
        if found.finds_libraries and "/ctypes/" not in source:
            for path in _LDCONFIG:
                yield Want(path=path, detail=f"{source} may ask it for libraries", because=source)

    def _unseen_interpreter(self, name: str) -> str:
        """A name alone in a text for many cases is no reason for a whole language: `prosodyctl
        adduser` is a command of its own, and Debian's `adduser` is in Perl."""
        path = self.context.programs.find(name)
        program = self.context.index.resolve(path).entry if path else None
        if program is None or program.size > _LARGEST_SCRIPT:
            return ""
        self.context.content.fetch([program.path])
        interpreter = self._interpreters.interpreter_of(program)
        return "" if interpreter in self.context.executed else interpreter

    def _started_by_program(self, entry: Entry) -> Iterable[Want]:
        """Of the distribution's programs: what they start by a name that stands in them alone, as
        tar starts gzip. A name may mean something else (find knows file systems), so those start
        nothing further. Where the package needs that of the program, a word of every day counts,
        and any other name is what it starts, whatever it brings: filters of CUPS Ghostscript."""
        elf = self.context.elf_files.get(entry.path)
        if elf is None or PROGRAM_STARTERS.isdisjoint(elf.imports):
            return
        source = self.context.source_of(entry.path)
        for name in self._files.program(entry).names:
            path = self.context.programs.find(name)
            started = self.context.index.real_path(path)
            # `sendmail` is a link, which has a package of its own: what a mailer provides.
            depends = self._depends(entry.path, started) or self._depends(entry.path, path)
            if name in COMMON_WORDS and not depends:
                continue
            if self.context.source_of(started) == source:
                yield from self._program(name, entry.path, _HEAVIEST_MAYBE)
            elif depends and name not in COMMON_WORDS:
                yield from self._program(name, entry.path, _HEAVIEST)
            else:
                yield from self._program(name, entry.path, _HEAVIEST_STARTED, bystander=True)

    def _named_in_program(self, entry: Entry) -> Iterable[Want]:
        """Of the author's own programs: paths, names that stand alone, and command lines. Where
        nothing tells where texts begin, names of programs that were installed by name count
        wherever they stand."""
        if entry.size > _LARGEST_PROGRAM:
            return
        for path in self._files.paths_in_program(entry):
            named = self.context.index.resolve(path.rstrip(".")).entry
            if named is not None and named.type is EntryType.FILE:
                yield Want(path=path, detail=f"named in {entry.path}", because=entry.path)
        yield from self._wanted(self._files.payload(entry), entry.path, False, False)
        found = self._files.program(entry)
        sure = {*found.names, *found.commands} if found.are_exact else set()
        for name in sorted({*found.names, *found.commands}):
            is_word = name in COMMON_WORDS and name not in found.commands
            if name in sure and name in self._installed_to_be_run:
                limit = _HEAVIEST if is_word else _HEAVIEST_INSTALLED
                yield from self._program(name, entry.path, limit)
            else:
                # A word alone may be a word: it is kept, and starts nothing further.
                yield from self._program(name, entry.path, _HEAVIEST_MAYBE, bystander=is_word)
        if not found.are_exact:
            for name in self._files.held_by_program(entry, self.context.requested_programs):
                limit = _HEAVIEST if len(name) >= _SHORTEST_SURE else _HEAVIEST_MAYBE
                yield from self._program(name, entry.path, limit)

    def _named_in_classes(self, entry: Entry) -> Iterable[Want]:
        """Constants of the application's own classes: paths, what those name that start programs,
        and programs that were installed by name, which a library may start for it."""
        packed = entry.size <= _LARGEST_PROGRAM
        if self.context.environments.contains(entry.path) or not packed:
            return
        found = self._files.classes(entry)
        for path in found.paths:
            named = self.context.index.resolve(path).entry
            if named is not None and named.type is EntryType.FILE:
                yield Want(path=path, detail=f"named in {entry.path}", because=entry.path)
        for name in found.opened:
            yield from self._libraries.wanted(name, entry.path)
        installed = self._installed_to_be_run
        for name in found.started:
            limit = _HEAVIEST_INSTALLED if name in installed else _HEAVIEST_MAYBE
            yield from self._program(name, entry.path, limit)
        for name in found.named:
            if name in installed and name not in COMMON_WORDS:
                yield from self._program(name, entry.path, _HEAVIEST_INSTALLED)

    @cached_property
    def _files(self) -> FileMentions:
        request = self.context.request
        return FileMentions(self.context.content, self.context.programs.names, request.readings)

    def _is_requested(self, program: str) -> bool:
        """Whether somebody has installed it by name, though its name be as short as that of `gs`,
        for which Octave looks."""
        if program in self.context.requested_programs:
            return program not in KEYWORDS
        is_short = len(program) <= _SHORT_NAME and program not in COMMON_WORDS
        return is_short and program in self._installed_to_be_run

    @cached_property
    def _installed_to_be_run(self) -> frozenset[str]:
        """Names of the programs that came with a package that somebody has installed by name, other
        than those to build with. One may be an alternative, as ImageMagick's `convert` is, or the
        package's link to another's, as Debian's `python3` is."""
        packages, programs = self.context.request.packages, self.context.programs
        if packages is None:
            return frozenset()
        installed = installed_to_be_run(self.context, packages)
        real, owner = self.context.index.real_path, packages.owner
        found = ((name, programs.find(name)) for name in programs.names)
        return frozenset(name for name, at in found if {owner(at), owner(real(at))} & installed)

    def _program(
        self, name: str, source: str, limit: int, *, bystander: bool = False
    ) -> Iterable[Want]:
        path = self.context.programs.find(name)
        if not path or path in self._asked or name_of(path) in INSTALLERS:
            return
        entry = self.context.index.resolve(path).entry
        # A program has its own name in it, and that of a link to it.
        if entry is None or not is_program(entry) or entry.path == source:
            return
        weight = weight_of(self.context, entry, limit=limit)
        if weight <= limit:
            if not bystander:
                self._asked.add(path)
            detail = f"{source} mentions it"
            yield Want(path=path, detail=detail, because=source, bystander=bystander)
        elif limit >= _HEAVIEST:
            self._left_out[path] = (source, weight)

    def _depends(self, path: str, started: str) -> bool:
        """Whether the package of the first program says that it needs that of the second: then a
        word of every day is its name, as `tar` in `dpkg-deb`."""
        packages = self.context.request.packages
        owner = packages.owner(path) if packages is not None else None
        if packages is None or owner is None:
            return False
        return packages.owner(started) in packages.dependencies(owner)

    def _opened_by(self, entry: Entry) -> Iterable[Want]:
        """Of programs and modules that no package owns: libraries that they have the names of, and
        are not linked to, as those that bring .NET or JNA have."""
        elf = self.context.elf_files.get(entry.path)
        if elf is None or OPENER not in elf.imports or entry.size > _LARGEST_OPENER:
            return
        names, stems = self._libraries.names, self._libraries.stems
        for name in self._files.libraries_in_program(entry, names, stems):
            for path in self._libraries.paths(name):
                library = self.context.index.resolve(path).entry
                if library is None or library.type is not EntryType.FILE:
                    continue
                weight = weight_of(self.context, library, limit=_HEAVIEST)
                if weight <= _HEAVIEST:
                    yield Want(path=path, detail=f"{entry.path} may open it", because=entry.path)
                else:
                    self._left_out[path] = (entry.path, weight)
