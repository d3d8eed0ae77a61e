"""Packed images as an OCI image layout: a directory of blobs, named by their digests.

A new layout appears whole or not at all. A layout that exists already gets our blobs added
and its index replaced last, so whoever reads it sees the old images or the new ones, never
half of them; images of other names in it stay. Whoever adds to it has locked its `oci-layout`:
several builds may write into one at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from slimmer.disk import file_beside, space_errors
from slimmer.errors import UsageError
from slimmer.image import parse_tag
from slimmer.pack.blobs import verified_chunks
from slimmer.pack.configuration import canonical_json
from slimmer.pack.descriptors import (
    LAYOUT_MARKER,
    REF_NAME,
    NamedImage,
    blob_path,
    descriptor,
    index,
)
from slimmer.pack.outputs.referrers import Attachment, Referrer, referred_by, referrer
from slimmer.values import Layer


def write_oci_layout(
    images: Sequence[NamedImage], target: Path, *, attached: tuple[Attachment, ...] = ()
) -> None:
    """Write the images into the layout at `target`, making it where there is none. What is
    `attached` is about each of them, and takes the place of what was attached to it before.

    The annotation `org.opencontainers.image.ref.name` is the whole `NAME:TAG`, as two names
    may have one tag. Raises UsageError when `target` is a directory of anything else.
    """
    referrers = [referrer(each.image, attached) for each in images] if attached else []
    with space_errors(target, f"writing the OCI layout {target.name}"):
        if is_new_layout(target) and _write_new(images, referrers, target):
            return
        require_layout(target)
        with (target / "oci-layout").open("r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _add_to(images, referrers, target)


def is_new_layout(target: Path) -> bool:
    """Whether nothing is there yet."""
    return not (target.is_dir() and any(target.iterdir()))


def _write_new(images: Sequence[NamedImage], referrers: Sequence[Referrer], target: Path) -> bool:
    """False where another build has made the layout in the meantime."""
    beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        (beside / "blobs" / "sha256").mkdir(parents=True)
        _write_blobs(images, referrers, beside, written=[])
        write_whole(beside / "oci-layout", [canonical_json(LAYOUT_MARKER)])
        write_whole(beside / "index.json", [canonical_json(_merged_index([], images, referrers))])
        beside.chmod(0o755)
        # Replaces an empty directory as well.
        try:
            os.rename(beside, target)
        except OSError:
            if is_new_layout(target):
                raise
            shutil.rmtree(beside, ignore_errors=True)
            return False
        return True
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def require_layout(target: Path) -> None:
    """Raises UsageError where something else is there."""
    if not (target / "oci-layout").is_file():
        raise UsageError(
            f"{target} is a directory with other things in it, and no OCI layout",
            hint="name a new or an empty directory, or an OCI layout to add the image to",
        )


def _add_to(images: Sequence[NamedImage], referrers: Sequence[Referrer], target: Path) -> None:
    present = manifests_of(target)
    added: list[Path] = []
    try:
        (target / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
        _write_blobs(images, referrers, target, written=added)
        merged = _merged_index(present, images, referrers)
        write_whole(target / "index.json", [canonical_json(merged)])
    except BaseException:
        for blob in added:
            with contextlib.suppress(OSError):
                blob.unlink()
        raise


def _write_blobs(
    images: Iterable[NamedImage],
    referrers: Iterable[Referrer],
    layout: Path,
    *,
    written: list[Path],
) -> None:
    """Write the blobs that the layout lacks, and note each in `written` as soon as it is there."""
    small: dict[str, bytes] = {}
    for about in referrers:
        small.update(about.blobs)
    layers: dict[str, Layer] = {}
    for each in images:
        small[each.image.config_digest] = each.image.config
        small[each.image.manifest_digest] = each.image.manifest
        layers.update((layer.digest, layer) for layer in each.image.layers)
    for digest, layer in layers.items():
        file = layout / blob_path(digest)
        if not file.exists():
            write_whole(file, verified_chunks(layer))
            written.append(file)
    for digest, blob in small.items():
        file = layout / blob_path(digest)
        if not file.exists():
            write_whole(file, [blob])
            written.append(file)


def write_whole(file: Path, chunks: Iterable[bytes]) -> None:
    """Whole, or not at all."""
    with file_beside(file) as unfinished:
        for chunk in chunks:
            unfinished.stream.write(chunk)
        unfinished.rename_to(file)


def manifests_of(layout: Path) -> list[dict[str, Any]]:
    """The entries of its index. Raises UsageError for one that is damaged."""
    file = layout / "index.json"
    try:
        manifests = json.loads(file.read_bytes())["manifests"]
        found = [dict(entry) for entry in manifests]
        for entry in found:
            name = dict(entry.get("annotations") or {}).get(REF_NAME)
            if not isinstance(name, str | None):
                raise TypeError(f"{REF_NAME} is not a text")
            if not isinstance(entry.get("digest"), str):
                raise TypeError("a manifest has no digest")
    except FileNotFoundError:
        return []
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{file} is not an OCI image index: {error}",
            hint="name another directory; this layout is damaged",
        ) from error
    return found


def _merged_index(
    present: Sequence[dict[str, Any]],
    images: Sequence[NamedImage],
    referrers: Sequence[Referrer],
) -> dict[str, Any]:
    """What is there, without entries of our names and digests, and our images behind it; behind
    all images what is about them, unless its image went."""
    ours = [
        descriptor(
            each.image,
            {REF_NAME: str(parse_tag(each.reference))} if each.reference else {},
        )
        for each in images
    ]
    names = {entry.get("annotations", {}).get(REF_NAME) for entry in ours} - {None}
    digests = {entry["digest"] for entry in ours}
    others = [
        entry
        for entry in present
        if (name := dict(entry.get("annotations") or {}).get(REF_NAME)) not in names
        and not (name is None and entry.get("digest") in digests)
    ]
    documents = [entry for entry in others if referred_by(entry)]
    others = [entry for entry in others if not referred_by(entry)]
    # Those of images that are listed nowhere here may be of an image inside of another index.
    gone = {entry.get("digest") for entry in present} - {
        entry.get("digest") for entry in (*others, *ours)
    }
    replaced = {referred_by(each.entry) for each in referrers}
    left = [entry for entry in documents if referred_by(entry) not in gone | replaced]
    return index([*others, *ours, *left, *(each.entry for each in referrers)])
