"""The SBOM as a file of the image itself, where it is asked for."""

from __future__ import annotations

from dataclasses import replace

from slimmer.ecosystems import Generated, MetadataRequest
from slimmer.metadata.collection import Additions
from slimmer.metadata.operating_system import release_files
from slimmer.metadata.result import PackageMetadata

SBOM_PATH = "/var/lib/db/sbom/image.cdx.json"
"""Where the document lies in the image on request: the folder in which Wolfi's packages have
theirs. Scanners find it by its suffix (Trivy, Syft)."""


def with_sbom(
    metadata: PackageMetadata, request: MetadataRequest, document: bytes
) -> PackageMetadata:
    """The metadata with the document at SBOM_PATH in the image."""
    release = next((request.index.get(path) for path in release_files(request.index)), None)
    additions = Additions(replace(request, keep=metadata.keep))
    additions.generate(
        Generated(
            path=SBOM_PATH,
            content=document,
            mtime_ns=release.mtime_ns if release is not None else 0,
            detail="the image's bill of materials, as asked for",
        )
    )
    return replace(
        metadata,
        keep=additions.keep_set(notes=()),
        entries={**metadata.entries, **additions.entries},
        content={**metadata.content, **additions.content},
    )
