"""What is left of each distribution package."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from slimmer.ecosystems import Installed, MetadataRequest
from slimmer.files import Package, PackageDatabase, parent_of
from slimmer.keep import PROGRAM_FOLDERS, is_to_build_with
from slimmer.metadata.documentation import is_documentation


@dataclass(frozen=True, kw_only=True, slots=True)
class Remainder:
    """One package of which at least one file or link is left, documentation aside."""

    package: Package
    kept: tuple[str, ...]
    """What is left, documentation aside: real paths, sorted."""
    total: int
    """Files and links that the original has of the package, documentation aside."""
    requires: tuple[str, ...] = ()
    """Names of the packages that it depends on and that are left as well."""


_TYPES = {"dpkg": "deb"}
"""What package URLs call a manager's packages, where that is not its name."""


def installed_packages(request: MetadataRequest) -> list[Installed]:
    """All packages of the distribution. Documentation counts as nothing that is left: what the slim
    image's database and the SBOM name is what is left here."""
    files = request.packages.files()
    kept = request.keep.reasons
    left = {
        package
        for package, paths in files.items()
        if any(path in kept and not is_documentation(path) for path in paths)
    }
    asked_for = _asked_for(request, left)
    found = []
    for package, paths in files.items():
        found.append(
            Installed(
                type=_TYPES.get(package.manager, package.manager),
                name=package.name,
                size=request.index.size_of(paths),
                is_left=package in left,
                version=package.version,
                files=tuple(paths),
                architecture=package.architecture,
                source=package.source,
                is_asked_for=package in asked_for,
            )
        )
    return found


def _asked_for(request: MetadataRequest, left: AbstractSet[Package]) -> set[Package]:
    """What somebody has installed by name to have it when the image runs."""
    packages = request.packages
    files = packages.files()
    asked_for = {
        package
        for package in files
        if package.requested
        and package.name not in packages.base
        and not package.was_there(request.base_finished)
        and not _stands_for_others(package, packages, left)
    }
    builders = {package for package in asked_for if is_to_build_with(package)}
    kept = request.keep.reasons
    if any(any(path in kept for path in _programs(files[each])) for each in builders & left):
        # It builds something when it is run: its tools are no rest of how it was built.
        builders = {package for package in builders if not _programs(files[package])}
    return asked_for - builders


def _programs(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if parent_of(path) in PROGRAM_FOLDERS]


def _stands_for_others(
    package: Package, packages: PackageDatabase, left: AbstractSet[Package]
) -> bool:
    """Whether it is but a name for what it depends on, and that is left: who installs
    `imagemagick` has the programs of `imagemagick-6.q16`."""
    is_empty = all(map(_is_about_itself, packages.files()[package]))
    return is_empty and any(
        each in left and each.name not in packages.base for each in packages.dependencies(package)
    )


def _is_about_itself(path: str) -> bool:
    return is_documentation(path) or path.startswith("/usr/share/bug/")


def remainders(request: MetadataRequest, manager: str) -> list[Remainder]:
    """The packages of one manager (`dpkg`, `apk`) that are left, in its database's order."""
    found: list[Remainder] = []
    kept = request.keep.reasons
    for package, paths in request.packages.files().items():
        if package.manager != manager or kept.keys().isdisjoint(paths):
            continue
        counted = [path for path in paths if not is_documentation(path)]
        left = tuple(path for path in counted if path in kept)
        if left:
            found.append(Remainder(package=package, kept=left, total=len(counted)))
    names = {remainder.package.name for remainder in found}
    return [
        replace(
            remainder,
            requires=tuple(
                dict.fromkeys(
                    other.name
                    for other in request.packages.dependencies(remainder.package)
                    if other.name in names
                )
            ),
        )
        for remainder in found
    ]
