"""Archives of images, made for a test by Python's own tarfile."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@dataclass
class File:
    """What a layer has at a path."""

    content: bytes = b""
    mode: int = 0o644
    link: str = ""
    """A symbolic link's target."""
    hard: str = ""
    """The path of the file that this is another name of."""
    kind: bytes = b""
    """Another type of tar's."""
    uid: int = 0
    xattrs: Mapping[str, str] = field(default_factory=dict)


DIRECTORY = File(kind=tarfile.DIRTYPE, mode=0o755)


def layer(files: Mapping[str, bytes | File], *, format: int = tarfile.PAX_FORMAT) -> bytes:
    """A layer's tar; a path that ends in a slash is a directory."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w", format=format, errors="surrogateescape") as archive:
        for path, what in files.items():
            told = File(what) if isinstance(what, bytes) else what
            member = tarfile.TarInfo(path)
            member.mode, member.uid, member.size = told.mode, told.uid, len(told.content)
            if path.endswith("/"):
                member.type = tarfile.DIRTYPE
            if told.kind:
                member.type = told.kind
            if told.link:
                member.type, member.linkname = tarfile.SYMTYPE, told.link
            if told.hard:
                member.type, member.linkname = tarfile.LNKTYPE, told.hard
            member.pax_headers = {f"SCHILY.xattr.{name}": v for name, v in told.xattrs.items()}
            archive.addfile(member, io.BytesIO(told.content))
    return data.getvalue()


def digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def configuration(layers: Sequence[bytes], history: Sequence[Any] = (), **config: Any) -> bytes:
    """`history`: the words of each step that made a layer, or the step itself."""
    steps = [{"created_by": step} if isinstance(step, str) else step for step in history]
    return json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": config,
            "history": steps,
            "rootfs": {"type": "layers", "diff_ids": [digest(each) for each in layers]},
        }
    ).encode()


def packed(members: Iterable[tuple[str, bytes]]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return data.getvalue()


def docker_archive(
    layers: Sequence[bytes],
    history: Sequence[Any] = (),
    *,
    names: Sequence[str] = ("app:latest",),
    **config: Any,
) -> bytes:
    """As `docker save` of version 20.10 writes it: the manifest at the end."""
    text = configuration(layers, history, **config)
    paths = [f"{digest(data)[7:19]}-{number}/layer.tar" for number, data in enumerate(layers)]
    name = f"{digest(text)[7:]}.json"
    manifest = [{"Config": name, "RepoTags": list(names), "Layers": paths}]
    return packed(
        [
            *zip(paths, layers, strict=True),
            (name, text),
            ("manifest.json", json.dumps(manifest).encode()),
        ]
    )


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def zstandard(data: bytes) -> bytes:
    return zstd.compress(data)


def plain(data: bytes) -> bytes:
    return data


def oci_blobs(
    layers: Sequence[bytes],
    history: Sequence[Any] = (),
    *,
    compress: Any = gzipped,
    platform: Mapping[str, str] | None = None,
    **config: Any,
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The blobs of one image by their names, and the descriptor of its manifest."""
    text = configuration(layers, history, **config)
    stored = [compress(data) for data in layers]
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "config": descriptor(text),
            "layers": [descriptor(data) for data in stored],
        }
    ).encode()
    blobs = {blob(data): data for data in (text, manifest, *stored)}
    told = {"platform": dict(platform)} if platform else {}
    return blobs, descriptor(manifest) | told


def descriptor(data: bytes, media_type: str = "application/x") -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest(data), "size": len(data)}


def blob(data: bytes) -> str:
    return f"blobs/sha256/{digest(data)[7:]}"


def oci_members(
    blobs: Mapping[str, bytes], manifests: Sequence[Mapping[str, Any]]
) -> list[tuple[str, bytes]]:
    index = json.dumps({"schemaVersion": 2, "manifests": list(manifests)}).encode()
    head = [("index.json", index), ("oci-layout", b'{"imageLayoutVersion": "1.0.0"}')]
    return [*blobs.items(), *head]


def unpacked(members: Iterable[tuple[str, bytes]], folder: Path) -> Path:
    for name, content in members:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
