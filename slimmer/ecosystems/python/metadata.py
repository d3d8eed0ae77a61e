"""Python distributions: the `.dist-info` or `.egg-info` of each one that has files left.

A distribution's own list of files (RECORD) decides. Where there is none, what lies beside the
metadata under the names in top_level.txt does. The metadata is kept whole and unchanged: programs
read it (entry points, `importlib.metadata`), and it holds the licence. Distributions that a package
of the system owns are that package's matter.
https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Final

from slimmer.ecosystems.findings import Component, Findings, Further, Installed
from slimmer.ecosystems.python.distributions import (
    METADATA_SUFFIXES,
    TOP_LEVELS,
    listed_files,
    lists_of,
    metadata_file,
)
from slimmer.ecosystems.reader import MetadataRequest, Reader
from slimmer.files import is_below, join, parent_of
from slimmer.values import EntryType

_REQUESTED: Final = "REQUESTED"
"""An empty file that pip writes for what it was told to install."""


class PythonReader(Reader):
    """Distributions anywhere in the image: system, virtual environments, vendored ones."""

    def __init__(self, request: MetadataRequest) -> None:
        super().__init__(request)
        # Path of the `.dist-info` or `.egg-info` → the file with name and version.
        self._distributions = {
            entry.path: metadata
            for ending in METADATA_SUFFIXES
            for entry in request.by_ending.get(ending, ())
            if (metadata := metadata_file(self.index, entry.path))
            and request.packages.owner(metadata) is None
        }

    def reads(self) -> Iterable[str]:
        for place, metadata in self._distributions.items():
            yield metadata
            yield from lists_of(self.index, place)

    def findings(self) -> Findings:
        components: list[Component] = []
        further: list[Further] = []
        installed: list[Installed] = []
        for place, metadata in self._distributions.items():
            name, version = _name_and_version(self.text(metadata))
            files = [path for path in self._files(place, name) if self._exists(path)]
            left = [path for path in files if path in self.kept]
            requested = join(place, _REQUESTED)
            declared = requested if self.is_file(requested) else ""
            whole = self.installed("pypi", name, files, version, declared=declared)
            because = next((path for path in left if not is_below(path, place)), "")
            if not because and any(not is_below(path, place) for path in files):
                # Whoever looks for entry points reads those of pip, too, which may well be gone.
                whole = dataclasses.replace(whole, is_left=False)
                if metadata not in self.kept:
                    left = []
            installed.append(whole)
            if not (left and name and version):
                continue
            detail = f"describes the distribution {name}"
            describing = [
                Further(path=path, detail=detail, because=because)
                for path in self.files_below(place)
                if because
            ]
            further += describing
            components.append(
                self.component(
                    "pypi",
                    name,
                    version,
                    files=files,
                    described_by=metadata,
                    further=describing,
                )
            )
        return Findings(
            components=tuple(components), further=tuple(further), installed=tuple(installed)
        )

    def _exists(self, path: str) -> bool:
        entry = self.index.get(path)
        return entry is not None and entry.type is not EntryType.DIRECTORY

    def _files(self, place: str, name: str) -> Iterable[str]:
        """The distribution's files as far as the index may have them."""
        listed = listed_files(self.index, self.content, place)
        return self._beside(place, name) if listed is None else listed

    def _beside(self, place: str, name: str) -> Iterator[str]:
        """Of a distribution that has no list of files: its importable names."""
        yield from (entry.path for entry in self.index.subtree(place))
        top_level = join(place, TOP_LEVELS)
        names = [name, re.sub(r"[-_.]+", "_", name).lower()] if name else []
        if self.is_file(top_level):
            lines = (line.strip() for line in self.text(top_level).splitlines())
            names = [line for line in lines if line and not line.startswith((".", "/"))]
        for each in dict.fromkeys(names):
            module = join(parent_of(place), each)
            yield from (entry.path for entry in self.index.subtree(module))
            yield f"{module}.py"


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
