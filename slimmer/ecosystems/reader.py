"""A reader knows one package manager: where its metadata lies, and what of it stays true.

It is made anew for each run. Content is fetched for all readers together, so a reader first says
what it will read, then is asked for what it found. Distributions' readers are in stage metadata.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from slimmer.ecosystems.findings import Component, Findings, Further, Installed
from slimmer.files import PackageDatabase, PathGlobs, RootfsIndex
from slimmer.values import Content, Entry, EntryType, KeepSet

_LICENCES = ("LICENSE", "LICENCE", "COPYING", "NOTICE")
"""How their names start."""


@dataclass(frozen=True, kw_only=True)
class MetadataRequest:
    """The decision so far, and what it was decided from."""

    index: RootfsIndex
    content: Content
    """The bytes of the original; fetched in three round trips at the most."""
    keep: KeepSet
    packages: PackageDatabase
    excludes: PathGlobs
    """Patterns of `--exclude`: what they cover is neither kept nor generated."""
    base_finished: int = 0
    """When the image below was finished, see `values.Original.base_finished`."""

    @cached_property
    def by_ending(self) -> Mapping[str, Sequence[Entry]]:
        """`.gemspec` → what is named so: one pass over the index for all readers."""
        entries: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.index:
            path = entry.path
            dot, name = path.rfind("."), path.rfind("/") + 1
            # As splitext has it: dots in front of a name begin no ending.
            has_one = name < dot < len(path) - 1 and path[name:dot].strip(".")
            entries[path[dot:] if has_one else ""].append(entry)
        return entries


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
    def findings(self) -> Findings:
        """What is left, and what describes it. All that `reads` named has been fetched."""

    def is_file(self, path: str) -> bool:
        """Whether the original has a regular file at exactly this path."""
        return self.index.is_file(path)

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

    def component(
        self,
        type: str,
        name: str,
        version: str,
        *,
        namespace: str = "",
        files: Collection[str],
        described_by: str,
        further: Iterable[Further] = (),
    ) -> Component:
        """A package that consists of these files, and is described by those in `further`."""
        return Component(
            type=type,
            namespace=namespace,
            name=name,
            version=version,
            kept_files=self.count_left(files, further),
            total_files=len(files),
            described_by=described_by,
            files=tuple(path for path in files if path in self.kept),
        )

    def installed(
        self,
        type: str,
        name: str,
        files: Iterable[str],
        version: str = "",
        *,
        declared: str = "",
    ) -> Installed:
        """A package of the original that consists of these files. Without any, it is taken for one
        that is left: there is nothing to remove."""
        size, there, is_left = 0, [], False
        for path in files:
            entry = self.index.get(path)
            if entry is not None and entry.type is not EntryType.DIRECTORY:
                size += entry.size
                there.append(entry.path)
                is_left = is_left or path in self.kept
        return Installed(
            type=type,
            name=name,
            size=size,
            is_left=is_left or not there,
            version=version,
            files=tuple(there),
            declared=declared,
        )

    def files_below(self, folder: str) -> Iterator[str]:
        """All in a folder of the original but directories."""
        for entry in self.index.subtree(folder):
            if entry.type is not EntryType.DIRECTORY:
                yield entry.path

    def licences(self, root: str, because: str) -> Iterator[Further]:
        """The licence files at the top of a package's folder: without them nobody may hand the
        package's files on."""
        for path in self.files_below(root):
            name = path[len(root) + 1 :].upper()
            if name.startswith(_LICENCES) and "/" not in name:
                detail = f"licence of the package in {root}"
                yield Further(path=path, detail=detail, because=because)

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
