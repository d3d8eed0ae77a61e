"""Python distributions that were touched, whole."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterable, Sequence

from slimmer.ecosystems.python.distributions import (
    METADATA_SUFFIXES,
    Distribution,
    Site,
    is_for_development,
    metadata_by_site,
    metadata_file,
    old_requirements,
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
    imports_always,
    modules_imported_by,
)
from slimmer.files import ancestors, is_below, name_of, parent_of
from slimmer.keep import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.values import Entry, EntryType, HeavyOmission

# Bytes of a distribution that was installed beside others, and that nobody touched.
_HEAVIEST = 64_000_000
# The same of one that a package of the distribution depends on: fontTools of Debian on SciPy.
_HEAVIEST_PACKAGED = 8_000_000
# A program in the `bin` of an environment that no distribution lists: nodeenv puts Node there.
_HEAVIEST_STRAY = 8_000_000


class PythonDistributionsRule(Rule):
    """A distribution is touched when one of its files is kept: a module, package data, a script
    in `bin`; or when the application's own sources import it, on whatever branch. Then it stays
    whole, by its own list of files, and so do those that it requires, and those that were installed
    beside it: they are imported when they are needed, which a probe may not show. Its metadata
    stays, for entry points and for scanners.
    """

    name = "python-distributions"
    summary = "Python distributions of a site that is in use, whole, without tests and installers"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._metadata = metadata_by_site(context.named)
        self._sites: dict[str, Site] = {}
        self._touched: set[str] = set()
        # Site in which all stays → the file that shows it to be in use.
        self._whole_sites: dict[str, str] = {}
        self._without_strays: set[str] = set()
        # By metadata.
        self._heavy: dict[str, HeavyOmission] = {}
        # Scripts lie beside no site: bin directory → the sites whose scripts may be in it.
        self._sites_of_bin: dict[str, list[str]] = {}
        for folder in self._metadata:
            self._sites_of_bin.setdefault(f"{_prefix_of(folder)}/bin", []).append(folder)

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
            for distribution in self._imported(modules_imported_by(self.context, entry)):
                touched.setdefault(distribution.metadata, (distribution, entry.path))
        for inline in self.context.inline_code(fresh, "python"):
            for distribution in self._imported(imported_modules(inline.code)):
                touched.setdefault(distribution.metadata, (distribution, inline.because))
        touched = self._with_sites(touched)
        while touched:
            self._touched.update(touched)
            for distribution, because in touched.values():
                yield from self._whole(distribution, because)
            touched = self._with_sites(self._required([each for each, _ in touched.values()]))
        yield from self._strays()

    def claims(self) -> Iterable[str]:
        """Console scripts, which lie on the PATH beside programs of all kinds."""
        for folder in self._metadata:
            for distribution in self._site(folder).distributions.values():
                yield from (path for path in distribution.files if not is_below(path, folder))

    def _with_sites(
        self, touched: dict[str, tuple[Distribution, str]]
    ) -> dict[str, tuple[Distribution, str]]:
        """With all that was installed beside them: it is named in settings, entry points and
        pickles as often as in an import. Not what the distribution has packed, what installs and
        tests, nor what is heavy: those must be touched, imported or required themselves."""
        found = dict(touched)
        for distribution, because in touched.values():
            site = self._site(parent_of(distribution.metadata))
            if site.folder in self._whole_sites or self._is_packaged(distribution):
                continue
            self._whole_sites[site.folder] = because
            for other in site.distributions.values():
                if (
                    other.metadata in self._touched
                    or self._is_packaged(other)
                    or is_for_development(other.name)
                ):
                    continue
                size = self.context.index.size_of(other.files)
                if size > _HEAVIEST:
                    self._heavy[other.metadata] = HeavyOmission(
                        what=f"the Python distribution {other.name}",
                        size=size,
                        why="nothing touched, imports or requires it",
                        # One of its files, which brings the others.
                        include=next(iter(other.files)),
                    )
                else:
                    found.setdefault(other.metadata, (other, because))
        return found

    def _is_packaged(self, distribution: Distribution) -> bool:
        return self.context.is_packaged(metadata_file(self.context.index, distribution.metadata))

    def _strays(self) -> Iterable[Want]:
        """What lies in a site that is in use, or among the programs of its virtual environment, and
        that no distribution brought: the author's, and commands of what was installed to be edited,
        as setuptools did it."""
        index = self.context.index
        for folder, because in self._whole_sites.items():
            if folder in self._without_strays:
                continue
            self._without_strays.add(folder)
            site = self._site(folder)
            prefix = _prefix_of(folder)
            programs: Iterable[Entry] = ()
            if index.is_file(f"{prefix}/pyvenv.cfg"):
                programs = index.children(f"{prefix}/bin")
            light = (
                entry
                for entry in programs
                if entry.size <= _HEAVIEST_STRAY and not entry.path.endswith(".ps1")
            )
            for entry in (*index.subtree(folder), *light):
                if (
                    entry.type is not EntryType.DIRECTORY
                    and name_of(parent_of(entry.path)) != CACHE
                    and not site.has(entry.path)
                    and not self.context.is_packaged(entry.path)
                ):
                    detail = f"in {folder}, and part of no distribution"
                    yield Want(path=entry.path, detail=detail, because=because, bystander=True)

    def heavy(self, kept: Collection[str]) -> Iterable[HeavyOmission]:
        return [each for name, each in self._heavy.items() if name not in self._touched]

    def _candidates(self, path: str) -> Iterable[str]:
        folder = parent_of(path)
        if folder in self._sites_of_bin:
            return self._sites_of_bin[folder]
        return (above for above in ancestors(path) if above in self._metadata)

    def _imported(self, modules: Iterable[str]) -> Iterable[Distribution]:
        """What has these modules, in whatever site. Where no Python ran, no site is in use yet:
        then any may be meant."""
        sites = list(self._sites.values())
        for module in modules:
            for site in sites or map(self._site, self._metadata):
                found = site.imported(module)
                if found is not None and found.metadata not in self._touched:
                    yield found

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
        site = parent_of(distribution.metadata)
        for path in without_tests(distribution.files, site, self._is_imported):
            if is_for_building(path) or name_of(parent_of(path)) == CACHE:
                continue
            yield Want(path=path, detail=detail, because=because, bystander=True)
            if path.endswith(".py"):
                sources.add(path)
        for cache in {f"{parent_of(path)}/{CACHE}" for path in sources}:
            for entry in index.children(cache):
                if source_of(entry.path) in sources and (optimizes or not is_optimized(entry.path)):
                    yield Want(path=entry.path, detail=f"byte code, {detail}", because=because)

    def _is_imported(self, folder: str) -> bool:
        package = parent_of(folder)
        source = f"{package}/__init__.py"
        if not self.context.index.is_file(source):
            return False
        self.context.content.fetch([source])
        text = os.fsdecode(self.context.content.head(source, LARGEST_SOURCE))
        return imports_always(text, name_of(package), name_of(folder))

    def _required(
        self, distributions: Sequence[Distribution]
    ) -> dict[str, tuple[Distribution, str]]:
        """What these distributions require and is installed, in whatever site: by metadata path,
        each with the metadata that says so."""
        index, content = self.context.index, self.context.content
        files = {
            path: read
            for each in distributions
            for path, read in (
                (metadata_file(index, each.metadata), requirements),
                (f"{each.metadata}/requires.txt", old_requirements),
            )
            if index.is_file(path)
        }
        content.fetch(files)
        required = self._packaged_with(distributions) | self._plugins(distributions)
        for path, read in files.items():
            with content.open(path) as stream:
                text = os.fsdecode(stream.read())
            for name in read(text):
                for site in self._sites.values():
                    found = site.distributions.get(name)
                    if found is not None and found.metadata not in self._touched:
                        required.setdefault(found.metadata, (found, path))
        return required

    def _plugins(
        self, distributions: Iterable[Distribution]
    ) -> dict[str, tuple[Distribution, str]]:
        """What extends a tool that is kept all the same, as pytest is if an entrypoint starts it:
        it finds `pytest-django` by its entry points, and ends where the module is missing."""
        return {
            other.metadata: (other, tool.metadata)
            for tool in distributions
            if is_for_development(tool.name)
            for other in self._site(parent_of(tool.metadata)).distributions.values()
            if other.name.startswith(f"{tool.name}-") and other.metadata not in self._touched
        }

    def _packaged_with(
        self, distributions: Iterable[Distribution]
    ) -> dict[str, tuple[Distribution, str]]:
        """What packages with these distributions depend on: Debian leaves it out of the metadata
        of many. By metadata path, each with a file of who depends on it."""
        packages = self.context.request.packages
        found: dict[str, tuple[Distribution, str]] = {}
        for each in distributions if packages is not None else ():
            own = metadata_file(self.context.index, each.metadata)
            package = packages.owner(own) if packages is not None and own else None
            if packages is None or package is None:
                continue
            for other in packages.dependencies(package):
                for distribution in self._distributions_of(packages.files()[other]):
                    size = self.context.index.size_of(distribution.files)
                    if size <= _HEAVIEST_PACKAGED and not is_for_development(distribution.name):
                        found.setdefault(distribution.metadata, (distribution, own))
        return {path: each for path, each in found.items() if path not in self._touched}

    def _distributions_of(self, files: Iterable[str]) -> Iterable[Distribution]:
        for path in files:
            for metadata in (path, parent_of(path)):
                if parent_of(metadata) in self._metadata and metadata.endswith(METADATA_SUFFIXES):
                    owner = self._site(parent_of(metadata)).owner(metadata)
                    if owner is not None:
                        yield owner


def _prefix_of(site: str) -> str:
    """`/venv` for `/venv/lib/python3.11/site-packages`; of `/lib/…` it is empty."""
    return posixpath.normpath(f"{site}/../../..").rstrip("/")
