"""Images of several platforms under one name: an image index, for a registry or a layout."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from slimmer.disk import space_errors
from slimmer.image import parse_tag
from slimmer.pack.configuration import canonical_json, sha256_digest
from slimmer.pack.descriptors import INDEX_TYPE, REF_NAME, blob_path, index
from slimmer.pack.outputs.oci_layout import (
    is_new_layout,
    manifests_of,
    require_layout,
    write_whole,
)
from slimmer.pack.outputs.referrers import referred_by

Entry = Mapping[str, Any]
"""Of an index: `mediaType`, `digest`, `size` and more."""


def platform_index(images: Iterable[tuple[Entry, str]], attached: Iterable[Entry] = ()) -> bytes:
    """The document for these images, each with its platform (`linux/arm64`), and for what is
    attached to them."""
    listed = [
        {
            **{key: entry[key] for key in ("mediaType", "digest", "size")},
            "platform": dict(
                zip(("os", "architecture", "variant"), platform.split("/"), strict=False)
            ),
        }
        for entry, platform in images
    ]
    return canonical_json(index([*listed, *map(dict, attached)]))


def add_platform_index(layout: Path, name: str, images: Iterable[tuple[str, str]]) -> str:
    """Give images of the layout, each `NAME:TAG` there with its platform, a name in common.
    Returns the digest of the index."""
    present = manifests_of(layout)
    named = {_name_of(each): each for each in present}
    members = [(named[str(parse_tag(reference))], platform) for reference, platform in images]
    digests = {entry["digest"] for entry, _ in members}
    document = platform_index(members, (e for e in present if referred_by(e) in digests))
    digest = sha256_digest(document)
    write_whole(layout / blob_path(digest), [document])
    entry = {
        "mediaType": INDEX_TYPE,
        "digest": digest,
        "size": len(document),
        "annotations": {REF_NAME: str(parse_tag(name))},
    }
    write_whole(layout / "index.json", [canonical_json(index([entry, *present]))])
    return digest


def move_layout(layout: Path, target: Path) -> None:
    """Put the layout where `target` says, or add it to the layout that is there, in which names of
    ours are replaced. Both are on one file system. Raises UsageError for a directory of anything
    else."""
    with space_errors(target, f"writing the OCI layout {target.name}"):
        if is_new_layout(target):
            layout.chmod(0o755)
            os.rename(layout, target)
            return
        require_layout(target)
        with (target / "oci-layout").open("r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            blobs = target / "blobs" / "sha256"
            blobs.mkdir(parents=True, exist_ok=True)
            for blob in (layout / "blobs" / "sha256").iterdir():
                if not (blobs / blob.name).exists():
                    os.rename(blob, blobs / blob.name)
            ours = manifests_of(layout)
            listed = [*_others(manifests_of(target), ours), *ours]
            write_whole(target / "index.json", [canonical_json(index(listed))])
        shutil.rmtree(layout)


def _others(present: Sequence[Entry], ours: Sequence[Entry]) -> list[dict[str, Any]]:
    """What of a layout stays beside ours: not what has one of our names, nor what is attached to
    that."""
    names = {_name_of(each) for each in ours} - {""}
    digests = {each["digest"] for each in ours}
    gone = {each["digest"] for each in present if _name_of(each) in names} | digests
    return [
        dict(each)
        for each in present
        if each["digest"] not in gone and referred_by(dict(each)) not in gone
    ]


def _name_of(entry: Entry) -> str:
    return str(dict(entry.get("annotations") or {}).get(REF_NAME) or "")
