"""What is left of each distribution package."""

from __future__ import annotations

from dataclasses import dataclass, replace

from slimmer.ecosystems import Installed, MetadataRequest
from slimmer.files import Package
from slimmer.keep import is_to_build_with
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
    found = []
    files = request.packages.files()
    kept = request.keep.reasons
    left = {
        package
        for package, paths in files.items()
        if any(path in kept and not is_documentation(path) for path in paths)
    }
    for package, paths in files.items():
        # `php-intl` is nothing but the name of `php8.2-intl` and of what that needs.
        needed = request.packages.dependencies(package)
        is_name = bool(needed) and all(map(is_documentation, paths)) and left.issuperset(needed)
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
                is_asked_for=package.requested
                and not is_name
                and package.name not in request.packages.base
                and not package.was_there(request.base_finished)
                and not is_to_build_with(package),
            )
        )
    return found


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
