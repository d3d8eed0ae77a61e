"""`crawl:` and `openapi:` of slim.yaml, and what the flags of the same names say."""

from __future__ import annotations

import re
from pathlib import Path

from slimmer.configuration.document import Section
from slimmer.crawl import CrawlOptions
from slimmer.openapi import OpenApiOptions
from slimmer.probing import read_origin


def read_crawl(root: Section, *, insecure: bool) -> CrawlOptions | None:
    """`crawl: true`, `crawl: /docs`, or a mapping; None where it is missing or false."""
    value = root.take("crawl")
    if value is None or value is False:
        return None
    if value is True:
        return CrawlOptions(insecure=insecure)
    if isinstance(value, str):
        read_origin(value)  # raises UsageError
        return CrawlOptions(start=value, insecure=insecure)
    section = Section(root.document, root.path_of("crawl"), value)
    options = CrawlOptions(
        start=section.scalar("start", str, CrawlOptions.start),
        depth=_count(section, "depth", CrawlOptions.depth, least=0),
        pages=_count(section, "pages", CrawlOptions.pages),
        seconds=_seconds(section, CrawlOptions.seconds),
        connections=_count(section, "connections", CrawlOptions.connections),
        excludes=section.texts("exclude"),
        insecure=insecure,
    )
    section.finish()
    read_origin(options.start)
    return options


def read_openapi(root: Section, folder: Path, *, insecure: bool) -> OpenApiOptions | None:
    """`openapi: /openapi.json`, `openapi: api.yaml`, or a mapping; None where it is missing."""
    value = root.take("openapi")
    if value is None or value is False:
        return None
    if isinstance(value, str):
        return openapi_options(value, folder, insecure=insecure)
    section = Section(root.document, root.path_of("openapi"), value)
    source = section.scalar("from", str, "")
    if not source:
        raise section.error("from", "expected a path of the application, a URL or a file")
    options = openapi_options(
        source,
        folder,
        examples=_count(section, "examples", OpenApiOptions.examples),
        seconds=_seconds(section, OpenApiOptions.seconds),
        insecure=insecure,
    )
    section.finish()
    return options


def openapi_options(
    source: str,
    folder: Path,
    *,
    examples: int = OpenApiOptions.examples,
    seconds: float = OpenApiOptions.seconds,
    insecure: bool = False,
) -> OpenApiOptions:
    """`source` is a file where there is one of that name, or it is neither a /PATH nor a URL."""
    file = folder / source
    is_file = file.is_file() or not re.match(r"/|https?://", source)
    return OpenApiOptions(
        source="" if is_file else source,
        file=file if is_file else None,
        examples=examples,
        seconds=seconds,
        insecure=insecure,
    )


def _count(section: Section, name: str, default: int, *, least: int = 1) -> int:
    number = section.scalar(name, int, default)
    if number < least:
        raise section.error(name, f"{number} is less than {least}")
    return number


def _seconds(section: Section, default: float) -> float:
    seconds = section.scalar("time", float, default)
    if seconds <= 0:
        raise section.error("time", f"{seconds:g} is not a positive number of seconds")
    return seconds
