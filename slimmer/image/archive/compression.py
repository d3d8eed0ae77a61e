"""Layers compressed as registries hold them: one input, one sequence of bytes."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from slimmer.values import Compression

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_GZIP_LEVEL: Final = 6
_ZSTD_LEVEL: Final = 3
"""What Docker and BuildKit take where nothing is said."""


def compressed(chunks: Iterable[bytes], form: Compression) -> Iterator[bytes]:
    """The same bytes in another form. No time and no name is written into it."""
    opener = _COMPRESSORS.get(form)
    if opener is None:
        yield from chunks
        return
    compressor = opener()
    for chunk in chunks:
        if piece := compressor.compress(chunk):
            yield piece
    yield compressor.flush()


_COMPRESSORS: Final[dict[Compression, Callable[[], Any]]] = {
    Compression.GZIP: lambda: zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, wbits=31),
    Compression.ZSTD: lambda: zstd.ZstdCompressor(_ZSTD_LEVEL),
}
