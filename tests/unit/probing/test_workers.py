"""Several probes under way at a time, and one that is sent many times."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from slimmer.probing import Prober, exercise
from slimmer.probing.kinds import HttpProbe, SignalProbe
from slimmer.values import Probe, ProbeResult
from tests.unit.probing.explore.crawl.site import Site, serve
from tests.unit.probing.this_machine import ThisMachine


def asked(
    site: Site, *probes: Probe, workers: int, begun: list[str] | None = None
) -> tuple[ProbeResult, ...]:
    prober = Prober(ThisMachine(site.port), probe_timeout=20, workers=workers)
    begin = [].append if begun is None else begun.append
    return exercise(prober, probes, ready_limit=5, begin=begin)


class Meeting:
    """A page that answers when so many requests for it are under way at once, and with 500 when
    they do not come."""

    def __init__(self, count: int, patience: float) -> None:
        self._barrier = threading.Barrier(count)
        self._patience = patience

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        try:
            self._barrier.wait(self._patience)
            status = 200
        except threading.BrokenBarrierError:
            status = 500
        handler.answer(status, {}, b"met")  # type: ignore[attr-defined]


@contextmanager
def meeting_place(count: int, *, patience: float = 10.0) -> Iterator[Site]:
    """`patience` in seconds: short where nobody will come."""
    with serve({"/": "home", "/meet": Meeting(count, patience)}) as site:
        yield site


def alone(*paths: str) -> list[HttpProbe]:
    return [HttpProbe(name=f"{number} {path}", path=path) for number, path in enumerate(paths)]


def test_probes_that_stand_alone_go_side_by_side() -> None:
    begun: list[str] = []
    with meeting_place(3) as site:
        results = asked(site, *alone("/", *["/meet"] * 6), workers=3, begun=begun)
    assert all(result.passed for result in results), [result.answer for result in results]
    assert [result.probe.name for result in results] == [
        "0 /",
        *(f"{n} /meet" for n in range(1, 7)),
    ]
    assert begun == ["0 /", "1 /meet and 5 more"], "nobody can tell which of them used a file"


def test_one_worker_keeps_the_order_and_a_phase_for_each() -> None:
    begun: list[str] = []
    with meeting_place(2, patience=0.3) as site:
        results = asked(site, *alone("/", "/meet", "/meet"), workers=1, begun=begun)
    assert [result.passed for result in results] == [True, False, False]
    assert begun == ["0 /", "1 /meet", "2 /meet"]


def test_the_first_probe_goes_before_all_others() -> None:
    with meeting_place(2, patience=0.3) as site:
        results = asked(site, *alone("/meet", "/meet"), workers=2)
        assert [result.passed for result in results] == [False], "it observes readiness alone"


def test_steps_of_a_plan_keep_their_order() -> None:
    steps = [
        HttpProbe(name=path, path=path, plan="p", phase="x") for path in ("/1", "/2", "/3", "/4")
    ]
    with serve(dict.fromkeys(("/", "/1", "/2", "/3", "/4"), "page")) as site:
        assert len(asked(site, *alone("/"), *steps, workers=4)) == 5
        assert site.asked == ["/", "/1", "/2", "/3", "/4"]


def test_a_signal_stands_between_what_comes_before_and_behind_it() -> None:
    begun: list[str] = []
    with meeting_place(2) as site:
        first, *others = alone("/", "/meet", "/meet", "/meet", "/meet")
        reload = SignalProbe(name="reload", signal="SIGHUP")
        results = asked(site, first, *others[:2], reload, *others[2:], workers=4, begun=begun)
    assert all(result.passed for result in results)
    assert begun == ["0 /", "1 /meet and 1 more", "reload", "3 /meet and 1 more"]


def test_a_step_is_sent_as_often_as_it_says() -> None:
    with meeting_place(4) as site:
        first = HttpProbe(name="first", repeat=100)
        busy = HttpProbe(name="busy", path="/meet", repeat=1)
        results = asked(site, first, *[busy] * 4, workers=4)
        assert all(result.passed for result in results)
        assert results[0].answer == "200 OK, 4 bytes, each of 100 times"
        assert Counter(site.asked) == {"/": 100, "/meet": 4}


def test_after_a_failure_it_is_sent_no_more() -> None:
    sent = iter(range(1, 10_000))

    def fails_once(handler: BaseHTTPRequestHandler) -> None:
        status = 500 if next(sent) == 7 else 200
        handler.answer(status, {}, b"")  # type: ignore[attr-defined]

    with serve({"/": fails_once}) as site:
        (result,) = asked(site, HttpProbe(name="a", repeat=1000), workers=3)
        assert not result.passed
        assert result.answer == "500 Internal Server Error, 0 bytes, one of 1,000 times"
        assert 7 <= len(site.asked) < 100, "what was under way, and no more"
