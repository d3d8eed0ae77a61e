"""The links of any answer, by its media type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from slimmer.probing import media_type
from slimmer.probing.explore.crawl.page import page_links
from slimmer.probing.explore.crawl.scope import Scope
from slimmer.probing.explore.crawl.sitemap import is_sitemap, robots_links, sitemap_links, unpacked
from slimmer.probing.explore.crawl.stylesheet import stylesheet_links
from slimmer.values import HttpAnswer

MOST_LINKS: Final = 10_000
"""Links of one document that are looked at."""
_PAGES: Final = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})
_MANIFEST_KEYS: Final = frozenset({"src", "start_url", "scope", "url", "action"})


def linked(scope: Scope, target: str, answer: HttpAnswer, body: bytes) -> Iterator[str]:
    """Whole URLs that the answer to this request target leads to, whatever their origin."""
    base = scope.url(target)
    for link in _from_headers(answer):
        if url := scope.join(base, link):
            yield url
    prefix, links = _from_body(target, answer, body)
    inner = scope.join(base, prefix) if prefix else None
    for _, link in zip(range(MOST_LINKS), links, strict=False):
        if url := scope.join(inner or base, link):
            yield url


def may_have_links(target: str, answer: HttpAnswer) -> bool:
    """Whether the body is worth keeping until it is read."""
    kind = media_type(answer)
    return (
        kind in _PAGES
        or kind in ("text/css", "application/manifest+json", "")
        or kind.endswith(("xml", "gzip"))
        or target.partition("?")[0].endswith((".webmanifest", ".xml", ".xml.gz", "/robots.txt"))
    )


def _from_headers(answer: HttpAnswer) -> Iterator[str]:
    for name, value in answer.headers:
        if name.lower() == "location" and 300 <= answer.status < 400:
            yield value.encode("latin-1", "replace").decode("utf-8", "replace")
        elif name.lower() == "link":
            yield from re.findall(r"<([^>]*)>", value)


def _from_body(target: str, answer: HttpAnswer, body: bytes) -> tuple[str, Iterable[str]]:
    """(what the document says that its links are relative to, its links)."""
    kind = media_type(answer)
    path = target.partition("?")[0]
    if kind in _PAGES:
        return page_links(body, _charset(answer))
    if kind == "text/css":
        return "", stylesheet_links(body.decode("utf-8", "replace"))
    if kind == "application/manifest+json" or path.endswith(".webmanifest"):
        return "", _manifest_links(body)
    if path == "/robots.txt":
        return "", robots_links(body)
    if kind.endswith("xml") or path.endswith((".xml", ".xml.gz")) or kind.endswith("gzip"):
        data = unpacked(body)
        if is_sitemap(data):
            return "", sitemap_links(data)
    return "", ()


def _charset(answer: HttpAnswer) -> str:
    values = (value for name, value in answer.headers if name.lower() == "content-type")
    match = re.search(r"charset=[\"']?([\w-]+)", next(values, ""), re.IGNORECASE)
    return match[1] if match else ""


def _manifest_links(body: bytes) -> Iterator[str]:
    """Icons, screenshots and start pages of a web application's manifest."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, dict):
            yield from (
                text for key, text in value.items() if key in _MANIFEST_KEYS and _is_text(text)
            )
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
