"""Large files, searched without being in memory as a whole: a runtime has a hundred megabytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import BinaryIO

_STEP = 4 << 20
# More than any name or path that is looked for.
_MARGIN = 1024


def texts_matching(stream: BinaryIO, pattern: re.Pattern[bytes]) -> set[bytes]:
    """What the pattern's group, or the whole of it, matches; no match may be over 1,024 bytes."""
    return {
        match[match.re.groups]
        for piece, first in _pieces(stream)
        for match in pattern.finditer(piece)
        if first <= match.start() < first + _STEP
    }


def held_by(stream: BinaryIO, wanted: Collection[bytes]) -> set[bytes]:
    """Those of the wanted texts that the file has anywhere."""
    missing = set(wanted)
    for piece, _ in _pieces(stream):
        missing -= {text for text in missing if text in piece}
        if not missing:
            break
    return set(wanted) - missing


def _pieces(stream: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Pieces with what lies around them, and at which of their bytes they begin themselves."""
    start = 0
    while True:
        first = min(start, _MARGIN)
        stream.seek(start - first)
        piece = stream.read(first + _STEP + _MARGIN)
        if len(piece) <= first:
            return
        yield piece, first
        start += _STEP
