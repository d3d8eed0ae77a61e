"""Yarn's Plug'n'Play: packages without a `node_modules`, most of them in archives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

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

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            if name_of(entry.path) in TABLES and entry.type is EntryType.FILE:
                yield from self._packages(entry.path)

    def _packages(self, table: str) -> Iterable[Want]:
        self.context.content.fetch([table])
        packages = read_table(self.context.content.head(table, LARGEST_TABLE), parent_of(table))
        for place in sorted(self._wanted(packages)):
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
        they ask for to be developed."""
        pending: list[Locator] = []
        for package in packages.values():
            path = join(package.place, MANIFEST)
            if "/node_modules/" in path or not self.context.index.is_file(path):
                continue
            manifest = self._manifest(package.place)
            left = set(development_names(manifest)) - set(required_names(manifest))
            pending += [at for name, at in package.requires.items() if name not in left]
        reached: set[Locator] = set()
        while pending:
            locator = pending.pop()
            if locator not in reached and locator in packages:
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
