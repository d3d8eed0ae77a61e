"""`--crawl` and `--openapi`: the flags of what is found out on the running original."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from slimmer.errors import UsageError
from slimmer.options import BuildOptions, openapi_options
from slimmer.probing.explore.crawl import CrawlOptions

_FLAGS = (
    click.option(
        "--crawl",
        is_flag=False,
        flag_value="/",
        metavar="[PATH]",
        help="Follow what links, forms, styles and sitemaps of the application lead to, starting "
        "from PATH (default /) or http[s]://NAME[:PORT]/PATH, and check that the finished images "
        "answer the same.",
    ),
    click.option(
        "--crawl-depth",
        type=click.IntRange(min=0),
        metavar="LINKS",
        help=f"How many links from the start to go. Default: {CrawlOptions.depth}.",
    ),
    click.option(
        "--crawl-pages",
        type=click.IntRange(min=1),
        metavar="REQUESTS",
        help=f"How many requests to send at most. Default: {CrawlOptions.pages}.",
    ),
    click.option(
        "--crawl-time",
        type=click.FloatRange(min=0.1),
        metavar="SECONDS",
        help=f"How long the crawl may take. Default: {CrawlOptions.seconds:g}.",
    ),
    click.option(
        "--crawl-exclude",
        "crawl_excludes",
        multiple=True,
        metavar="GLOB",
        help='Do not ask for paths that match, e.g. "/admin/*". Repeatable.',
    ),
    click.option(
        "--openapi",
        metavar="PATH|URL|FILE",
        help="Exercise each operation of this API description (a path of the application such as "
        "/openapi.json, or a file) with valid and invalid input. Needs slimmer[openapi].",
    ),
    click.option(
        "--openapi-examples",
        type=click.IntRange(min=1),
        metavar="COUNT",
        help="Valid requests for each operation, and as many invalid ones. Default: 10.",
    ),
    click.option(
        "--openapi-time",
        type=click.FloatRange(min=0.1),
        metavar="SECONDS",
        help="How long all operations may take together. Default: 120.",
    ),
)

Command = Callable[..., Any]


def exploration_flags(command: Command) -> Command:
    """Adds the flags to a command."""
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command


def image_behind_crawl(image: str | None, crawl: str | None) -> tuple[str | None, str | None]:
    """`--crawl my-app` means `--crawl / my-app`: a start is a path or a URL, and an image is
    neither."""
    if image is None and crawl is not None and not re.match(r"/|https?://", crawl):
        return crawl, "/"
    return image, crawl


def with_explorations(options: BuildOptions, flags: dict[str, Any]) -> BuildOptions:
    """The options with the flags laid over `crawl:` and `openapi:` of slim.yaml."""
    crawl = _with_crawl(options, flags)
    openapi = options.openapi
    changes = {
        "examples": flags["openapi_examples"],
        "seconds": flags["openapi_time"],
    }
    given = {name: value for name, value in changes.items() if value is not None}
    if flags["openapi"]:
        openapi = openapi_options(flags["openapi"], Path(), **given)
    elif openapi is not None:
        openapi = dataclasses.replace(openapi, **given)
    elif flags["openapi_examples"] or flags["openapi_time"]:
        raise UsageError(
            "--openapi-examples and --openapi-time are for --openapi, which is not given"
        )
    return dataclasses.replace(options, crawl=crawl, openapi=openapi)


def _with_crawl(options: BuildOptions, flags: dict[str, Any]) -> CrawlOptions | None:
    crawl = options.crawl
    if flags["crawl"]:
        crawl = dataclasses.replace(crawl or CrawlOptions(), start=flags["crawl"])
    changes = {
        "depth": flags["crawl_depth"],
        "pages": flags["crawl_pages"],
        "seconds": flags["crawl_time"],
        "excludes": flags["crawl_excludes"] or None,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    if crawl is None:
        if given:
            raise UsageError(
                "--crawl-depth, --crawl-pages, --crawl-time and --crawl-exclude are for --crawl, "
                "which is not given"
            )
        return None
    if "excludes" in given:
        given["excludes"] = (*crawl.excludes, *flags["crawl_excludes"])
    return dataclasses.replace(crawl, **given)
