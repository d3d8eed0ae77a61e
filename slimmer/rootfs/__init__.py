"""Stage rootfs: what the original holds, as an index, and its bytes, on request.

Knows nothing of any engine: the file server is spoken to over a pair of streams.
"""

from slimmer.rootfs.client import FileServerClient
from slimmer.rootfs.container_marks import ContainerMarks
from slimmer.rootfs.glob import PathGlobs
from slimmer.rootfs.index import Resolution, RootfsIndex
from slimmer.rootfs.packages import Package, PackageDatabase, read_packages
from slimmer.rootfs.paths import ancestors, is_below, join, name_of, parent_of

__all__ = [
    "ContainerMarks",
    "FileServerClient",
    "Package",
    "PackageDatabase",
    "PathGlobs",
    "Resolution",
    "RootfsIndex",
    "ancestors",
    "is_below",
    "join",
    "name_of",
    "parent_of",
    "read_packages",
]
