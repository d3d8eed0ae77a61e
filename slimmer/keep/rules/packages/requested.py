"""Packages that somebody asked for by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from slimmer.files import Package, PackageDatabase, name_of, parent_of
from slimmer.keep.programs import is_program, privileges_of
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages.interpreters import AwaitedInterpreters
from slimmer.keep.rules.packages.places import (
    DEVELOPERS_TOOLS,
    PROGRAM_FOLDERS,
    asked_for_to_be_run,
    is_documentation,
    is_for_building,
    is_module_of_language,
    is_of_a_language_for_people,
    is_to_build_with,
    private_folder,
    state_folder,
)
from slimmer.keep.rules.packages.weight import weight_of
from slimmer.shell import is_shell, language_of
from slimmer.values import Entry, EntryType, HeavyOmission

_INSTALLERS = frozenset(
    ("alpine-keys", "alpine-baselayout", "alpine-release", "apk-tools", "usrmerge")
)
# Modules of languages that have no rule of their own: a package may have scripts beside them.
_OTHER_MODULE = re.compile(
    r"/usr/(?:lib|share)/(?:[^/]+-linux-[^/]+/)?(?:tcltk|lua|R/site-library|guile|octave)/"
)
# What a module has beside it in its language, and an interpreter by its version, which is what
# others are written in: `php8.2`. `convert-im6.q16` is a program.
_OF_A_LANGUAGE = re.compile(r".+\.(?:\d+|awk|el|js|lua|php|pl|py|R|rb|scm|sh|tcl)")
# Bytes of one package's own files.
_HEAVIEST = 64_000_000
# Bytes of a package all of whose programs are scripts of an interpreter that ran: tcllib has 22 MB.
_HEAVIEST_OF_SCRIPTS = 32_000_000
# The same where nobody saw the interpreter run, though it is kept to be run.
_HEAVIEST_OF_UNSEEN_SCRIPTS = 6_000_000
# Bytes of one program by itself: what is larger is no small tool (git has several of them).
_LARGEST_PROGRAM = 1_500_000
# Bytes of one program with the libraries that nobody was seen to load: uptime has 3.7 MB of them.
_HEAVIEST_PROGRAM = 4_000_000
# The same of one that has privileges of its own (ping, sudo): nobody builds with it.
_HEAVIEST_PRIVILEGED = 8_000_000
# Bytes of one program with the libraries that no other rule keeps either.
_HEAVIEST_ADDED = 1_000_000
# Bytes of a program that is all there is of its package, and has all in it that it needs.
_LARGEST_BY_ITSELF = 12_000_000


class RequestedPackagesRule(Rule):
    """`apt-get install lua-cjson php-intl fonts-noto` means that something will load them, when a
    request asks: modules of languages, fonts, dictionaries, drivers. A package that brings a
    program is another matter, since many a Dockerfile installs one to build with: of those the
    small programs stay, and what is all scripts of a language that is in use, unless the image
    below has installed them."""

    name = "requested-packages"
    summary = (
        "what was installed by name: packages without programs, small and setuid programs of others"
    )
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._heavy: dict[Package, int] = {}
        packages = context.request.packages
        self._files = {} if packages is None else packages.files()
        self._programs_are_asked = False
        self._interpreters = AwaitedInterpreters(context)
        # Programs that may turn out to need little beyond what is kept anyway.
        self._too_heavy: dict[str, tuple[Entry, str, int]] = {}
        self._libraries: set[str] = set()

    def begin(self) -> Iterable[Want]:
        packages = self.context.request.packages
        if packages is None:
            return
        asked = [
            each for each in packages.packages if each.requested and each.name not in packages.base
        ]
        done: set[str] = set()
        named = {each.name for each in asked}
        pending = [(package, f"installed by name: {package.name}") for package in asked]
        while pending:
            package, detail = pending.pop()
            has_scripts = package.name in named and self._has_modules(package)
            if package.name in done or not (has_scripts or self._is_to_load(package)):
                continue
            done.add(package.name)
            size = self.context.index.size_of(self._files[package])
            if size > _HEAVIEST and not self._is_configured(package):
                self._heavy[package] = size
                continue
            for path in self._files[package]:
                if (
                    not is_documentation(path)
                    and not is_for_building(path)
                    and not (has_scripts and parent_of(path) in PROGRAM_FOLDERS)
                ):
                    yield Want(path=path, detail=detail, bystander=True)
            for other in packages.dependencies(package):
                if other.section.rpartition("/")[2] in ("libs", "oldlibs"):
                    continue  # by what is linked to them
                pending.append((other, f"{detail}, which needs {other.name}"))
                if other.name in named:
                    yield from self._programs_needed(other, detail)

    def _programs_needed(self, package: Package, detail: str) -> Iterable[Want]:
        """Programs of a package that was installed by name, for modules that were, too, and whose
        package depends on it: pandoc for R Markdown, whatever it weighs. An interpreter is what
        the modules themselves are for."""
        programs = [] if is_to_build_with(package) else list(self._programs_of(package))
        if not any(language_of(entry.path) for entry in programs):
            for entry in programs:
                yield Want(path=entry.path, detail=f"{detail}, which needs {package.name}")

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        """In the first round, when ELF headers of what was seen can be read; and what is in a
        language once its interpreter is kept to be run."""
        packages = self.context.request.packages
        if packages is not None and not self._programs_are_asked:
            self._programs_are_asked = True
            yield from self._ask_for_programs(packages)
        libraries = {entry.path for entry in fresh if ".so" in entry.path}
        if libraries - self._libraries:
            self._libraries |= libraries
            yield from self._programs_that_add_little()
        yield from self._interpreters.released(fresh)

    def _ask_for_programs(self, packages: PackageDatabase) -> Iterable[Want]:
        asked_for = asked_for_to_be_run(self.context, packages)
        programs = {package: list(self._programs_of(package)) for package in asked_for}
        self.context.content.fetch(
            entry.path
            for entries in programs.values()
            for entry in entries
            if entry.size <= _LARGEST_PROGRAM
        )
        for package, entries in programs.items():
            if package.name not in DEVELOPERS_TOOLS:
                detail = f"a small program of {_how_it_came(package, asked_for[package])}"
                yield from self._small_programs(entries, detail)
                compiled = [each for each in entries if self._is_compiled(each)]
                if asked_for[package] is package and len(compiled) == 1:
                    yield from self._by_itself(compiled[0], detail)
                yield from self._other_names(package, detail)
                yield from self._of_one_language(package, entries)

    def _is_compiled(self, program: Entry) -> bool:
        """What is too large to be fetched for this is no script."""
        return program.size > _LARGEST_PROGRAM or bool(self.context.elf_files.get(program.path))

    def _programs_of(self, package: Package) -> Iterable[Entry]:
        for path in self._files[package]:
            if parent_of(path) in PROGRAM_FOLDERS or name_of(parent_of(path)) == "cgi-bin":
                entry = self.context.index.get(path)
                if entry is not None and is_program(entry):
                    yield entry

    def _other_names(self, package: Package, detail: str) -> Iterable[Want]:
        """`msmtp-mta` is a link alone: `/usr/sbin/sendmail`. It stays where its program may."""
        for path in self._files[package]:
            entry = self.context.index.get(path) if parent_of(path) in PROGRAM_FOLDERS else None
            if entry is None or entry.type is not EntryType.SYMLINK:
                continue
            program = self.context.index.resolve(path).entry
            if program is None or not is_program(program):
                continue
            if any(self._small_programs([program], detail)):
                yield Want(path=path, detail=detail, bystander=True)

    def _small_programs(self, programs: Iterable[Entry], detail: str) -> Iterable[Want]:
        """An administrator's tool (`logrotate`, `jq`, `ps`) costs less than to miss it."""
        for entry in programs:
            if entry.size > _LARGEST_PROGRAM:
                continue
            if self.context.elf_files.get(entry.path) is None:
                # A script costs nothing where its interpreter ran, or is kept to be run.
                interpreter = self._interpreters.interpreter_of(entry)
                want = Want(path=entry.path, detail=detail, bystander=True)
                if interpreter in self.context.executed:
                    yield want
                elif interpreter:
                    self._interpreters.hold(interpreter, [want])
                continue
            limit = _HEAVIEST_PRIVILEGED if privileges_of(entry) else _HEAVIEST_PROGRAM
            if weight_of(self.context, entry, limit=limit) <= limit:
                yield Want(path=entry.path, detail=detail, bystander=True)
            else:
                self._too_heavy[entry.path] = (entry, detail, _HEAVIEST_ADDED)

    def _by_itself(self, program: Entry, detail: str) -> Iterable[Want]:
        """Who installs a client of 7 MB that brings no library (`influx`) wants that program: it
        was not there for something else, as `wget` is for a build."""
        if program.size > _LARGEST_BY_ITSELF:
            return
        self.context.content.fetch([program.path])
        if self.context.elf_files.get(program.path) is None:
            return
        limit = program.size + _HEAVIEST_ADDED
        if weight_of(self.context, program, limit=limit) <= limit:
            yield Want(path=program.path, detail=detail, bystander=True)
        else:
            self._too_heavy[program.path] = (program, detail, limit)

    def _programs_that_add_little(self) -> Iterable[Want]:
        """`ogrinfo`, where `gdalinfo` has brought the library that both are linked to."""
        for path, (entry, detail, limit) in list(self._too_heavy.items()):
            if weight_of(self.context, entry, limit=limit, present=self._libraries) <= limit:
                del self._too_heavy[path]
                yield Want(path=path, detail=detail, bystander=True)

    def _of_one_language(self, package: Package, programs: Sequence[Entry]) -> Iterable[Want]:
        """A package all of whose programs are scripts, in a language whose interpreter ran or is
        kept to be run, is more of that language: tcllib beside tclsh, duplicity beside python3."""
        interpreters = {self._interpreters.interpreter_of(entry) for entry in programs}
        if not interpreters or "" in interpreters:
            return
        has_run = not self.context.executed.isdisjoint(interpreters)
        limit = _HEAVIEST_OF_SCRIPTS if has_run else _HEAVIEST_OF_UNSEEN_SCRIPTS
        if self.context.index.size_of(self._files[package]) > limit:
            return
        detail = f"installed by name: {package.name}, in a language that is in use"
        wants = [
            Want(path=path, detail=detail, bystander=True)
            for path in self._files[package]
            if not is_documentation(path) and not is_for_building(path)
        ]
        if has_run:
            yield from wants
        elif not any(is_shell(interpreter, "") for interpreter in interpreters):
            for interpreter in interpreters:
                self._interpreters.hold(interpreter, wants)

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        for package, size in self._heavy.items():
            if not any(path in kept for path in self._files[package]):
                yield HeavyOmission(
                    what=f"the package {package.name}",
                    size=size,
                    why="though it was installed by name: nothing used it",
                )

    def _has_modules(self, package: Package) -> bool:
        """Whether it is for a language without rules of its own, whatever scripts it has too."""
        return not is_to_build_with(package) and any(map(_OTHER_MODULE.match, self._files[package]))

    def _is_to_load(self, package: Package) -> bool:
        if package.essential or package.name in _INSTALLERS:
            return False
        if is_to_build_with(package) and not is_of_a_language_for_people(package):
            return False
        # PostgreSQL has its programs in /usr/lib/postgresql/15/bin; a script there is no program,
        # and /usr/share has none: what is in a `bin` there is part of an application in PHP. Nor
        # has a module: R's processx has a `supervisor`, which it starts itself.
        return not any(
            name_of(parent_of(path)) in ("bin", "sbin", "games")
            and not _OF_A_LANGUAGE.fullmatch(name_of(path))
            and not path.startswith("/usr/share/")
            and not is_module_of_language(path)
            for path in self._files[package]
        )

    def _is_configured(self, package: Package) -> bool:
        """Whether configuration that was read names a directory of the package's own: the wiki
        that a web server has below `root /var/lib/mediawiki`, whatever its size."""
        folders = {
            folder
            for path in self._files[package]
            if (folder := private_folder(path) or state_folder(path))
        }
        named = re.compile(rf"(?:{'|'.join(map(re.escape, sorted(folders)))})(?![\w.+-])")
        return bool(folders) and any(map(named.search, self.context.configuration.values()))


def _how_it_came(package: Package, asked_for: Package) -> str:
    if package is asked_for:
        return f"{package.name}, which was installed by name"
    return f"{package.name}, which {asked_for.name} needs, and that was installed by name"
