"""Modules that programs load when they first need them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from slimmer.keep.loader import Need
from slimmer.keep.loader_configuration import configured_directories
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.model import Entry, EntryType
from slimmer.rootfs import name_of, parent_of

# Where the dynamic loader looks by itself. `/usr/lib/postgresql/15/lib` is no such directory.
_LIBRARY_FOLDER = re.compile(
    r"(?:/usr|/usr/local)?/lib(?:32|64)?(?:/\w+-linux-(?:gnu|musl)\w*)?(?:/glibc-hwcaps/[^/]+)?"
)
_MODULE = re.compile(r".+\.so(?:\.[\d.]+)?|.+\.la|.+\.cache")
# Bytes of libraries for one module that nobody loaded. PostgreSQL's compiler of queries brings
# LLVM with 118 MB, and is done without where it is missing; ImageMagick's largest coder has 20.
_HEAVIEST = 64_000_000
# Languages and iconv have rules of their own.
_ELSEWHERE = re.compile(
    r".*/(?:gconv|lib-dynload|perl[\w.-]*|ruby|jvm|ossl-modules|engines-3)(?:/.*)?"
)


class PluginsRule(Rule):
    """A directory of modules is one out of which a library was loaded that no other library is
    linked to: coders of ImageMagick, loaders of gdk-pixbuf, PostgreSQL's languages. Which module
    is next depends on what the program is given, so all stay. But where the configuration names
    the modules to load, as Apache's and PHP's does, those were loaded at the start."""

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
        seen = [path for path in sorted(self.context.seen) if _MODULE.fullmatch(name_of(path))]
        elf_files = self.context.elf_files
        headers = filter(None, (elf_files.get(path) for path in sorted(self.context.seen)))
        linked = {name_of(name) for header in headers for name in header.needed}
        configured = set(configured_directories(self.context.index, self.context.content))
        folders: dict[str, list[str]] = {}
        for path in seen:
            folder = parent_of(path)
            elf = elf_files.get(path)
            if elf is None or name_of(path) in linked or elf.soname in linked:
                continue
            if _LIBRARY_FOLDER.fullmatch(folder) or _ELSEWHERE.fullmatch(folder):
                continue
            if folder in configured:
                continue
            if not self.context.environments.contains(path):
                folders.setdefault(folder, []).append(path)
        for folder, modules in folders.items():
            if not any(self._is_configured(module) for module in modules):
                yield from self._modules(folder, modules[0])

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
        """Bytes of the libraries that this module is linked to and that nobody was seen to load."""
        elf = None
        if module.type is EntryType.FILE:
            elf = self.context.elf_files.get(module.path)
        if elf is None:
            return 0
        origins = (parent_of(module.path),)
        needs = [
            Need(name=name, requester=module.path, elf=elf, origins=origins) for name in elf.needed
        ]
        found = {
            entry
            for paths in self.context.libraries.find(needs)
            for path in paths
            if (entry := self.context.index.resolve(path).entry) is not None
        }
        return sum(entry.size for entry in found if entry.path not in self.context.seen)

    def notes(self, kept: Collection[str]) -> Iterable[str]:
        for path, weight in sorted(self._left_out.items()):
            if path not in kept:
                yield (
                    f"{path} was left out: nobody loaded it, and the libraries it needs have "
                    f"{weight / 1e6:.0f} MB. Keep it with --include."
                )
