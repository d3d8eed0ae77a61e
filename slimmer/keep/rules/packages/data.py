"""The data of distribution packages that were used."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.files import Package
from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.keep.rules.packages.places import is_for_building, private_folder


class PackageDataRule(Rule):
    """A program finds its data by a path that was compiled into it: PostgreSQL its extensions,
    ImageMagick its tables, Ghostscript its resources. The package whose program ran, or of whose
    data something was read, keeps what it has in directories of its own. Not its modules, which
    another rule keeps, nor its programs on the PATH."""

    name = "package-data"
    summary = "data in directories of its own, of each distribution package that was used"
    strategies = BEYOND_MINIMAL

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
        files = packages.files()
        for package, because in used.items():
            detail = f"data of the package {package.name}, of which {because} was used"
            for path in files[package]:
                if private_folder(path) and not path.endswith(".so") and not is_for_building(path):
                    yield Want(path=path, detail=detail, bystander=True)
