"""Libraries that bindings of languages open by the name of a namespace."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from slimmer.files import name_of, parent_of
from slimmer.keep.linux.typelib import Typelib, read_typelib
from slimmer.keep.mentions_of_files import LARGEST_TEXT
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.opened import LibrariesByName
from slimmer.keep.rules.packages import mentioned_omissions, weight_of
from slimmer.keep.text_kinds import is_of_the_system, is_shown
from slimmer.values import Entry, EntryType, HeavyOmission

_ENDING = ".typelib"
_LARGEST = 8 << 20
# Bytes of the libraries of one namespace that nobody was seen to load: a browser's engine has more.
_HEAVIEST = 64_000_000
# How Python, JavaScript and Lua ask for namespaces.
_ASKS = re.compile(rb"\bgi\.repository\b|\bgi\.require_version\b|\bimports\.gi\b|\bgi://|\blgi\b")
_WORD = re.compile(rb"[A-Za-z]\w+")


class IntrospectionRule(Rule):
    """`gi.require_version('Pango', '1.0')` reads `Pango-1.0.typelib`, which names the libraries
    to open: neither an ELF header nor a path tells of them. Where the library of introspection is
    kept, so are the namespaces that were installed by name and those that sources ask for."""

    name = "introspection"
    summary = "namespaces of GObject introspection that sources ask for, with their libraries"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._because = ""
        self._texts: list[Entry] = []
        self._left_out: dict[str, tuple[str, int]] = {}

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if not self._typelibs:
            return
        for entry in fresh:
            if entry.path.endswith(_ENDING):
                yield from self._needs_of(entry)
            elif name_of(entry.path).startswith("libgirepository-") and not self._because:
                self._because = entry.path
                yield from self._installed_by_name()
            elif self._is_own_text(entry):
                self._texts.append(entry)
        while self._because and self._texts:
            yield from self._asked_for(self._texts.pop())

    @cached_property
    def _typelibs(self) -> dict[str, list[str]]:
        """Namespace → paths, of all versions."""
        found: dict[str, list[str]] = {}
        for name, paths in self.context.named.items():
            if name.endswith(_ENDING):
                found.setdefault(name.partition("-")[0], []).extend(paths)
        return found

    @cached_property
    def _libraries(self) -> LibrariesByName:
        return LibrariesByName(self.context)

    def _is_own_text(self, entry: Entry) -> bool:
        return (
            entry.type is EntryType.FILE
            and 0 < entry.size <= LARGEST_TEXT
            and not self.context.is_packaged(entry.path)
            and not (is_shown(entry.path) or is_of_the_system(entry.path))
        )

    def _installed_by_name(self) -> Iterable[Want]:
        packages = self.context.request.packages
        if packages is None:
            return
        for paths in self._typelibs.values():
            for path in paths:
                owner = packages.owner(path)
                if owner is not None and owner.requested:
                    yield from self._typelib(path, f"installed by name: {owner.name}", "")

    def _asked_for(self, text: Entry) -> Iterable[Want]:
        data = self.context.content.head(text.path, LARGEST_TEXT)
        if not _ASKS.search(data):
            return
        words = {word.decode() for word in _WORD.findall(data)}
        for namespace in sorted(words & self._typelibs.keys()):
            for path in self._typelibs[namespace]:
                yield from self._typelib(path, f"{text.path} asks for it", text.path)

    def _typelib(self, path: str, detail: str, source: str) -> Iterable[Want]:
        """One namespace, unless its libraries are too heavy."""
        self.context.content.fetch([path])
        weight = 0
        for library in self._libraries_of(self._read(path)):
            weight += weight_of(self.context, library, limit=_HEAVIEST)
        if weight > _HEAVIEST:
            self._left_out[path] = (source or "a package that was installed by name", weight)
        else:
            yield Want(path=path, detail=detail, because=source or self._because)

    def _needs_of(self, entry: Entry) -> Iterable[Want]:
        found = self._read(entry.path)
        for library in self._libraries_of(found):
            detail = f"{name_of(entry.path)} names it"
            yield Want(path=library.path, detail=detail, because=entry.path)
        for need in found.needs:
            path = f"{parent_of(entry.path)}/{need}{_ENDING}"
            yield Want(path=path, detail=f"{name_of(entry.path)} needs it", because=entry.path)

    def _read(self, path: str) -> Typelib:
        """One that cannot be read names nothing."""
        return read_typelib(self.context.content.head(path, _LARGEST)) or Typelib()

    def _libraries_of(self, found: Typelib) -> list[Entry]:
        paths = [each for name in found.libraries for each in self._libraries.paths(name)]
        entries = (self.context.index.resolve(each).entry for each in paths)
        return [each for each in entries if each is not None and each.type is EntryType.FILE]

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        return mentioned_omissions(self._left_out, kept)
