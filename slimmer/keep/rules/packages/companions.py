"""Programs beside those that ran."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from slimmer.files import Package, PackageDatabase, name_of, parent_of
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages.interpreters import AwaitedInterpreters
from slimmer.keep.rules.packages.places import (
    PROGRAM_FOLDERS,
    is_to_build_with,
    packages_of_programs,
)
from slimmer.keep.rules.packages.weight import libraries_of, weight_of
from slimmer.values import Entry, EntryType

# Bytes of one program with the libraries that nobody was seen to load. pg_dump and redis-check-aof
# have 2 MB at most; ffplay brings 20 MB of windows and sound.
_HEAVIEST = 4_000_000
# The same where the package was installed by name (svn has 8 MB beyond what svnserve needs), and
# what its programs larger than the above may have together: each of MariaDB's clients and repair
# tools has 5 MB, all linked into it.
_HEAVIEST_OF_REQUESTED = 12_000_000
_MOST_OF_REQUESTED = 48_000_000
# A program of such a package may also be as large as the largest of it that ran, up to this:
# languages that link all of a program into it make tools of a server's size (`promtool` beside
# `prometheus`).
_HEAVIEST_BESIDE = 64_000_000
# The same of the program that a link on the PATH stands for.
_HEAVIEST_BEHIND = 64_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Companion:
    path: str
    target: Entry
    """The program itself, where `path` is a link."""


class CompanionProgramsRule(Rule):
    """Whoever looks after a server takes the tools that came with it: pg_dump beside psql,
    redis-check-aof beside redis-cli, ffprobe beside ffmpeg, and what groff starts as its settings
    say. Packages that the distribution installs everywhere, with the shell and the basic tools,
    have a hundred that nobody asked for. Links by which a program answers to other names have no
    content, so they all stay."""

    name = "companion-programs"
    summary = "other names of programs that ran, and small programs of packages with a kept one"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._done: set[Package] = set()
        self._interpreters = AwaitedInterpreters(context)

    def begin(self) -> Iterable[Want]:
        # Each directory once, by its real path: /bin may be a link to /usr/bin.
        folders = filter(None, map(self.context.index.real_path, PROGRAM_FOLDERS))
        for folder in dict.fromkeys(folders):
            for entry in self.context.index.children(folder):
                if entry.type is EntryType.SYMLINK:
                    program = self.context.index.real_path(entry.path)
                    if program in self.context.executed:
                        yield Want(path=entry.path, detail=f"another name of {program}")

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        yield from self._behind_dispatchers(fresh)
        yield from self._interpreters.released(fresh)
        packages = self.context.request.packages
        if packages is None:
            return
        found = {} if self._done else packages_of_programs(self.context)
        for entry in filter(is_program, fresh):
            owner = packages.owner(entry.path)
            is_bystander = entry.path in self.context.bystanders
            if owner is not None and not owner.essential and not is_bystander:
                found.setdefault(owner, entry.path)
        fresh_packages = {each: found[each] for each in found if each not in self._done}
        self._done |= found.keys()
        for package, program in fresh_packages.items():
            yield from self._light_companions(packages, package, program)

    def _light_companions(
        self, packages: PackageDatabase, package: Package, program: str
    ) -> Iterable[Want]:
        limit, left = _HEAVIEST, _MOST_OF_REQUESTED
        if package in self._asked_for and not is_to_build_with(package):
            beside = min(self._largest_that_ran(packages, package), _HEAVIEST_BESIDE)
            limit, left = max(_HEAVIEST_OF_REQUESTED, beside), max(left, beside)
        companions = [
            each
            for each in self._companions(packages, package, program)
            if each.target.size <= limit
        ]
        self.context.content.fetch(each.target.path for each in companions)
        # What the program brings is there anyway: `convert` beside `identify`.
        kept = self.context.index.get(program) if companions else None
        present = frozenset() if kept is None else libraries_of(self.context, kept)
        for each in sorted(companions, key=lambda each: (each.target.size, each.path)):
            weight = weight_of(self.context, each.target, limit=limit, present=present)
            if weight > _HEAVIEST:
                left -= weight
            if weight <= limit and left >= 0:
                detail = f"a program of the package {package.name}, as {program} is"
                want = Want(path=each.path, detail=detail, because=program, bystander=True)
                interpreter = self._interpreters.interpreter_of(each.target)
                # `c_rehash` beside `openssl` is worth no Perl.
                if interpreter and interpreter not in self.context.executed:
                    self._interpreters.hold(interpreter, [want])
                else:
                    yield want

    def _largest_that_ran(self, packages: PackageDatabase, package: Package) -> int:
        ran = (path for path in self.context.executed if packages.owner(path) is package)
        entries = filter(None, map(self.context.index.get, ran))
        return max((entry.size for entry in entries), default=0)

    @cached_property
    def _asked_for(self) -> Collection[Package]:
        packages = self.context.request.packages
        if packages is None:
            return ()
        return [each for each in packages.asked_for if each.name not in packages.base]

    def _behind_dispatchers(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        """`/usr/bin/psql` is a link to a script, which starts the `psql` of one version in
        `/usr/lib/postgresql/15/bin` by the name that it was called by. Shims of version managers
        do the like."""
        for entry in fresh:
            if entry.type is not EntryType.SYMLINK or parent_of(entry.path) not in PROGRAM_FOLDERS:
                continue
            name = name_of(entry.path)
            paths = [
                path
                for path in self.context.named.get(name, ())
                if name_of(parent_of(path)) == "bin" and parent_of(path) not in PROGRAM_FOLDERS
            ]
            script = self.context.index.resolve(entry.path).entry if paths else None
            if script is None or not is_program(script) or name_of(script.path) == name:
                continue
            self.context.content.fetch([script.path])
            if self.context.content.head(script.path, 2) != b"#!":
                continue
            for path in paths:
                program = self.context.index.get(path)
                # A link that somebody names would lead nowhere without it.
                is_named = entry.path not in self.context.bystanders
                limit = _HEAVIEST_BEHIND if is_named else _HEAVIEST
                if program is not None and is_program(program) and self._is_light(program, limit):
                    detail = f"{script.path} may start it by the name of {entry.path}"
                    yield Want(path=path, detail=detail, because=entry.path, bystander=True)

    def _is_light(self, program: Entry, limit: int) -> bool:
        return weight_of(self.context, program, limit=limit) <= limit

    def _companions(
        self, packages: PackageDatabase, package: Package, program: str
    ) -> Iterator[_Companion]:
        for path in packages.files()[package]:
            if parent_of(path) in PROGRAM_FOLDERS:
                target = self.context.index.resolve(path).entry
                # An alternative leads to another package, or may do so tomorrow.
                if (
                    target is not None
                    and is_program(target)
                    and packages.owner(target.path) is package
                    and target.path != self.context.index.real_path(program)
                ):
                    yield _Companion(path=path, target=target)
