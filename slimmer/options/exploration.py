"""`crawl:` and `openapi:` of slim.yaml, and what the flags of the same names say."""

from __future__ import annotations

import re
from pathlib import Path

from slimmer.options.document import Section
from slimmer.options.scalars import read_count
from slimmer.probing import read_origin
from slimmer.probing.explore.crawl import CrawlOptions
from slimmer.probing.explore.openapi import OpenApiOptions


def read_crawl(root: Section) -> CrawlOptions | None:
    """`crawl: true`, `crawl: /docs`, or a mapping; None where it is missing or false."""
    value = root.take("crawl")
    if value is None or value is False:
        return None
    if value is True:
        return CrawlOptions()
    if isinstance(value, str):
        read_origin(value)  # raises UsageError
        return CrawlOptions(start=value)
    section = Section(root.document, root.path_of("crawl"), value)
    options = CrawlOptions(
        start=section.scalar("start", str, CrawlOptions.start),
        depth=read_count(section, "depth", CrawlOptions.depth, least=0),
        pages=read_count(section, "pages", CrawlOptions.pages),
        seconds=_seconds(section, CrawlOptions.seconds),
        connections=read_count(section, "connections", CrawlOptions.connections),
        excludes=section.texts("exclude"),
    )
    section.finish()
    read_origin(options.start)
    return options


def read_openapi(root: Section, folder: Path) -> OpenApiOptions | None:
    """`openapi: /openapi.json`, `openapi: api.yaml`, or a mapping; None where it is missing."""
    value = root.take("openapi")
    if value is None or value is False:
        return None
    if isinstance(value, str):
        return openapi_options(value, folder)
    section = Section(root.document, root.path_of("openapi"), value)
    source = section.scalar("from", str, "")
    if not source:
        raise section.error("from", "expected a path of the application, a URL or a file")
    options = openapi_options(
        source,
        folder,
        examples=read_count(section, "examples", OpenApiOptions.examples),
        seconds=_seconds(section, OpenApiOptions.seconds),
    )
    section.finish()
    return options


def openapi_options(
    source: str,
    folder: Path,
    *,
    examples: int = OpenApiOptions.examples,
    seconds: float = OpenApiOptions.seconds,
) -> OpenApiOptions:
    """`source` is a file where there is one of that name, or it is neither a /PATH nor a URL."""
    file = folder / source
    is_file = file.is_file() or not re.match(r"/|https?://", source)
    return OpenApiOptions(
        source="" if is_file else source,
        file=file if is_file else None,
        examples=examples,
        seconds=seconds,
    )


def _seconds(section: Section, default: float) -> float:
    seconds = section.scalar("time", float, default)
    if seconds <= 0:
        raise section.error("time", f"{seconds:g} is not a positive number of seconds")
    return seconds
