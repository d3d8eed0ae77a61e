"""The locale in use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import name_of
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.values import Entry, EntryType

_LOCALES = "/usr/lib/locale"
_ARCHIVE = f"{_LOCALES}/locale-archive"
_MESSAGES = "/usr/share/locale"
_SOURCES = "/usr/share/i18n"
# Bytes of an archive that somebody generated for this image; one of all locales has 220 MB.
_LARGEST_ARCHIVE = 32_000_000
# What programs fall back to, and what Python makes of the C locale (PEP 538).
_BUILT_IN = frozenset(("c", "posix", "c.utf8"))


class LocaleRule(Rule):
    """C.UTF-8 in any case, and what LANG, LANGUAGE and the LC_ variables name, with the
    translated messages of what is kept from the distribution. Locales that no package brought
    were generated for this image: an application asks for them by itself, by setlocale. Who starts
    localedef may make any locale, most often one that a variable of his user names."""

    name = "locale"
    summary = (
        "C.UTF-8, the locales that LANG, LANGUAGE and LC_ variables name, generated ones; what"
        " localedef makes them of"
    )
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        named = self._named()
        for folder in self.context.index.children(self.context.index.real_path(_LOCALES)):
            if comparable(name_of(folder.path)) in {"c.utf8", *named}:
                for entry in self.context.index.subtree(folder.path):
                    yield Want(path=entry.path, detail=f"the locale {name_of(folder.path)}")
        yield from self._generated()
        if named:
            # The archive is one file; minimal keeps it where it was read.
            yield Want(path=_ARCHIVE, detail=f"has the locale {', '.join(sorted(named))}")
            yield Want(path="/usr/share/locale/locale.alias", detail="other names of locales")
        for name in named:
            yield from self._messages(name)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if (
                name_of(entry.path) == "localedef"
                and is_program(entry)
                and entry.path not in self.context.bystanders
            ):
                yield from self._sources(entry.path)

    def _sources(self, localedef: str) -> Iterable[Want]:
        for entry in self.context.index.subtree(self.context.index.real_path(_SOURCES)):
            if entry.type is not EntryType.DIRECTORY:
                yield Want(path=entry.path, because=localedef, detail="makes locales of it")
        gzip = self.context.programs.find("gzip")
        if gzip:
            yield Want(path=gzip, because=localedef, detail="unpacks its character maps")

    def _generated(self) -> Iterable[Want]:
        packages = self.context.request.packages
        if packages is None:
            return
        for entry in self.context.index.children(self.context.index.real_path(_LOCALES)):
            files = list(self.context.index.subtree(entry.path))
            size = sum(file.size for file in files)
            if size <= _LARGEST_ARCHIVE and all(
                packages.owner(file.path) is None for file in files
            ):
                for file in files:
                    yield Want(path=file.path, detail="a locale that was generated for the image")

    def _named(self) -> set[str]:
        values = [
            value
            for variable, value in self.context.request.variables.items()
            if variable in ("LANG", "LANGUAGE") or variable.startswith("LC_")
        ]
        names = {comparable(name) for value in values for name in value.split(":") if name}
        return names - _BUILT_IN

    def _messages(self, name: str) -> Iterable[Want]:
        """`de_DE.UTF-8` reads the messages of `de_DE` and of `de`."""
        territory = name.partition(".")[0].partition("@")[0]
        wanted = {name, territory, territory.partition("_")[0]}
        packages = self.context.request.packages
        if packages is None:
            return
        touched = {packages.owner(path) for path in self.context.seen} - {None}
        for folder in self.context.index.children(_MESSAGES):
            if comparable(name_of(folder.path)) in wanted:
                for entry in self.context.index.subtree(folder.path):
                    if entry.type is EntryType.FILE and packages.owner(entry.path) in touched:
                        yield Want(path=entry.path, detail=f"messages in the language of {name}")


def comparable(locale: str) -> str:
    """glibc takes `de_DE.UTF-8`, `de_DE.utf8` and `de_DE.Utf_8` for one."""
    place, dot, rest = locale.partition(".")
    codeset, at, modifier = rest.partition("@")
    codeset = "".join(filter(str.isalnum, codeset)).lower()
    place = place.lower() if place.lower() in ("c", "posix") else place
    return f"{place}{dot}{codeset}{at}{modifier}"
