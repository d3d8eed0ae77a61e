"""How far a crawl goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CrawlOptions:
    """Where a crawl starts, and what ends it."""

    start: str = "/"
    """A path of the target, or a URL whose host is a name for it: see probing.read_origin."""
    depth: int = 20
    """Links between the start and the farthest page."""
    pages: int = 1000
    """Requests that are sent, whatever they bring: pages, images, styles."""
    seconds: float = 60.0
    """All requests together; those that are still to come then are left out."""
    request_seconds: float = 10.0
    """One request, from the connection to the last byte."""
    connections: int = 4
    """Requests that are under way at a time."""
    excludes: tuple[str, ...] = ()
    """Globs (`*`, `?`) of paths with their queries that are not asked for."""
    insecure: bool = False
    """Whether any certificate is taken."""
