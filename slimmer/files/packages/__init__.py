"""Packages of the original's distribution, read from the databases of their managers.

rpm's databases (Berkeley DB, ndb, SQLite) are not read yet: their files have no owner here.
"""

from slimmer.files.index import RootfsIndex
from slimmer.files.packages.apk import apk_files, apk_packages
from slimmer.files.packages.database import Package, PackageDatabase
from slimmer.files.packages.dpkg import dpkg_files, dpkg_packages
from slimmer.values import Content


def read_packages(index: RootfsIndex, content: Content) -> PackageDatabase:
    """The packages of the original, in one round trip; none where no known manager was used."""
    content.fetch([*dpkg_files(index), *apk_files(index)])
    return PackageDatabase(dpkg_packages(index, content) | apk_packages(index, content), index)


__all__ = ["Package", "PackageDatabase", "read_packages"]
