"""Response headers: which of them say something about the application."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

PASSING: Final = frozenset(
    {
        "age",
        "alt-svc",
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "server-timing",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    }
)
"""Of the moment or of the connection. The length is the body's, which is compared itself."""
PRESENT: Final = frozenset({"etag", "expires", "last-modified"})
"""Only whether they are there counts: servers make them of inode numbers and clocks, and
SOURCE_DATE_EPOCH changes the times of files on purpose."""


def comparable(headers: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Lower-case name → value, for those that count; values of the same name in lines."""
    found: dict[str, str] = {}
    for name, value in headers:
        name = name.lower()
        if name in PRESENT:
            found[name] = ""
        elif name not in PASSING:
            found[name] = f"{found[name]}\n{value}" if name in found else value
    return found


def named(name: str) -> str:
    """A header's name as it is usually written."""
    return "-".join(word.capitalize() for word in name.split("-"))
