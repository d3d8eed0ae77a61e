"""What is left of each distribution package."""

from __future__ import annotations

from dataclasses import dataclass

from slimmer.metadata.documentation import is_documentation
from slimmer.metadata.result import MetadataRequest
from slimmer.rootfs import Package


@dataclass(frozen=True, kw_only=True, slots=True)
class Remainder:
    """One package of which at least one file or link is left, documentation aside."""

    package: Package
    kept: tuple[str, ...]
    """What is left, documentation aside: real paths, sorted."""
    total: int
    """Files and links that the original has of the package, documentation aside."""


def remainders(request: MetadataRequest, manager: str) -> list[Remainder]:
    """The packages of one manager (`dpkg`, `apk`) that are left, in its database's order."""
    found = []
    kept = request.keep.reasons
    for package, paths in request.packages.files().items():
        if package.manager != manager:
            continue
        counted = [path for path in paths if not is_documentation(path)]
        left = tuple(path for path in counted if path in kept)
        if left:
            found.append(Remainder(package=package, kept=left, total=len(counted)))
    return found
