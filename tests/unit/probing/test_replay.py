"""Replays against real servers: held to statuses and media types, over few connections."""

from __future__ import annotations

import time

import pytest

from slimmer.probing import Prober
from slimmer.probing.kinds import ReplayAnswer, ReplayProbe
from slimmer.probing.kinds.replay import BODY_KEPT, SILENT_LIMIT
from slimmer.values import HttpRequest, Verdict
from slimmer.verify.compare import compare
from tests.unit.probing.explore.crawl.site import Machine, Page, dripping, serve


def get(path: str, status: int = 200, content_type: str = "text/html") -> HttpRequest:
    return HttpRequest(path=path, status=status, content_type=content_type)


def replay(*requests: HttpRequest, connections: int = 2, content: bool = True) -> ReplayProbe:
    return ReplayProbe(name="crawl", requests=requests, connections=connections, content=content)


def test_what_is_answered_as_before_passes() -> None:
    with serve({"/": "a", "/b": "b"}) as site:
        probe = replay(get("/"), get("/b"), get("/gone", 404))
        result = Prober(Machine(site.port), probe_timeout=5).once(probe)
    assert result.passed
    assert result.answer == "3 requests answered as before"
    assert site.connections <= 2


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (get("/gone"), "GET /gone: 404 instead of 200"),
        (get("/", 301), "GET /: 200 instead of 301"),
        (get("/", 200, "text/css"), "GET /: text/html instead of text/css"),
        (get("/", 200, ""), "GET /: text/html instead of none"),
    ],
)
def test_another_status_or_media_type_fails(request_: HttpRequest, said: str) -> None:
    with serve({"/": "a"}) as site:
        result = Prober(Machine(site.port), probe_timeout=5).once(replay(get("/"), request_))
    assert not result.passed
    assert result.answer == f"1 of 2 requests: {said}"
    assert result.answered, "it is there, and wrong"


def test_one_connection_keeps_the_order_and_sends_what_was_recorded() -> None:
    def echo(handler: object) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))  # type: ignore[attr-defined]
        token = handler.headers["X-Token"].encode()  # type: ignore[attr-defined]
        handler.answer(201, {"Content-Type": "text/plain"}, body + token)  # type: ignore[attr-defined]

    requests = tuple(
        HttpRequest(
            method="POST",
            path=f"/{number}",
            headers=(("X-Token", "t"),),
            body=b"\0body",
            status=201,
            content_type="text/plain",
        )
        for number in range(20)
    )
    with serve({}, otherwise=lambda path: echo) as site:
        result = Prober(Machine(site.port), probe_timeout=5).once(replay(*requests, connections=1))
    assert result.passed, result.answer
    assert site.asked == [f"/{number}" for number in range(20)]
    assert isinstance(result.answered_with, ReplayAnswer)
    assert {answer.body.data for _, answer in result.answered_with.answers} == {b"\0bodyt"}


def test_a_server_that_answers_nobody_costs_a_few_time_limits() -> None:
    requests = [get(f"/{number}") for number in range(500)]
    with dripping(b"", b"", 10) as port:
        started = time.monotonic()
        result = Prober(Machine(port), probe_timeout=0.2).once(replay(*requests))
    assert time.monotonic() - started < 0.2 * SILENT_LIMIT + 2
    assert not result.passed
    assert not result.answered
    assert "more requests were not sent" in result.excerpt


def test_equal_requests_are_told_apart() -> None:
    with serve({"/": "a"}) as site:
        result = Prober(Machine(site.port), probe_timeout=5).once(replay(get("/"), get("/")))
    assert isinstance(result.answered_with, ReplayAnswer)
    assert [name for name, _ in result.answered_with.answers] == ["GET /", "GET / #2"]


def answers(pages: dict[str, Page], *paths: str, content: bool = True) -> ReplayAnswer:
    with serve(pages) as site:
        probe = replay(*(HttpRequest(path=path) for path in paths), content=content)
        result = Prober(Machine(site.port), probe_timeout=5).once(probe)
    assert isinstance(result.answered_with, ReplayAnswer)
    return result.answered_with


def test_each_page_is_compared_with_its_own() -> None:
    pages: dict[str, Page] = {"/a": "alpha", "/b": "beta", "/long": "x" * (BODY_KEPT + 1)}
    paths = ("/a", "/b", "/long")
    original = answers(pages, *paths)
    again = answers(pages, *paths)
    assert compare([original, again], answers(pages, *paths)).verdict is Verdict.SAME
    for path in ("/b", "/long"):
        other = compare([original, again], answers({**pages, path: "error"}, *paths))
        assert other.verdict is Verdict.DIFFERENT
        assert [each.part for each in other.differences] == [f"body of GET {path}"]
    gone = compare([original, again], answers({"/a": "alpha", "/long": pages["/long"]}, *paths))
    assert "status of GET /b" in [each.part for each in gone.differences]


def test_what_the_original_changes_itself_is_no_difference() -> None:
    first, second = (answers({"/a": "alpha", "/b": f"visit {n}"}, "/a", "/b") for n in (1, 2))
    found = answers({"/a": "alpha", "/b": "visit 3"}, "/a", "/b")
    assert compare([first, second], found).verdict is Verdict.ALIKE
    long_pages = [answers({"/a": f"{n}" * (BODY_KEPT + 1)}, "/a") for n in (1, 2, 3)]
    assert compare(long_pages[:2], long_pages[2]).differences == ()


def test_an_answer_that_does_not_come_is_a_difference() -> None:
    original = answers({"/a": "a", "/b": "b"}, "/a", "/b")
    less = ReplayAnswer(answers=original.answers[:1])
    (difference,) = compare([original, original], less).differences
    assert difference.part == "answer to GET /b"
    assert compare([original, less], less).differences == ()


def test_without_content_only_statuses_and_media_types_are_kept() -> None:
    one, other = (answers({"/a": text}, "/a", content=False) for text in ("one", "other"))
    assert compare([one, one], other).verdict is Verdict.SAME
