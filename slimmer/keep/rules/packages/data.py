"""The data of distribution packages that were used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import Package, PackageDatabase, parent_of
from slimmer.keep.configuration_texts import own_tree
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Context, Rule, Want
from slimmer.keep.rules.packages.places import (
    PROGRAM_FOLDERS,
    is_for_building,
    private_folder,
)
from slimmer.values import Entry

# Bytes of the data of a package of which no program ran.
_HEAVIEST = 64_000_000


class PackageDataRule(Rule):
    """A program finds its data by a path that was compiled into it: PostgreSQL its extensions,
    ImageMagick its tables, Ghostscript its resources. The package whose program ran, or of whose
    data something was read, keeps what it has in directories of its own. Not its modules, which
    another rule keeps, nor its programs on the PATH."""

    name = "package-data"
    summary = "data in directories of its own, of each distribution package that was used"
    strategies = BEYOND_MINIMAL

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._done: set[str] = set()

    def begin(self) -> Iterable[Want]:
        packages = self.context.request.packages
        if packages is None:
            return
        used: dict[Package, str] = {}
        for path in sorted(self.context.seen):
            if path in self.context.executed or private_folder(path):
                package = packages.owner(path)
                if package is not None:
                    used.setdefault(package, path)
        for package, because in used.items():
            self._done.add(package.name)
            for path in self._data_of(package, modules=False):
                detail = f"data of the package {package.name}, of which {because} was used"
                yield Want(path=path, detail=detail, bystander=True)

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        """A program that is kept without having run, since a script or a source names it, has its
        data as well, and what a package of the same source has for it: `libtcl8.6` for `tcl8.6`."""
        packages = self.context.request.packages
        if packages is None:
            return
        for entry in fresh:
            if not is_program(entry) or entry.path in self.context.bystanders:
                continue
            owner = packages.owner(entry.path)
            if owner is None or owner.essential or parent_of(entry.path) not in PROGRAM_FOLDERS:
                continue
            for package in _of_one_source(packages, owner):
                if package.name in self._done:
                    continue
                self._done.add(package.name)
                data = list(self._data_of(package, modules=True))
                if self.context.index.size_of(data) > _HEAVIEST:
                    continue
                for path in data:
                    detail = f"data of the package {package.name}, of {entry.path}"
                    yield Want(path=path, detail=detail, because=entry.path, bystander=True)

    def _data_of(self, package: Package, *, modules: bool) -> Iterable[str]:
        """What it has in directories of its own, and its configuration. Modules of a program that
        ran are another rule's."""
        packages = self.context.request.packages
        for path in packages.files()[package] if packages is not None else ():
            if own_tree(path):
                yield path
            elif private_folder(path) and path.endswith((".so", ".la")):
                # Libtool's description beside a module is how some programs find it.
                if modules:
                    yield path
            elif private_folder(path) and not is_for_building(path):
                yield path


def _of_one_source(packages: PackageDatabase, owner: Package) -> Iterable[Package]:
    """The package, and what it depends on that was made of the same source."""
    found = [owner]
    for package in found:
        for other in packages.dependencies(package):
            if other.source == owner.source and other not in found:
                found.append(other)
    return found
