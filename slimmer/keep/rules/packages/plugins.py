"""Modules that programs load when they first need them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence, Set
from functools import cached_property

from slimmer.files import name_of, parent_of
from slimmer.keep.linux.loader_configuration import (
    configured_directories,
    musl_directories,
    musl_path_files,
)
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages.places import packages_of_programs, private_folder
from slimmer.keep.rules.packages.weight import omissions, weight_of_libraries
from slimmer.values import Entry, EntryType, HeavyOmission

# Where the dynamic loader looks by itself. `/usr/lib/postgresql/15/lib` is no such directory.
LIBRARY_FOLDER = re.compile(
    r"(?:/usr|/usr/local)?/lib(?:32|64)?(?:/\w+-linux-(?:gnu|musl)\w*)?(?:/glibc-hwcaps/[^/]+)?"
)
_MODULE = re.compile(r".+\.so(?:\.[\d.]+)?|.+\.la|.+\.cache")
# Bytes of libraries for one module that nobody loaded. PostgreSQL's compiler of queries brings
# LLVM with 118 MB, and is done without where it is missing; ImageMagick's largest coder has 20.
_HEAVIEST = 64_000_000
# Languages and iconv have rules of their own.
ELSEWHERE = re.compile(
    r".*/(?:gconv|lib-dynload|perl[\w.-]*|ruby|jvm|ossl-modules|engines-3)(?:/.*)?"
)


class PluginsRule(Rule):
    """A directory of modules is one out of which a library was loaded that no other library is
    linked to: coders of ImageMagick, loaders of gdk-pixbuf, PostgreSQL's languages. Which module
    is next depends on what the program is given, so all stay. So does a package's own directory of
    modules when its program ran and loaded none yet. But where the configuration names the modules
    to load, as Apache's and PHP's does, those were loaded at the start."""

    name = "plugins"
    summary = "the modules beside one that was loaded, unless configuration names which to load"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._is_done = False
        self._left_out: dict[str, int] = {}

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        # In the first round, when all that was seen is there, and its ELF headers can be read.
        if self._is_done:
            return
        self._is_done = True
        headers = filter(None, map(self.context.elf_files.get, sorted(self.context.seen)))
        linked = {name_of(name) for header in headers for name in header.needed}
        folders = self._of_loaded(linked)
        places = {folder: (modules[0], modules) for folder, modules in folders.items()}
        for folder, (program, modules) in self._of_programs(linked).items():
            places.setdefault(folder, (program, modules))
        for folder, (because, modules) in places.items():
            if not any(self._is_configured(module) for module in modules):
                yield from self._modules(folder, because)

    def _of_loaded(self, linked: Set[str]) -> dict[str, list[str]]:
        """Directory → the modules in it that were seen. `linked` are the names that programs and
        libraries that were seen are linked to."""
        folders: dict[str, list[str]] = {}
        for path in sorted(self.context.seen):
            if _MODULE.fullmatch(name_of(path)) and self._is_place_of_modules(parent_of(path)):
                elf = self.context.elf_files.get(path)
                if elf is not None and name_of(path) not in linked and elf.soname not in linked:
                    folders.setdefault(parent_of(path), []).append(path)
        return folders

    def _of_programs(self, linked: Set[str]) -> dict[str, tuple[str, list[str]]]:
        """Directory → a program that ran, and the modules that its package has there. A server
        that was seen to start on data of an earlier run has loaded none of those that only making
        the data asks for."""
        packages = self.context.request.packages
        if packages is None:
            return {}
        folders: dict[str, tuple[str, list[str]]] = {}
        for package, program in packages_of_programs(self.context).items():
            for path in packages.files()[package]:
                if path.endswith(".so") and private_folder(path):
                    folders.setdefault(parent_of(path), (program, []))[1].append(path)
        return {
            folder: (program, modules)
            for folder, (program, modules) in folders.items()
            if self._is_place_of_modules(folder)
            and not any(name_of(module) in linked for module in modules)
        }

    def _is_place_of_modules(self, folder: str) -> bool:
        if LIBRARY_FOLDER.fullmatch(folder) or ELSEWHERE.fullmatch(folder):
            return False
        return folder not in self._configured and not self.context.environments.contains(folder)

    @cached_property
    def _configured(self) -> frozenset[str]:
        """Directories of ld.so.conf, and of musl's path file."""
        index, content = self.context.index, self.context.content
        folders = set(configured_directories(index, content))
        for path in musl_path_files(index):
            folders.update(musl_directories(index, content, path))
        return frozenset(folders)

    def _is_configured(self, module: str) -> bool:
        name = name_of(module)
        stem = re.escape(name.partition(".so")[0])
        pattern = re.compile(rf"{re.escape(name)}\b|extension\s*=\s*\"?{stem}\b")
        return any(pattern.search(text) for text in self.context.configuration.values())

    def _modules(self, folder: str, because: str) -> Iterable[Want]:
        modules = [
            entry
            for entry in self.context.index.children(folder)
            if entry.type is not EntryType.DIRECTORY and _MODULE.fullmatch(name_of(entry.path))
        ]
        self.context.content.fetch(entry.path for entry in modules if entry.type is EntryType.FILE)
        for entry in modules:
            weight = 0 if entry.path in self.context.seen else self._weight(entry)
            if weight > _HEAVIEST:
                self._left_out[entry.path] = weight
                continue
            detail = f"a module beside {name_of(because)}"
            yield Want(path=entry.path, detail=detail, because=because)

    def _weight(self, module: Entry) -> int:
        if module.type is not EntryType.FILE:
            return 0
        return weight_of_libraries(self.context, module, limit=_HEAVIEST)

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        return omissions(self._left_out, kept)
