"""What is left of each distribution package."""

from __future__ import annotations

from collections.abc import Iterable
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
    left = _left(request)
    for package, paths in request.packages.files().items():
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
                and package.name not in request.packages.base
                and not package.was_there(request.base_finished)
                and not is_to_build_with(package)
                and not _is_left_by_others(package, paths, request, left),
            )
        )
    return found


def _left(request: MetadataRequest) -> set[Package]:
    kept = request.keep.reasons
    return {
        package
        for package, paths in request.packages.files().items()
        if any(path in kept and not is_documentation(path) for path in paths)
    }


def _is_left_by_others(
    package: Package, paths: Iterable[str], request: MetadataRequest, left: set[Package]
) -> bool:
    """Whether the package is a name for others (`default-jre` for a JRE), one of
    which is left: there is nothing of its own that could be missed."""
    return all(map(is_documentation, paths)) and any(
        other in left and other.name not in request.packages.base
        for other in request.packages.dependencies(package)
    )


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
