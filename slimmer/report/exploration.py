"""What a crawl or an API description brought, in words: for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.values import ExplorationSummary, Fault, LeftOut
from slimmer.words import count, printable, seconds

SHOWN = 5
"""Faults that the terminal shows; the page has them all."""


def headline(exploration: ExplorationSummary) -> str:
    """`320 requests from http://localhost:8080/ in 0.7 s: 319 with 200, 1 with 404`."""
    statuses = ", ".join(
        f"{number:,} with {printable(status)}" for status, number in exploration.statuses.items()
    )
    begun = (
        f"{count(exploration.requests, 'request')} from {printable(exploration.source)} "
        f"in {seconds(exploration.seconds)}"
    )
    return f"{begun}: {statuses}" if statuses else begun


def left_out_words(left_out: LeftOut) -> str:
    """`skipped 2 of another origin: http://example.com/, …`."""
    examples = ", ".join(map(printable, left_out.examples))
    more = ", …" if left_out.count > len(left_out.examples) else ""
    return f"skipped {left_out.count:,} {printable(left_out.reason)}: {examples}{more}"


def fault_words(fault: Fault) -> str:
    """`GET /gone.html: 404 Not Found, found on /`."""
    where = f", found on {printable(fault.source)}" if fault.source else ""
    return f"{printable(fault.request)}: {printable(fault.answer)}{where}"


def lines(exploration: ExplorationSummary) -> Iterator[str]:
    """Below the headline, for the terminal."""
    yield from map(left_out_words, exploration.left_out)
    yield from map(fault_words, exploration.faults[:SHOWN])
    if len(exploration.faults) > SHOWN:
        yield f"… and {len(exploration.faults) - SHOWN:,} more: see the report"
