"""A reader knows one package manager: where its metadata lies, and what of it stays true.

It is made anew for each run. Content is fetched for all readers together, so a reader first says
what it will read, then is asked for what it found.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Set

from slimmer.metadata.findings import Findings, Further
from slimmer.metadata.operating_system import OperatingSystem
from slimmer.metadata.result import MetadataRequest
from slimmer.values import EntryType

_LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
"""How their names start."""


class Reader(ABC):
    """Base of the readers."""

    def __init__(self, request: MetadataRequest) -> None:
        self.request = request
        self.index = request.index
        self.content = request.content
        self.kept: Set[str] = request.keep.reasons.keys()

    def reads(self) -> Iterable[str]:
        """Regular files of the original that `findings` reads."""
        return ()

    @abstractmethod
    def findings(self, system: OperatingSystem | None) -> Findings:
        """What is left, and what describes it. All that `reads` named has been fetched."""

    def is_file(self, path: str) -> bool:
        """Whether the original has a regular file at exactly this path."""
        entry = self.index.get(path)
        return entry is not None and entry.type is EntryType.FILE

    def is_left(self, path: str) -> bool:
        """Whether this file or link (not directory) of the original is kept."""
        if path not in self.kept:
            return False
        entry = self.index.get(path)
        return entry is not None and entry.type is not EntryType.DIRECTORY

    def is_used(self, path: str) -> bool:
        """Whether the application itself used the file, or the user asked for it: then it stays
        as it is, since a program that reads it must find what it found in the original."""
        reasons = self.request.keep.reasons.get(path, ())
        return any(reason.rule in ("trace", "include") for reason in reasons)

    def count_left(self, files: Iterable[str], further: Iterable[Further]) -> int:
        """How many of a package's files will be in the image, those included that describe it."""
        covers = self.request.excludes.covers
        added = {each.path for each in further if not covers(each.path)}
        return sum(path in self.kept or path in added for path in files)

    def licences(self, root: str, because: str) -> Iterator[Further]:
        """The licence files at the top of a package's folder: without them nobody may hand the
        package's files on."""
        for entry in self.index.subtree(root):
            name = entry.path[len(root) + 1 :].upper()
            if (
                name.startswith(_LICENCES)
                and "/" not in name
                and entry.type is not EntryType.DIRECTORY
            ):
                yield Further(
                    path=entry.path, detail=f"licence of the package in {root}", because=because
                )

    def text(self, path: str) -> str:
        """A file's content; bytes that are not UTF-8 survive as surrogates."""
        return self.data(path).decode("utf-8", "surrogateescape")

    def data(self, path: str) -> bytes:
        """A file's content."""
        with self.content.open(path) as stream:
            return stream.read()


def encoded(text: str) -> bytes:
    """The bytes of a text that `Reader.text` gave."""
    return text.encode("utf-8", "surrogateescape")
