"""What many languages have: directories of which all is wanted as soon as something is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence

from slimmer.files import ancestors
from slimmer.keep import Context, Rule, Want
from slimmer.values import Entry, EntryType


class AwaitedFoldersRule(Rule):
    """Base of rules that know directories (a standard library, an environment) and answer once
    for each, when the first file in it is kept."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.waiting = set(self.folders())

    @abstractmethod
    def folders(self) -> Iterable[str]:
        """The directories, by their landmarks."""

    @abstractmethod
    def content(self, folder: str, because: str) -> Iterable[Want]:
        """What is asked for of a directory, since the file `because` is kept."""

    def asked_by(self, entry: Entry) -> Iterable[str]:
        """The waiting directories that this kept entry asks for."""
        if entry.type is EntryType.FILE:
            return self.waiting.intersection(ancestors(entry.path))
        return ()

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if not self.waiting:
            return
        for entry in fresh:
            for folder in self.asked_by(entry):
                self.waiting.discard(folder)
                yield from self.content(folder, entry.path)
