"""robots.txt and sitemaps: what a site says of itself to crawlers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

UNPACKED_LIMIT = 16 * 1024 * 1024
"""Bytes of a sitemap that is compressed."""
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


def robots_links(data: bytes) -> Iterator[str]:
    """The sitemaps that a robots.txt names. What it disallows is meant for strangers, and the
    crawl's target is the user's own."""
    for match in _SITEMAP_LINE.finditer(data.decode("utf-8", "replace")):
        yield match[1]


def unpacked(data: bytes) -> bytes:
    """A sitemap that may be compressed, up to UNPACKED_LIMIT; as it is where that fails."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return zlib.decompressobj(wbits=31).decompress(data, UNPACKED_LIMIT)
    except zlib.error:
        return data


def is_sitemap(data: bytes) -> bool:
    """Whether an XML document is a sitemap, or an index of sitemaps."""
    return re.search(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", data[:2048]) is not None


def sitemap_links(data: bytes) -> Iterator[str]:
    """What the `<loc>` elements say: pages, images, further sitemaps. Read as tag soup, which has
    no entities to expand and takes a document that is cut off."""
    root = LexborHTMLParser(data.decode("utf-8", "replace")).root
    if root is None:
        return
    for node in root.traverse():
        if (node.tag or "").rpartition(":")[2] == "loc" and (link := node.text(strip=True)):
            yield link
