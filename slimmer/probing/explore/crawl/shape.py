"""Addresses that look alike: what tells an endless calendar from a site of many pages."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_ID: Final = re.compile(
    r"\d+|\d{4}-\d{2}(?:-\d{2})?|[0-9a-f]{8,}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    re.IGNORECASE,
)
_REPEATS: Final = 3


def shape(target: str) -> str:
    """`/posts/#/#?page` for `/posts/2023/4?page=9` and all like it: numbers, dates, UUIDs and
    hexadecimal digests become `#`, of the query only the names stay."""
    path, mark, query = target.partition("?")
    segments = [_plain(segment) for segment in path.split("/")]
    names = sorted({pair.partition("=")[0] for pair in query.split("&")}) if mark else []
    return "/".join(segments) + (f"?{'&'.join(names)}" if mark else "")


def goes_in_circles(target: str) -> bool:
    """`/a/b/a/b/a/b/a/b`: what relative links make of a server that answers below any path."""
    segments = [part for part in target.partition("?")[0].split("/") if part]
    return any(count > _REPEATS for count in Counter(segments).values())


def _plain(segment: str) -> str:
    stem, dot, suffix = segment.partition(".")
    return f"#{dot}{suffix}" if _ID.fullmatch(stem) else segment
