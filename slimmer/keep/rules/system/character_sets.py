"""Character sets that the C library converts by modules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.model import Entry
from slimmer.rootfs import is_below, name_of, parent_of

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
_TABLES = ("gconv-modules", "gconv-modules.cache", "gconv-modules.d")


class CharacterSetRule(Rule):
    """glibc's iconv loads a module per character set from `gconv`. Its tables are read by every
    program in a UTF-8 locale, so that alone keeps the common ones. A module that ran keeps all,
    and so does a language's binding to iconv."""

    name = "character-sets"
    summary = "glibc's iconv modules: common ones where its tables were read, all where one ran"
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
            folder = parent_of(entry.path)
            if folder in self._waiting:
                self._waiting.discard(folder)
                ran = any(
                    is_below(path, folder) and path.endswith(".so") for path in self.context.seen
                )
                yield from self._modules(folder, entry.path, every=ran)
            elif self._all and _CONVERTERS.fullmatch(name_of(entry.path)):
                for each in sorted(self._all):
                    yield from self._modules(each, entry.path, every=True)
                self._all.clear()

    def _modules(self, folder: str, because: str, *, every: bool) -> Iterable[Want]:
        index = self.context.index
        for name in _TABLES:
            for entry in index.subtree(f"{folder}/{name}"):
                yield Want(path=entry.path, detail="tables of iconv's modules", because=because)
        for entry in index.children(folder):
            if every or name_of(entry.path) in _COMMON:
                yield Want(path=entry.path, detail="a module of iconv", because=because)
