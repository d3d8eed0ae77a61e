"""Bodies and outputs as they are recorded: a digest over all of it, the bytes up to a limit."""

from __future__ import annotations

import hashlib

from slimmer.values import Recorded

RECORD_LIMIT = 256 * 1024
"""Bytes that are kept of a body or an output: a page or a log, not a download. Of what is longer
the digest tells whether it is the same."""


def record(data: bytes, *, complete: bool = True) -> Recorded:
    """Record what was read; `complete` is False where more came than was read."""
    return Recorded(
        data=data[:RECORD_LIMIT],
        size=len(data),
        digest="sha256:" + hashlib.sha256(data).hexdigest(),
        complete=complete,
    )
