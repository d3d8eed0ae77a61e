"""What a crawl or an API description brought, in words: for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.report.page.markup import escaped
from slimmer.values import ExplorationSummary, Fault, LeftOut, in_role
from slimmer.words import count, printable, seconds

SHOWN = 5
"""Faults that the terminal shows; the page has them all."""


def headline(exploration: ExplorationSummary) -> str:
    """`320 requests from http://localhost:8080/ in 0.7 s: 319 with 200, 1 with 404`."""
    statuses = ", ".join(
        f"{number:,} with {status}" for status, number in exploration.statuses.items()
    )
    begun = (
        f"{count(exploration.requests, 'request')} from {printable(exploration.source)} "
        f"in {seconds(exploration.seconds)}"
    )
    return f"{begun}: {statuses}" if statuses else begun


def left_out_words(left_out: LeftOut) -> str:
    """`left out 2 of another origin: http://example.com/, …`."""
    examples = ", ".join(map(printable, left_out.examples))
    more = ", …" if left_out.count > len(left_out.examples) else ""
    return f"left out {left_out.count:,} {printable(left_out.reason)}: {examples}{more}"


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


def exploration_section(exploration: ExplorationSummary) -> str:
    """The page's section: how it went, what was left out, what the original could not do."""
    left_out = "".join(f"<li>{escaped(left_out_words(each))}</li>" for each in exploration.left_out)
    faults = "".join(
        f'<tr><td class="path">{escaped(fault.request)}</td><td>{escaped(fault.answer)}</td>'
        f'<td class="path">{escaped(fault.source)}</td></tr>'
        for fault in exploration.faults
    )
    table = (
        '<div class="scroll short"><table><thead><tr><th>request</th><th>answer of the original'
        f"</th><th>found on</th></tr></thead><tbody>{faults}</tbody></table></div>\n"
    )
    return (
        f"<h2>{escaped(in_role(exploration.role, exploration.name))} "
        f"<small>{count(exploration.requests, 'request')}</small></h2>\n"
        f"<p>{escaped(headline(exploration))}</p>\n"
        + (f"<ul>{left_out}</ul>\n" if left_out else "")
        + (table if faults else "")
    )
