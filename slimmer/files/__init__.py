"""Stage files: what the original holds, as an index, and its bytes, on request.

Knows nothing of any engine: the file server is spoken to over a pair of streams.
"""

from slimmer.files.client import FileServerClient
from slimmer.files.container_marks import ContainerMarks
from slimmer.files.glob import PathGlobs
from slimmer.files.index import Resolution, RootfsIndex
from slimmer.files.packages import (
    Package,
    PackageDatabase,
    read_packages,
    rpm_files,
)
from slimmer.files.part import part_stream
from slimmer.files.paths import ancestors, is_below, join, name_of, parent_of
from slimmer.files.readings import Readings
from slimmer.files.wire import BrokenStreamError

__all__ = [
    "BrokenStreamError",
    "ContainerMarks",
    "FileServerClient",
    "Package",
    "PackageDatabase",
    "PathGlobs",
    "Readings",
    "Resolution",
    "RootfsIndex",
    "ancestors",
    "is_below",
    "join",
    "name_of",
    "parent_of",
    "part_stream",
    "read_packages",
    "rpm_files",
]
