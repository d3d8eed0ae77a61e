"""Python distributions that were touched, whole."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Sequence

from slimmer.ecosystems.python.distributions import (
    Distribution,
    Site,
    metadata_by_site,
    metadata_file,
    requirements,
)
from slimmer.ecosystems.python.files import (
    CACHE,
    is_for_building,
    is_optimized,
    source_of,
    without_tests,
)
from slimmer.ecosystems.python.imports import (
    LARGEST_SOURCE,
    imported_modules,
    is_application_source,
)
from slimmer.files import ancestors, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType


class PythonDistributionsRule(Rule):
    """A distribution is touched when one of its files is kept: a module, package data, a script
    in `bin`; or when the application's own sources import it, on whatever branch. Then it stays
    whole, by its own list of files, and so do those that it requires: they are imported when they
    are needed, which a probe may not show. Its metadata stays, for entry points and for scanners.
    """

    name = "python-distributions"
    summary = "touched Python distributions whole, with those that they require, without tests"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._metadata = metadata_by_site(context.named)
        self._sites: dict[str, Site] = {}
        self._touched: set[str] = set()
        # Scripts lie beside no site: bin directory → the sites whose scripts may be in it.
        self._sites_of_bin: dict[str, list[str]] = {}
        for folder in self._metadata:
            prefix = posixpath.normpath(f"{folder}/../../..")
            self._sites_of_bin.setdefault(posixpath.join(prefix, "bin"), []).append(folder)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        touched: dict[str, tuple[Distribution, str]] = {}
        for entry in fresh:
            if entry.type is not EntryType.FILE:
                continue
            for folder in self._candidates(entry.path):
                owner = self._site(folder).owner(entry.path)
                if owner is not None and owner.metadata not in self._touched:
                    touched.setdefault(owner.metadata, (owner, entry.path))
        for entry in fresh:
            for distribution in self._imported_by(entry):
                touched.setdefault(distribution.metadata, (distribution, entry.path))
        while touched:
            self._touched.update(touched)
            for distribution, because in touched.values():
                yield from self._whole(distribution, because)
            touched = self._required(distribution for distribution, _ in touched.values())

    def _candidates(self, path: str) -> Iterable[str]:
        folder = parent_of(path)
        if folder in self._sites_of_bin:
            return self._sites_of_bin[folder]
        return (above for above in ancestors(path) if above in self._metadata)

    def _imported_by(self, entry: Entry) -> Iterable[Distribution]:
        """What a source of the application imports from the sites that are in use."""
        if (
            entry.type is not EntryType.FILE
            or not 0 < entry.size <= LARGEST_SOURCE
            or not is_application_source(entry.path)
            or self._is_library(entry.path)
        ):
            return
        source = os.fsdecode(self.context.content.head(entry.path, LARGEST_SOURCE))
        for module in imported_modules(source):
            for site in self._sites.values():
                found = site.imported(module)
                if found is not None and found.metadata not in self._touched:
                    yield found

    def _is_library(self, path: str) -> bool:
        packages = self.context.request.packages
        return self.context.environments.contains(path) or (
            packages is not None and packages.owner(path) is not None
        )

    def _site(self, folder: str) -> Site:
        site = self._sites.get(folder)
        if site is None:
            site = self._sites[folder] = Site(
                folder,
                self._metadata[folder],
                self.context.index,
                self.context.content,
                self.context.request.packages,
            )
        return site

    def _whole(self, distribution: Distribution, because: str) -> Iterable[Want]:
        index = self.context.index
        detail = f"part of the Python distribution {distribution.name}"
        for entry in index.subtree(distribution.metadata):
            yield Want(path=entry.path, detail=detail, because=because)
        optimizes = bool(self.context.request.variables.get("PYTHONOPTIMIZE"))
        sources = set()
        for path in without_tests(distribution.files):
            if is_for_building(path) or name_of(parent_of(path)) == CACHE:
                continue
            yield Want(path=path, detail=detail, because=because, bystander=True)
            if path.endswith(".py"):
                sources.add(path)
        for cache in {f"{parent_of(path)}/{CACHE}" for path in sources}:
            for entry in index.children(cache):
                if source_of(entry.path) in sources and (optimizes or not is_optimized(entry.path)):
                    yield Want(path=entry.path, detail=f"byte code, {detail}", because=because)

    def _required(
        self, distributions: Iterable[Distribution]
    ) -> dict[str, tuple[Distribution, str]]:
        """What these distributions require and is installed in a site of which something is kept,
        by metadata path, each with the metadata that says so."""
        files = [metadata_file(self.context.index, each.metadata) for each in distributions]
        self.context.content.fetch(filter(None, files))
        required: dict[str, tuple[Distribution, str]] = {}
        for path in filter(None, files):
            with self.context.content.open(path) as stream:
                text = os.fsdecode(stream.read())
            for name in requirements(text):
                for site in self._sites.values():
                    found = site.distributions.get(name)
                    if found is not None and found.metadata not in self._touched:
                        required.setdefault(found.metadata, (found, path))
        return required
