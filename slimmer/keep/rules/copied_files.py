"""Files that the image's builder copied into it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from slimmer.files import is_below
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.application import NEVER_BELOW, SYSTEM_DIRECTORIES, own_entries
from slimmer.values import CopiedFiles, Entry, EntryType

# What lies here is compiled or thrown away, not run; an application that does run here has its
# code seen.
_ASIDE = ("/usr/src", "/tmp", "/var/tmp")


class CopiedFilesRule(Rule):
    """Who writes COPY means that file: a page of errors, a table, a script for another command.
    Of a directory all counts that no distribution package owns (a site in `/usr/share/nginx/html`).
    In one of the system's it is not known whose the other files are: there only those count that
    the history names."""

    name = "copied-files"
    summary = "what COPY and ADD brought into the image, by its history"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._packages = context.request.packages
        self._packaged = self._packages.directories if self._packages else frozenset[str]()

    def begin(self) -> Iterable[Want]:
        for copied in self.context.request.copied:
            detail = f"copied into the image: COPY … {copied.destination}"
            for entry in self._entries(copied):
                yield Want(path=entry.path, detail=detail)

    def _entries(self, copied: CopiedFiles) -> Iterable[Entry]:
        entry = self.context.index.resolve(copied.destination).entry
        if entry is None or any(is_below(entry.path, each) for each in _ASIDE):
            return ()
        if entry.type is not EntryType.DIRECTORY:
            return (entry,)
        if self._is_the_systems(entry.path):
            return self._named(entry.path, copied.sources)
        return self._directory(entry.path)

    def _named(self, folder: str, sources: Iterable[str]) -> Iterable[Entry]:
        """The files that the history names; a directory's content was copied without its name."""
        for source in sources:
            entry = self.context.index.get(posixpath.join(folder, posixpath.basename(source)))
            if entry is not None and entry.type is not EntryType.DIRECTORY:
                yield entry

    def _is_the_systems(self, folder: str) -> bool:
        if folder == "/" or folder in SYSTEM_DIRECTORIES:
            return True
        if not self._packaged and any(is_below(folder, each) for each in NEVER_BELOW):
            return True
        return self.context.environments.contains(folder)

    def _directory(self, folder: str) -> Iterable[Entry]:
        return [entry for entry in own_entries(self.context, folder) if self._is_nobodys(entry)]

    def _is_nobodys(self, entry: Entry) -> bool:
        if self._packages is None:
            return True
        if entry.type is EntryType.DIRECTORY:
            return entry.path not in self._packaged
        return self._packages.owner(entry.path) is None
