"""Configuration that is split over many files, and what it names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property

from slimmer.files import is_below, name_of, parent_of
from slimmer.keep.configuration_texts import own_tree
from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.keep.rules.opened import LibrariesByName
from slimmer.keep.rules.packages import is_for_building, weight_of
from slimmer.values import Entry, EntryType

_PATH = re.compile(r"(?<![\w$}.~/-])/[\w.+@*?%-]+(?:/[\w.+@*?%-]+)*")
_LIBRARY = re.compile(r"(?<![\w.+-])lib[\w+.-]+?\.so(?:\.\d+){0,3}(?![\w.])")
# Bytes of a library that nobody was seen to load, with those that it needs.
_HEAVIEST_LIBRARY = 8_000_000
_COMMENT = re.compile(r"^\s*(?:#|;|//).*|\s#\s.*", re.MULTILINE)
# What a program writes, what the engine mounts, and what is too much to be meant as a whole.
_NO_CONTENT = (
    *("/dev", "/proc", "/run", "/sys", "/tmp"),
    *("/var/cache", "/var/lib", "/var/lock", "/var/log", "/var/run", "/var/spool", "/var/tmp"),
)
_SHARED = frozenset(
    (
        *("/", "/bin", "/boot", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt"),
        *("/root", "/sbin", "/srv", "/usr", "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/libexec"),
        *("/usr/local", "/usr/local/bin", "/usr/local/etc", "/usr/local/lib", "/usr/local/sbin"),
        *("/usr/local/share", "/usr/sbin", "/usr/share", "/usr/src", "/var", "/var/www"),
    )
)


class ConfigurationTreeRule(Rule):
    """nginx, Apache, PHP and PostgreSQL spread their configuration over a tree of their own below
    /etc. Files that were not read are there for other switches, virtual hosts and reloads."""

    name = "configuration-tree"
    summary = "the whole of /etc/NAME of which a file was read"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        trees: dict[str, str] = {}
        for path in sorted(self.context.seen):
            tree = own_tree(path)
            if tree:
                trees.setdefault(tree, path)
        for tree, because in trees.items():
            for entry in self.context.index.subtree(tree):
                yield Want(path=entry.path, detail=f"beside {because} in {tree}")


class ConfiguredPathsRule(Rule):
    """Error pages, document roots, icons and modules: a server opens them when a request asks; and
    libraries by their names alone, which a runtime or a driver manager opens, in whatever directory
    it looks. Only files that were read speak; paths in their comments do not count."""

    name = "configured-paths"
    summary = "files and directories that the configuration names which was read"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        for path, text in self.context.configuration.items():
            text = _COMMENT.sub("", text)
            for name in dict.fromkeys(_PATH.findall(text)):
                for entry in self._matches(name):
                    for inside in self._content_of(entry):
                        yield Want(path=inside.path, detail=f"{path} names {name}")
            for name in dict.fromkeys(_LIBRARY.findall(text)):
                yield from self._library(name, path)

    def _library(self, name: str, source: str) -> Iterable[Want]:
        for path in self._libraries.paths(name):
            library = self.context.index.resolve(path).entry
            if library is None or library.type is not EntryType.FILE:
                continue
            if weight_of(self.context, library, limit=_HEAVIEST_LIBRARY) <= _HEAVIEST_LIBRARY:
                yield Want(path=path, detail=f"{source} names {name}")

    @cached_property
    def _libraries(self) -> LibrariesByName:
        return LibrariesByName(self.context)

    def _matches(self, path: str) -> Iterator[Entry]:
        name = name_of(path)
        if "*" in name or "?" in name:
            folder = self.context.index.real_path(parent_of(path))
            for child in self.context.index.children(folder) if folder else ():
                if fnmatchcase(name_of(child.path), name):
                    yield child
        elif "*" not in path and (entry := self.context.index.resolve(path).entry) is not None:
            yield entry

    def _content_of(self, entry: Entry) -> Iterator[Entry]:
        if any(is_below(entry.path, top) for top in _NO_CONTENT) or entry.path in _SHARED:
            return
        if entry.type is not EntryType.DIRECTORY:
            yield entry
            return
        for inside in self.context.index.subtree(entry.path):
            # A directory of modules is named to load some of them, one of libraries to build with.
            to_build = is_for_building(inside.path) and self.context.is_packaged(inside.path)
            is_module = inside.path.endswith(".so")
            if not (is_module or to_build or self.context.environments.contains(inside.path)):
                yield inside
