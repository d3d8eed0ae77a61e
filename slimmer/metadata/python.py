"""Python distributions: the `.dist-info` or `.egg-info` of each one that has files left.

A distribution's own list of files (RECORD) decides. Where there is none, what lies beside the
metadata under the names in top_level.txt does. The metadata is kept whole and unchanged: programs
read it (entry points, `importlib.metadata`), and it holds the licence. Distributions that a package
of the system owns are that package's matter.
https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import csv
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from slimmer.files import is_below, join, name_of, parent_of
from slimmer.metadata.findings import Component, Findings, Further
from slimmer.metadata.operating_system import OperatingSystem
from slimmer.metadata.reader import Reader
from slimmer.metadata.result import MetadataRequest
from slimmer.values import Entry, EntryType

_LISTS = ("RECORD", "installed-files.txt")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Distribution:
    place: str
    """The `.dist-info` or `.egg-info` directory, or the `.egg-info` file."""
    metadata: str
    """The file with name and version."""
    list: str
    """The file with the list of files; empty where there is none."""
    top_level: str
    """top_level.txt; empty where there is none."""


class PythonReader(Reader):
    """Distributions anywhere in the image: system, virtual environments, vendored ones."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        self._distributions = [
            found
            for entry in request.descriptions
            if entry.path.endswith((".dist-info", ".egg-info"))
            and (found := self._distribution(entry)) is not None
        ]

    def reads(self) -> Iterable[str]:
        for found in self._distributions:
            yield found.metadata
            yield from filter(None, (found.list, found.top_level))

    def findings(self, system: OperatingSystem | None) -> Findings:
        components: list[Component] = []
        further: list[Further] = []
        for found in self._distributions:
            files = [path for path in self._files(found) if self._exists(path)]
            left = [path for path in files if path in self.kept]
            if not left:
                continue
            name, version = _name_and_version(self.text(found.metadata))
            if not name or not version:
                continue
            because = next((path for path in left if not is_below(path, found.place)), "")
            describing = [
                Further(
                    path=entry.path, detail=f"describes the distribution {name}", because=because
                )
                for entry in self.index.subtree(found.place)
                if because and entry.type is not EntryType.DIRECTORY
            ]
            further += describing
            components.append(
                Component(
                    type="pypi",
                    name=name,
                    version=version,
                    kept_files=self.count_left(files, describing),
                    total_files=len(files),
                    described_by=found.metadata,
                )
            )
        return Findings(components=tuple(components), further=tuple(further))

    def _distribution(self, entry: Entry) -> _Distribution | None:
        if entry.type is EntryType.DIRECTORY:
            names = ("METADATA",) if entry.path.endswith(".dist-info") else ("PKG-INFO",)
            metadata = next((p for n in names if self.is_file(p := join(entry.path, n))), "")
        else:
            metadata = entry.path if entry.type is EntryType.FILE else ""
        if not metadata or self.request.packages.owner(metadata) is not None:
            return None
        in_it = [join(entry.path, name) for name in (*_LISTS, "top_level.txt")]
        record, installed, top_level = (path if self.is_file(path) else "" for path in in_it)
        return _Distribution(
            place=entry.path, metadata=metadata, list=record or installed, top_level=top_level
        )

    def _exists(self, path: str) -> bool:
        entry = self.index.get(path)
        return entry is not None and entry.type is not EntryType.DIRECTORY

    def _files(self, found: _Distribution) -> Iterator[str]:
        """The distribution's files as far as the index may have them."""
        beside = parent_of(found.place)
        if name_of(found.list) == "RECORD":
            for path in _recorded(self.text(found.list)):
                yield _absolute(beside, path)
            return
        if found.list:
            for line in self.text(found.list).splitlines():
                yield _absolute(found.place, line)
            return
        yield from (entry.path for entry in self.index.subtree(found.place))
        for name in self._modules(found):
            yield from (entry.path for entry in self.index.subtree(join(beside, name)))
            yield join(beside, name + ".py")

    def _modules(self, found: _Distribution) -> list[str]:
        """The importable names of a distribution that has no list of files."""
        if found.top_level:
            lines = (line.strip() for line in self.text(found.top_level).splitlines())
            return [line for line in lines if line and not line.startswith((".", "/"))]
        name, _ = _name_and_version(self.text(found.metadata))
        return list(dict.fromkeys((name, re.sub(r"[-_.]+", "_", name).lower()))) if name else []


def _recorded(text: str) -> Iterator[str]:
    if '"' in text:
        yield from (row[0] for row in csv.reader(text.splitlines()) if row)
    else:
        yield from (line.split(",", 1)[0] for line in text.splitlines() if line)


def _absolute(directory: str, path: str) -> str:
    joined = join(directory, path)
    # Most recorded paths have nothing to resolve, and there are tens of thousands.
    return posixpath.normpath(joined) if "./" in joined or "//" in joined else joined


def _name_and_version(text: str) -> tuple[str, str]:
    """Of the core metadata's header, which ends with an empty line."""
    fields: dict[str, str] = {}
    for line in text.split("\n"):
        if not line.strip():
            break
        field, colon, value = line.partition(":")
        if colon and field in ("Name", "Version"):
            fields.setdefault(field, value.strip())
    return fields.get("Name", ""), fields.get("Version", "")
