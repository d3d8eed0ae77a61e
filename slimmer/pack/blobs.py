"""Reading a layer back from disk, and not letting it pass unless it is what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from slimmer.errors import PackingError
from slimmer.values import Layer

_CHUNK: Final = 1 << 20


def verified_chunks(layer: Layer) -> Iterator[bytes]:
    """The layer's bytes, read from its file in chunks of up to 1 MiB, hashed on the way.

    The last chunk is held back until the digest has been compared, so whoever consumes the
    chunks never has the whole of a damaged layer: PackingError comes first. Hashing here costs
    no extra read, as every sink has to read the file anyway.
    """
    hashed = hashlib.sha256()
    size = 0
    held = b""
    try:
        with layer.file.open("rb", buffering=0) as stream:
            while data := stream.read(_CHUNK):
                if held:
                    yield held
                hashed.update(data)
                size += len(data)
                if size > layer.size:
                    break
                held = data
    except FileNotFoundError as error:
        raise PackingError(
            f"the file of the {layer.name} layer has disappeared: {layer.file}"
        ) from error
    digest = "sha256:" + hashed.hexdigest()
    if (digest, size) != (layer.digest, layer.size):
        raise PackingError(
            f"the {layer.name} layer on disk is not what was written: "
            f"{digest} with {size} bytes or more, not {layer.digest} with {layer.size}",
            hint="the disk or its file system returns wrong data, or something wrote to "
            f"{layer.file}",
        )
    if held:
        yield held
