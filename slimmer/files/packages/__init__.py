"""Packages of the original's distribution, read from the databases of their managers."""

from collections.abc import Sequence

from slimmer.files.index import RootfsIndex
from slimmer.files.packages.apk import apk_files, apk_packages
from slimmer.files.packages.database import Package, PackageDatabase
from slimmer.files.packages.dpkg import dpkg_files, dpkg_packages
from slimmer.files.packages.rpm import rpm_files, rpm_packages
from slimmer.values import Content


def read_packages(index: RootfsIndex, content: Content) -> PackageDatabase:
    """The packages of the original, in one round trip; none where no known manager was used."""
    content.fetch([*dpkg_files(index), *apk_files(index), *rpm_files(index)])
    files: dict[Package, Sequence[str]] = {}
    for read in (dpkg_packages, apk_packages, rpm_packages):
        files |= read(index, content)
    return PackageDatabase(files, index)


__all__ = ["Package", "PackageDatabase", "read_packages", "rpm_files"]
