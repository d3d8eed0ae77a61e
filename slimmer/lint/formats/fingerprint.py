"""What makes a finding the same one after lines have moved."""

from __future__ import annotations

import hashlib

from slimmer.lint.finding import Finding


def fingerprint(path: str, finding: Finding) -> str:
    """64 hex digits of path, code and message; numbers of lines in the message count, that of the
    finding does not."""
    text = "\0".join((path, finding.code, finding.message))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
