"""Stage metadata: what package managers and scanners will read in the slim image, made true.

`package_metadata` takes the keep-set and gives it back with each package's own description
added, and with the databases of package managers cut down to the packages of which files are
left. Stage evidence writes the same down as documents. docs/metadata.md tells what is kept,
generated and left out for each package manager, and why.
"""

from slimmer.ecosystems import Component, MetadataRequest
from slimmer.metadata.collection import package_metadata
from slimmer.metadata.documentation import is_documentation
from slimmer.metadata.in_image import SBOM_PATH, with_sbom
from slimmer.metadata.operating_system import OperatingSystem, read_operating_system
from slimmer.metadata.ownership import installed_packages
from slimmer.metadata.result import PackageMetadata
from slimmer.metadata.upper_layer import metadata_above

__all__ = [
    "SBOM_PATH",
    "Component",
    "MetadataRequest",
    "OperatingSystem",
    "PackageMetadata",
    "installed_packages",
    "is_documentation",
    "metadata_above",
    "package_metadata",
    "read_operating_system",
    "with_sbom",
]
