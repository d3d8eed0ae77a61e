"""Packages that somebody asked for by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from slimmer.files import Package, name_of, parent_of
from slimmer.keep.programs import is_program, privileges_of
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages.places import (
    PROGRAM_FOLDERS,
    asked_for_by_name,
    is_documentation,
    is_for_building,
)
from slimmer.keep.rules.packages.weight import weight_of
from slimmer.values import Entry, HeavyOmission

# Sections of Debian, and ends of names everywhere, of what builds, debugs and documents.
_FOR_BUILDING = ("devel", "libdevel", "doc", "debug", "kernel", "introspection", "localization")
_NAMES = (
    *("-dev", "-devel", "-doc", "-docs", "-dbg", "-dbgsym", "-headers", "-static", "-openrc"),
    "-venv",
)
_BASE = frozenset(("apt", "adduser", "apk-tools", "busybox", "gpgv", "mawk", "usrmerge"))
_INSTALLERS = frozenset(
    ("alpine-keys", "alpine-baselayout", "alpine-release", "apk-tools", "usrmerge")
)
# Modules of languages that have no rule of their own: a package may have scripts beside them.
_OTHER_MODULE = re.compile(
    r"/usr/(?:lib|share)/(?:[^/]+-linux-[^/]+/)?(?:tcltk|lua|R/site-library|guile|octave)/"
)
# Bytes of one package's own files.
_HEAVIEST = 64_000_000
# Bytes of one program with the libraries that nobody was seen to load.
_HEAVIEST_PROGRAM = 2_000_000
# The same of one that has privileges of its own (ping, sudo): nobody builds with it.
_HEAVIEST_PRIVILEGED = 8_000_000


class RequestedPackagesRule(Rule):
    """`apt-get install lua-cjson php-intl fonts-noto` means that something will load them, when a
    request asks: modules of languages, fonts, dictionaries, drivers. A package that brings a
    program is another matter, since many a Dockerfile installs one to build with: of those the
    small programs stay."""

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

    def begin(self) -> Iterable[Want]:
        packages = self.context.request.packages
        if packages is None:
            return
        asked = [
            each for each in packages.packages if each.requested and each.name not in self._base
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
            if size > _HEAVIEST:
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

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        """Small programs: an administrator's tool (`logrotate`, `jq`, `ps`) costs less than to
        miss it. In the first round, when ELF headers of what was seen can be read."""
        packages = self.context.request.packages
        if packages is None or self._programs_are_asked:
            return
        self._programs_are_asked = True
        asked_for = asked_for_by_name(packages)
        asked = [
            (package, entry)
            for package in sorted(asked_for, key=lambda each: each.name)
            if package.name not in self._base and not _is_to_build_with(package)
            for path in self._files[package]
            if parent_of(path) in PROGRAM_FOLDERS
            and (entry := self.context.index.get(path)) is not None
            and is_program(entry)
            and entry.size <= _HEAVIEST_PROGRAM
        ]
        self.context.content.fetch(entry.path for _, entry in asked)
        for package, entry in asked:
            if self.context.elf_files.get(entry.path) is None:
                continue  # a script, which brings its interpreter
            limit = _HEAVIEST_PRIVILEGED if privileges_of(entry) else _HEAVIEST_PROGRAM
            if weight_of(self.context, entry, limit=limit) <= limit:
                detail = f"a small program of {_how_it_came(package, asked_for[package])}"
                yield Want(path=entry.path, detail=detail, bystander=True)

    @cached_property
    def _base(self) -> frozenset[str]:
        """Names of packages of which the distribution makes its images: nobody has asked for any
        of them, though no record says so."""
        packages = self.context.request.packages
        pending = [] if packages is None else list(packages.packages)
        pending = [each for each in pending if each.essential or each.name in _BASE]
        found: set[str] = set()
        while pending and packages is not None:
            package = pending.pop()
            if package.name not in found:
                found.add(package.name)
                pending += packages.dependencies(package)
        return frozenset(found)

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
        return not _is_to_build_with(package) and any(
            map(_OTHER_MODULE.match, self._files[package])
        )

    def _is_to_load(self, package: Package) -> bool:
        if package.essential or package.name in _INSTALLERS or _is_to_build_with(package):
            return False
        # PostgreSQL has its programs in /usr/lib/postgresql/15/bin; a script there is no program.
        return not any(
            name_of(parent_of(path)) in ("bin", "sbin", "games") and "." not in name_of(path)
            for path in self._files[package]
        )


def _how_it_came(package: Package, asked_for: Package) -> str:
    if package is asked_for:
        return f"{package.name}, which was installed by name"
    return f"{package.name}, which {asked_for.name} needs, and that was installed by name"


def _is_to_build_with(package: Package) -> bool:
    section = package.section.rpartition("/")[2]
    return section in _FOR_BUILDING or package.name.endswith(_NAMES)
