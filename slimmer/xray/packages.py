"""Which package each file belongs to: the distribution's, and those of languages."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from slimmer.ecosystems import PACKAGE_READERS, Installed, MetadataRequest
from slimmer.files import PathGlobs, RootfsIndex, read_packages
from slimmer.metadata import installed_packages, read_operating_system
from slimmer.values import Content, KeepSet
from slimmer.xray.document import PackageShare, Share
from slimmer.xray.shares import used_size


@dataclass(frozen=True, kw_only=True)
class Packages:
    """All packages of an image."""

    installed: tuple[Installed, ...]
    owners: Mapping[str, Installed]
    """Path → the package that it belongs to."""
    system: str
    """The distribution's name; empty where none is told."""

    def name_of(self, path: str) -> str:
        """The owner's name; empty where there is none."""
        owner = self.owners.get(path)
        return owner.name if owner else ""


def packages_of(index: RootfsIndex, content: Content) -> Packages:
    """Read by the readers that describe what a slim image keeps; here nothing is kept, so that they
    read nothing but databases and lists."""
    request = MetadataRequest(
        index=index,
        content=content,
        keep=KeepSet(reasons={}),
        packages=read_packages(index, content),
        excludes=PathGlobs(()),
    )
    installed = installed_packages(request)
    for reader in PACKAGE_READERS:
        installed += reader(request).findings().installed
    owners: dict[str, Installed] = {}
    for package in installed:
        for path in package.files:
            owners.setdefault(path, package)
    system = read_operating_system(index, content)
    return Packages(installed=tuple(installed), owners=owners, system=system.name if system else "")


def package_shares(
    packages: Packages,
    sizes: Mapping[str, int],
    used: Container[str] | None,
    layer_of: Mapping[str, int],
) -> tuple[tuple[PackageShare, ...], Share]:
    """Each package's bytes, the largest first, and those of no package. `sizes`: path → bytes, a
    hard link's once. A file of two packages counts for the first, so that sums are right."""
    by_package: dict[int, list[str]] = {id(package): [] for package in packages.installed}
    rest: list[str] = []
    for path in sizes:
        owner = packages.owners.get(path)
        (rest if owner is None else by_package[id(owner)]).append(path)
    shares = [
        PackageShare(
            type=package.type,
            name=package.name,
            version=package.version,
            files=len(paths),
            size=sum(sizes[path] for path in paths),
            used_size=used_size(paths, sizes, used),
            layer=_layer(paths, sizes, layer_of),
        )
        for package, paths in _with_files(packages, by_package)
    ]
    shares.sort(key=lambda share: (-share.size, share.type, share.name, share.version))
    unpackaged = Share(
        name="",
        files=len(rest),
        size=sum(sizes[path] for path in rest),
        used_size=used_size(rest, sizes, used),
    )
    return tuple(shares), unpackaged


def _layer(paths: list[str], sizes: Mapping[str, int], layer_of: Mapping[str, int]) -> int | None:
    """The layer with most of these bytes."""
    sums: dict[int, int] = {}
    for path in paths:
        number = layer_of[path]
        sums[number] = sums.get(number, 0) + sizes[path]
    return max(sums, key=lambda number: (sums[number], -number)) if sums else None


def _with_files(
    packages: Packages, by_package: Mapping[int, list[str]]
) -> Iterator[tuple[Installed, list[str]]]:
    for package in packages.installed:
        if paths := by_package[id(package)]:
            yield package, paths
