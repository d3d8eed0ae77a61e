"""Yarn's Plug'n'Play: packages without a `node_modules`, most of them in archives."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from slimmer.ecosystems.node.imports import (
    LARGEST_SOURCE,
    is_application_source,
    required_packages,
)
from slimmer.ecosystems.node.packages import (
    MANIFEST,
    development_names,
    read_manifest,
    required_names,
    runtime_entries,
)
from slimmer.ecosystems.node.pnp_table import (
    LARGEST_TABLE,
    TABLES,
    Locator,
    TablePackage,
    path_in_image,
    read_table,
)
from slimmer.files import join, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType, HeavyOmission

_LARGEST_MANIFEST = 1 << 20
# As much of a package that nobody touched stays as of one in a node_modules.
_HEAVIEST = 64_000_000


class PlugAndPlayRule(Rule):
    """Node gets its packages out of the archives by a table, `.pnp.cjs`. It opens an archive when
    something in it is loaded, so a probe shows as few of them as of a node_modules."""

    name = "node-plug-n-play"
    summary = "packages in the archives of Yarn's Plug'n'Play that the application depends on"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        # Archive or directory → its bytes.
        self._heavy: dict[str, int] = {}
        self._tables: dict[str, Mapping[Locator, TablePackage]] = {}
        # Sources of the application that are not read yet, and the names that those before require.
        self._sources: list[Entry] = []
        self._required: set[str] = set()
        # Table and place of what it was asked for already.
        self._asked: set[tuple[str, str]] = set()

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        if TABLES.isdisjoint(self.context.named):
            return
        files = [entry for entry in fresh if entry.type is EntryType.FILE]
        tables = [entry.path for entry in files if name_of(entry.path) in TABLES]
        self.context.content.fetch(tables)
        for path in tables:
            self._tables[path] = self._table(path)
        self._sources += filter(self._is_source, files)
        if self._tables and (tables or self._sources):
            self._read_sources()
            for path, packages in self._tables.items():
                yield from self._packages(path, packages)

    def _table(self, path: str) -> Mapping[Locator, TablePackage]:
        def read() -> Mapping[Locator, TablePackage]:
            return read_table(self.context.content.head(path, LARGEST_TABLE), parent_of(path))

        return self.context.request.readings.once(("packages", path), read)

    def _is_source(self, entry: Entry) -> bool:
        return (
            0 < entry.size <= LARGEST_SOURCE
            and "/node_modules/" not in entry.path
            and is_application_source(entry.path, self.context.application_root(entry.path))
            and not self.context.is_packaged(entry.path)
        )

    def _read_sources(self) -> None:
        self.context.content.fetch(entry.path for entry in self._sources)
        for entry in self._sources:
            source = os.fsdecode(self.context.content.head(entry.path, LARGEST_SOURCE))
            self._required.update(required_packages(source))
        self._sources.clear()

    def _packages(self, table: str, packages: Mapping[Locator, TablePackage]) -> Iterable[Want]:
        for place in sorted(self._wanted(packages)):
            if (table, place) in self._asked:
                continue
            self._asked.add((table, place))
            real = path_in_image(self.context.index, place)
            size = sum(entry.size for entry in self.context.index.subtree(real)) if real else 0
            if size > _HEAVIEST:
                self._heavy[real] = size
                continue
            detail = f"a package in the table of {table}"
            if real and real != place:
                yield Want(path=real, detail=detail, because=table, bystander=True)
            elif real:
                for found in runtime_entries(self.context.index, real, self._manifest(real)):
                    yield Want(path=found.path, detail=detail, because=table, bystander=True)

    def _wanted(self, packages: Mapping[Locator, TablePackage]) -> set[str]:
        """The places of the packages that the projects of this table lead to, other than by what
        they ask for to be developed, and their sources do not require."""
        pending: list[Locator] = []
        projects: set[Locator] = set()
        for locator, package in packages.items():
            path = join(package.place, MANIFEST)
            if "/node_modules/" in path or not self.context.index.is_file(path):
                continue
            projects.add(locator)
            manifest = self._manifest(package.place)
            left = set(development_names(manifest)) - {*required_names(manifest), *self._required}
            pending += [at for name, at in package.requires.items() if name not in left]
        reached: set[Locator] = set()
        while pending:
            locator = pending.pop()
            if locator not in reached and locator in packages and locator not in projects:
                reached.add(locator)
                pending += packages[locator].requires.values()
        return {packages[locator].place for locator in reached}

    def _manifest(self, folder: str) -> Mapping[str, Any]:
        path = join(folder, MANIFEST)
        if not self.context.index.is_file(path):
            return {}
        self.context.content.fetch([path])
        return read_manifest(self.context.content.head(path, _LARGEST_MANIFEST))

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        for path, size in self._heavy.items():
            if path not in kept:
                yield HeavyOmission(
                    what=f"the Node package {name_of(path)}",
                    size=size,
                    why="nothing touched it",
                    include=path,
                )
