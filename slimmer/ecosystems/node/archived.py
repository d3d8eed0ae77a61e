"""Node packages in archives: each that a table of Yarn's Plug'n'Play names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from slimmer.ecosystems.findings import Findings
from slimmer.ecosystems.node.pnp_table import TABLES, path_in_image, read_table
from slimmer.ecosystems.reader import Reader
from slimmer.files import name_of, parent_of

# `npm:1.2.3`, `virtual:0abc#npm:1.2.3`, `patch:x@npm%3A1.2.3#x.patch::version=1.2.3&hash=0abc`
_VERSION = re.compile(r".*(?:version=|npm:)(?P<version>\d[\w.+-]*).*")


class ArchivedNodeReader(Reader):
    """Packages that are an archive each; those in a directory have a package.json, which NodeReader
    finds."""

    def reads(self) -> Iterable[str]:
        return self._tables

    def findings(self) -> Findings:
        packages = dict(self._packages())
        return Findings(
            components=tuple(
                self.component(
                    "npm",
                    name.rpartition("/")[2],
                    version,
                    namespace=name.rpartition("/")[0],
                    files=(path,),
                    described_by=table,
                )
                for path, (name, version, table) in packages.items()
                if self.is_left(path)
            ),
            installed=tuple(
                self.installed("npm", name, (path,), version)
                for path, (name, version, _) in packages.items()
            ),
        )

    @cached_property
    def _tables(self) -> tuple[str, ...]:
        return tuple(
            entry.path
            for ending in (".cjs", ".js", ".json")
            for entry in self.request.by_ending.get(ending, ())
            if name_of(entry.path) in TABLES and self.is_file(entry.path)
        )

    def _packages(self) -> Iterator[tuple[str, tuple[str, str, str]]]:
        """Archive → name and version of the package in it, and the table that says so."""
        for table in self._tables:
            packages = read_table(self.data(table), parent_of(table))
            for (name, reference), package in packages.items():
                path = path_in_image(self.index, package.place)
                version = _VERSION.fullmatch(reference or "")
                if name and version and path and path != package.place:
                    yield path, (name, version["version"], table)
