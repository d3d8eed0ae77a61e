"""Character sets that the C library converts by modules."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from slimmer.files import is_below, name_of, parent_of
from slimmer.keep.command_texts import COMMENT
from slimmer.keep.linux.elf import CONVERTERS
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.text_kinds import SOURCES, is_of_the_system, is_settings
from slimmer.values import Entry, EntryType

# What data from anywhere is likely to be in. UTF-8, ASCII and UCS are part of libc.
_COMMON = (
    "UTF-16.so",
    "UTF-32.so",
    "UTF-7.so",
    "UNICODE.so",
    "ISO8859-1.so",
    "ISO8859-15.so",
    "CP1252.so",
)
# Bindings of languages to iconv (PHP's, Perl's), and the program: whoever has these converts what
# he is given.
_CONVERTERS = re.compile(r"(?:lib)?iconv(?:\.so.*)?", re.IGNORECASE)
_LIBC = re.compile(r"libc\.so\.6|libc-2\..*\.so")
# `Shift_JIS`, `CP850`: names that nothing else has. What Python and JavaScript convert, they do
# by tables of their own.
_NAME = re.compile(r"(?<![\w./-])(?:[A-Za-z][\w:]*[\d_-][\w:-]*|SJIS|GBK)(?![\w./-])")
_SHORTEST = 4
_OWN_TABLES = re.compile(r".*\.(?:py|[cm]?[jt]sx?|rb|json|lock)", re.IGNORECASE)
_LARGEST_TEXT = 1 << 18
_ALIAS = re.compile(r"^alias\s+(\S+?)//\s+(\S+?)//", re.MULTILINE)
_MODULE = re.compile(r"^module\s+(\S+?)//\s+INTERNAL\s+(\S+)", re.MULTILINE)
_TABLES = ("gconv-modules", "gconv-modules.cache", "gconv-modules.d")


class CharacterSetRule(Rule):
    """glibc's iconv loads a module per character set from `gconv`, and any program may convert its
    input one day, so the few common ones stay with glibc. A module that ran keeps all, and so
    does a language's binding to iconv. Of others those stay that the author's texts name."""

    name = "character-sets"
    summary = "glibc's iconv modules: common ones, those that are named, all where one ran"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._waiting = {
            parent_of(path)
            for name in ("gconv-modules", "gconv-modules.cache")
            for path in context.named.get(name, ())
        }
        self._all = set(self._waiting)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            folder = self._folder_of(entry)
            if folder in self._waiting:
                self._waiting.discard(folder)
                ran = any(
                    is_below(path, folder) and path.endswith(".so") for path in self.context.seen
                )
                yield from self._modules(folder, entry.path, every=ran)
            elif self._all and self._converts(entry):
                for each in sorted(self._all):
                    yield from self._modules(each, entry.path, every=True)
                self._all.clear()
            elif self._all and self._may_name_some(entry):
                yield from self._named_in(entry)

    def _converts(self, entry: Entry) -> bool:
        if _CONVERTERS.fullmatch(name_of(entry.path)):
            return True
        if entry.type is not EntryType.FILE or entry.path in self.context.bystanders:
            return False
        # Basic libraries ask for it as well (libidn2, glib), and convert UTF-8 alone.
        if self.context.is_packaged(entry.path):
            return False
        elf = self.context.elf_files.get(entry.path)
        return elf is not None and not CONVERTERS.isdisjoint(elf.imports)

    def _may_name_some(self, entry: Entry) -> bool:
        return (
            entry.type is EntryType.FILE
            and 0 < entry.size <= _LARGEST_TEXT
            and not _OWN_TABLES.fullmatch(entry.path)
            and bool(SOURCES.fullmatch(entry.path) or is_settings(entry.path))
            and not is_of_the_system(entry.path)
            and self.context.own_files.contains(entry)
        )

    def _named_in(self, entry: Entry) -> Iterable[Want]:
        names = self.context.request.readings.once(
            ("names like character sets", entry.path), lambda: self._names_in(entry.path)
        )
        for name in names:
            module = self._names.get(name)
            for folder in sorted(self._all) if module is not None else ():
                path = f"{folder}/{module}.so"
                yield Want(path=path, detail=f"{entry.path} names it", because=entry.path)

    def _names_in(self, path: str) -> frozenset[str]:
        text = COMMENT.sub("", os.fsdecode(self.context.content.head(path, _LARGEST_TEXT)))
        return frozenset(each.upper() for each in _NAME.findall(text) if len(each) >= _SHORTEST)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """Name of a character set, in capitals → name of its module."""
        index, content = self.context.index, self.context.content
        tables = sorted(
            entry.path
            for folder in self._all
            for name in ("gconv-modules", "gconv-modules.d")
            for entry in index.subtree(f"{folder}/{name}")
            if entry.type is EntryType.FILE and entry.size
        )
        content.fetch(tables)
        text = "\n".join(os.fsdecode(content.head(path, _LARGEST_TEXT)) for path in tables)
        modules = {name.upper(): module for name, module in _MODULE.findall(text)}
        aliases = {
            alias.upper(): modules[name.upper()]
            for alias, name in _ALIAS.findall(text)
            if name.upper() in modules
        }
        return modules | aliases

    def _folder_of(self, entry: Entry) -> str:
        """The directory of modules that this entry lies in, or that its C library reads."""
        folder = parent_of(entry.path)
        if _LIBC.fullmatch(name_of(entry.path)):
            # Before /usr was merged, the C library alone lay in /lib.
            places = (f"{folder}/gconv", f"/usr{folder}/gconv")
            return next((place for place in places if place in self._waiting), folder)
        return folder

    def _modules(self, folder: str, because: str, *, every: bool) -> Iterable[Want]:
        index = self.context.index
        for name in _TABLES:
            for entry in index.subtree(f"{folder}/{name}"):
                yield Want(path=entry.path, detail="tables of iconv's modules", because=because)
        for entry in index.children(folder):
            if every or name_of(entry.path) in _COMMON:
                yield Want(path=entry.path, detail="a module of iconv", because=because)
