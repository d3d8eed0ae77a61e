"""Stage metadata: what package managers and scanners will read in the slim image, made true.

`package_metadata` takes the keep-set and gives it back with each package's own description
added, and with the databases of package managers cut down to the packages of which files are
left. `compose_sbom` writes the same down as one CycloneDX document. docs/metadata.md tells what is
kept, generated and left out for each package manager, and why.
"""

from slimmer.ecosystems import Component, MetadataRequest
from slimmer.metadata.collection import package_metadata
from slimmer.metadata.operating_system import read_operating_system
from slimmer.metadata.ownership import installed_packages
from slimmer.metadata.result import PackageMetadata
from slimmer.metadata.sbom import SBOM_PATH, SbomSubject, compose_sbom, with_sbom
from slimmer.metadata.upper_layer import metadata_above

__all__ = [
    "SBOM_PATH",
    "Component",
    "MetadataRequest",
    "PackageMetadata",
    "SbomSubject",
    "compose_sbom",
    "installed_packages",
    "metadata_above",
    "package_metadata",
    "read_operating_system",
    "with_sbom",
]
