"""Documents about an image in an OCI layout: manifests that refer to it.

Each is found in two ways: as a referrer of the image (`subject`, image specification 1.1), and by
the annotations and the platform `unknown/unknown` that BuildKit's attestations have in an index.
https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from slimmer.pack.configuration import MANIFEST_TYPE, canonical_json, sha256_digest
from slimmer.pack.descriptors import descriptor
from slimmer.values import PackedImage

EMPTY: Final = b"{}"
_EMPTY_TYPE: Final = "application/vnd.oci.empty.v1+json"
_REFERENCE_TYPE: Final = "vnd.docker.reference.type"
_REFERENCE_DIGEST: Final = "vnd.docker.reference.digest"
_ATTESTATION: Final = "attestation-manifest"


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A document about an image."""

    media_type: str
    data: bytes
    annotations: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Referrer:
    """The manifest that ties documents to an image."""

    manifest: bytes
    blobs: Mapping[str, bytes]
    """Digest → bytes of the manifest and of all that it lists."""
    entry: dict[str, Any]
    """In the index."""


def referrer(image: PackedImage, documents: tuple[Attachment, ...]) -> Referrer:
    """The manifest for these documents, the first of which gives its kind."""
    manifest = canonical_json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "artifactType": documents[0].media_type,
            "config": {
                "mediaType": _EMPTY_TYPE,
                "digest": sha256_digest(EMPTY),
                "size": len(EMPTY),
                "data": "e30=",
            },
            "layers": [
                {
                    "mediaType": each.media_type,
                    "digest": sha256_digest(each.data),
                    "size": len(each.data),
                    "annotations": dict(each.annotations),
                }
                for each in documents
            ],
            "subject": descriptor(image, {}),
        }
    )
    blobs = [EMPTY, *(each.data for each in documents), manifest]
    return Referrer(
        manifest=manifest,
        blobs={sha256_digest(blob): blob for blob in blobs},
        entry={
            "mediaType": MANIFEST_TYPE,
            "artifactType": documents[0].media_type,
            "digest": sha256_digest(manifest),
            "size": len(manifest),
            "annotations": {
                _REFERENCE_TYPE: _ATTESTATION,
                _REFERENCE_DIGEST: image.manifest_digest,
            },
            "platform": {"architecture": "unknown", "os": "unknown"},
        },
    )


def referred_by(entry: Mapping[str, Any]) -> str:
    """The digest of the manifest that an entry of an index is about; empty for an image."""
    annotations = dict(entry.get("annotations") or {})
    if annotations.get(_REFERENCE_TYPE) != _ATTESTATION:
        return ""
    return str(annotations.get(_REFERENCE_DIGEST, ""))
