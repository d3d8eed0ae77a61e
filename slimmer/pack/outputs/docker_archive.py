"""Packed images as one `docker load` archive: a stream of bytes, never a file of its own.

The archive is an OCI layout with Docker's `manifest.json` beside its index, as `docker save`
writes it since Docker 25. Each engine takes the half that it knows: Docker's graph drivers
(20.10 to 28) read manifest.json and call an image by the digest of its configuration; the
containerd image store (Docker's default since 29) reads index.json and calls it by the digest
of its manifest. Both are the digests that we computed.

Small members come first and layers last; a layer that several images share is there once.
The same images give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import Final

from slimmer.disk import file_beside, space_errors
from slimmer.image import parse_tag
from slimmer.pack.blobs import verified_chunks
from slimmer.pack.configuration import canonical_json
from slimmer.pack.descriptors import (
    CONTAINERD_NAME,
    LAYOUT_MARKER,
    REF_NAME,
    NamedImage,
    blob_path,
    descriptor,
    index,
)
from slimmer.pack.tar_header import END_OF_ARCHIVE, member_header, padding
from slimmer.values import Layer

_DIRECTORY: Final = b"5"


def docker_archive(
    images: Sequence[NamedImage], *, with_index: bool = True, without: Set[str] = frozenset()
) -> Iterator[bytes]:
    """The archive in chunks of up to about 1 MiB, for `POST /images/load` or a file. Without its
    index it is Docker's own half alone.

    `without` are digests of layers that an engine has, and that are left out.

    Each layer is hashed again as it passes. A difference raises PackingError before the
    layer's last bytes are given, so a consumer is left with an archive that no engine accepts.
    """
    yield member_header(b"blobs/", type_flag=_DIRECTORY, mode=0o755)
    yield member_header(b"blobs/sha256/", type_flag=_DIRECTORY, mode=0o755)
    if with_index:
        yield _member("oci-layout", canonical_json(LAYOUT_MARKER))
        yield _member("index.json", canonical_json(index([_descriptor(each) for each in images])))
    yield _member("manifest.json", _docker_manifest(images))
    blobs: dict[str, bytes] = {}
    layers: dict[str, Layer] = {}
    for each in images:
        blobs[each.image.config_digest] = each.image.config
        blobs[each.image.manifest_digest] = each.image.manifest
        layers.update((layer.digest, layer) for layer in each.image.layers)
    for digest, blob in blobs.items():
        yield _member(blob_path(digest), blob)
    for layer in layers.values():
        if layer.digest in without:
            continue
        yield member_header(blob_path(layer.digest).encode(), size=layer.size)
        yield from verified_chunks(layer)
        yield padding(layer.size)
    yield END_OF_ARCHIVE


def write_docker_archive(images: Sequence[NamedImage], target: Path) -> None:
    """The archive as a file, which appears whole or not at all and replaces what is there."""
    with space_errors(target.parent, f"writing {target.name}"), file_beside(target) as written:
        for chunk in docker_archive(images):
            written.stream.write(chunk)
        written.rename_to(target)


def _docker_manifest(images: Sequence[NamedImage]) -> bytes:
    """Docker's own table of contents: `RepoTags` is null for an image without a name."""
    return canonical_json(
        [
            {
                "Config": blob_path(each.image.config_digest),
                "RepoTags": [str(parse_tag(each.reference))] if each.reference else None,
                "Layers": [blob_path(layer.digest) for layer in each.image.layers],
            }
            for each in images
        ]
    )


def _descriptor(named: NamedImage) -> dict[str, object]:
    """containerd needs the whole name; the tag alone in `ref.name` is Docker's own habit."""
    if not named.reference:
        return descriptor(named.image, {})
    reference = parse_tag(named.reference)
    return descriptor(
        named.image,
        {
            CONTAINERD_NAME: f"{reference.full_name}:{reference.tag}",
            REF_NAME: reference.tag,
        },
    )


def _member(name: str, data: bytes) -> bytes:
    return member_header(name.encode(), size=len(data)) + data + padding(len(data))
