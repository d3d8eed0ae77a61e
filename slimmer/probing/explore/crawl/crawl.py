"""A crawl of the original: level by level from the start, over a few kept connections.

The requests that got an answer become one ReplayProbe, which the finished images have to pass.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from slimmer.probing import (
    Connections,
    Exchanged,
    Explored,
    Target,
    authority,
    read_origin,
    with_port,
)
from slimmer.probing.explore.crawl.frontier import ANOTHER_ORIGIN, Found, Frontier
from slimmer.probing.explore.crawl.options import CrawlOptions
from slimmer.probing.explore.crawl.scope import Scope
from slimmer.probing.kinds import Recording, ReplayProbe, recorded
from slimmer.values import ExplorationSummary, Fault, HttpRequest, ProbeResult

CRAWL = "crawl"
"""The name of the phase, and of the probe that it leaves."""
START = "crawl start"
"""The name of the probe that asks for the start alone: where that fails, there is nothing to
crawl."""
GUESSES = ("/robots.txt", "/sitemap.xml", "/favicon.ico")
"""What browsers and crawlers ask for unasked."""


class Crawl:
    """Implements probing.Exploration."""

    def __init__(self, options: CrawlOptions) -> None:
        """Raises UsageError for a start that is no address of the target."""
        self._options = options
        self._origin, self._start = read_origin(options.start, insecure=options.insecure)

    @property
    def names(self) -> tuple[str, ...]:
        """`crawl start` and `crawl`."""
        return START, CRAWL

    def first_probe(self) -> ReplayProbe:
        """The start, which has to be there."""
        return ReplayProbe(
            name=START, origin=self._origin, requests=(HttpRequest(path=self._start),)
        )

    def explore(self, target: Target, *, begin: Callable[[str], None]) -> Explored:
        """Crawl the application. What it answers is its own business: nothing fails here."""
        begin(CRAWL)
        started = time.monotonic()
        origin = with_port(self._origin, target.port())
        crawling = _Crawling(self._options, Scope(origin))
        connections = Connections(
            target.addresses(origin.port),
            origin,
            own_names=target.own_names(),
            count=self._options.connections,
        )
        with contextlib.closing(connections):
            crawling.run(self._start, connections, until=started + self._options.seconds)
        seconds = time.monotonic() - started
        answered = [each for each in crawling.exchanged if each.answer is not None]
        probe = ReplayProbe(
            name=CRAWL,
            origin=origin,
            requests=tuple(each.as_answered() for each in answered),
            connections=self._options.connections,
        )
        summary = ExplorationSummary(
            name=CRAWL,
            source=f"{'https' if origin.tls else 'http'}://{authority(origin)}{self._start}",
            requests=len(crawling.exchanged),
            statuses=_statuses(crawling.exchanged),
            left_out=crawling.frontier.left_out(),
            faults=tuple(crawling.faults),
            seconds=seconds,
        )
        result = ProbeResult(
            probe=probe,
            passed=True,
            answer=_sentence(summary),
            seconds=seconds,
            answered_with=recorded(answered),
        )
        return Explored(results=(result,) if answered else (), summary=summary)


class _Crawling:
    """One crawl on its way."""

    def __init__(self, options: CrawlOptions, scope: Scope) -> None:
        self.frontier = Frontier(options)
        self.exchanged: list[Exchanged] = []
        """Without the bodies, and without guesses that were wrong."""
        self.faults: list[Fault] = []
        self._options = options
        self._scope = scope
        self._recording = Recording(content=True)

    def run(self, start: str, connections: Connections, *, until: float) -> None:
        """Until nothing is left to ask for, or the clock stands at `until`."""
        self.frontier.offer(start, None)
        root = Found(target="", depth=-1)
        for guess in GUESSES:
            self.frontier.offer(guess, root, guessed=True)
        while level := self.frontier.level():
            # A piece at a time: bodies are forgotten as soon as their links are known.
            piece = 8 * self._options.connections
            for first in range(0, len(level), piece):
                self._ask(level[first : first + piece], connections, until)

    def _ask(self, some: list[Found], connections: Connections, until: float) -> None:
        answers = connections.exchange(
            [HttpRequest(path=found.target) for found in some],
            seconds=self._options.request_seconds,
            until=until,
            keep=_without_useless_body,
        )
        for found, exchanged in zip(some, answers, strict=True):
            if exchanged is None:
                self.frontier.leave_out_late(found.target)
            else:
                self._learn(found, exchanged)

    def _learn(self, found: Found, exchanged: Exchanged) -> None:
        answer = exchanged.answer
        if found.guessed and (answer is None or answer.status >= 400):
            return
        self.exchanged.append(self._recording.keep(exchanged))
        if answer is None or answer.status >= 400:
            self.faults.append(
                Fault(request=exchanged.name, answer=exchanged.outcome, source=found.source)
            )
        if answer is None:
            return
        # Here, as only a crawl pays for the parser.
        from slimmer.probing.explore.crawl.document import linked

        for url in linked(self._scope, found.target, answer, exchanged.body):
            target = self._scope.target(url)
            if target is None:
                self.frontier.leave_out(ANOTHER_ORIGIN, url)
            else:
                self.frontier.offer(target, found)


def _without_useless_body(exchanged: Exchanged) -> Exchanged:
    from slimmer.probing.explore.crawl.document import may_have_links

    answer = exchanged.answer
    useful = answer is not None and may_have_links(exchanged.request.path, answer)
    return exchanged if useful else replace(exchanged, body=b"")


def _statuses(exchanged: Iterable[Exchanged]) -> dict[str, int]:
    counts = Counter(str(each.answer.status) if each.answer else "none" for each in exchanged)
    return dict(sorted(counts.items()))


def _sentence(summary: ExplorationSummary) -> str:
    """`312 requests in 0.9 s (310 with 200, 2 with 404), 14 left out`."""
    statuses = ", ".join(f"{count:,} with {status}" for status, count in summary.statuses.items())
    left_out = sum(each.count for each in summary.left_out)
    more = f", {left_out:,} skipped" if left_out else ""
    requests = "1 request" if summary.requests == 1 else f"{summary.requests:,} requests"
    return f"{requests} in {summary.seconds:.1f} s ({statuses}){more}"
