"""Crawls of real servers: what is asked for, and what never is."""

from __future__ import annotations

import gzip
import random
import time
from http.server import BaseHTTPRequestHandler

import pytest

from slimmer.errors import UsageError
from slimmer.probing import Prober
from slimmer.probing.explore.crawl import Crawl, CrawlOptions
from slimmer.probing.explore.crawl.crawl import GUESSES
from slimmer.probing.explore.crawl.document import MOST_LINKS
from slimmer.probing.kinds import ReplayAnswer
from slimmer.values import HttpAnswer
from tests.unit.probing.explore.crawl.site import (
    HTML,
    Machine,
    Page,
    closing_at_once,
    crawl,
    dripping,
    found,
    left_out,
    serve,
)

REACHED: dict[str, Page] = {
    "/": """<link rel=stylesheet href=site.css><link rel=preconnect href=/hint>
        <script src="/app.js"></script><img src=/a.png srcset="/a-1x.png 1x, /a-2x.png 2x">
        <iframe src=/frame></iframe><a href="about?x=1&amp;y=2#top">about</a>
        <a href="mailto:me@localhost">mail</a><a href="javascript:go()">go</a>
        <form action=/search><input name=q value="a b"><select name=s><option>1<option value=2
        selected></select><input type=checkbox name=c><input type=submit name=go value=Go></form>
        <form method=post action=/never><input name=q></form>
        <div style="background: url('/inline.png')"></div><a href="http://localhost:8080/same">s</a>
        <a href="http://127.0.0.1:8080/loopback">l</a><a href="/über uns">ü</a>
        <meta http-equiv=refresh content="5; url=/refreshed">""",
    "/site.css": (
        200,
        {"Content-Type": "text/css"},
        b'@import "more.css"; /* url(/commented) */ a { background: url( "/bg.png" ) }',
    ),
    "/more.css": (200, {"Content-Type": "text/css"}, b"@font-face { src: url(/f.woff2) }"),
    "/about": (301, {"Location": "/about/"}, b""),
    "/about/": '<base href="/based/"><a href=inner>in</a>',
    "/robots.txt": (200, {"Content-Type": "text/plain"}, b"Disallow: /\nSitemap: /maps.xml.gz\n"),
    "/maps.xml.gz": (
        200,
        {"Content-Type": "application/gzip"},
        gzip.compress(
            b"<?xml version='1.0'?><sitemapindex><sitemap><loc>http://localhost:8080/pages.xml"
            b"</loc></sitemap></sitemapindex>"
        ),
    ),
    "/pages.xml": (
        200,
        {"Content-Type": "application/xml"},
        b"<urlset xmlns='x'><url><loc>http://localhost:8080/hidden?a=1&amp;b=2</loc></url></urlset>",
    ),
    "/app.js": (200, {"Content-Type": "text/javascript"}, b"fetch('/not-run')"),
}
EXPECTED = {
    *("/", "/site.css", "/more.css", "/bg.png", "/f.woff2", "/app.js", "/a.png", "/a-1x.png"),
    *("/a-2x.png", "/frame", "/about?x=1&y=2", "/about/", "/based/inner", "/inline.png"),
    *("/search?q=a+b&s=2&go=Go", "/same", "/loopback", "/%C3%BCber%20uns", "/refreshed"),
    *("/robots.txt", "/maps.xml.gz", "/pages.xml", "/hidden?a=1&b=2", "/favicon.ico"),
    "/sitemap.xml",
}


def test_all_that_a_browser_would_reach_is_asked_for_once() -> None:
    with serve(dict(REACHED), otherwise=lambda path: "x") as site:
        explored = crawl(site)
    assert set(site.asked) == EXPECTED
    assert len(site.asked) == len(EXPECTED)
    assert set(found(explored)) == EXPECTED
    assert found(explored)["/about?x=1&y=2"] == 301
    assert site.hosts == {"localhost:8080"}, "the name does not depend on where it is published"
    assert site.connections <= 4, "connections are kept"


def test_no_other_address_is_asked() -> None:
    """The witness is what every link, redirect and sitemap points to."""
    with serve({}, otherwise=lambda path: "x") as witness:
        away = f"http://127.0.0.1:{witness.port}"
        pages: dict[str, Page] = {
            "/": f"""<a href={away}/link>1</a><img src=//127.0.0.1:{witness.port}/image>
                <form action={away}/form></form><a href=/redirected>2</a><a href=/based>3</a>
                <a href="http://user@localhost:8080/user">4</a><link rel=stylesheet href=/s.css>
                <a href="https://localhost:8080/tls">5</a><a href="http://[::1">6</a>""",
            "/redirected": (302, {"Location": f"{away}/redirect"}, b""),
            "/based": f"<base href={away}/><a href=inner>in</a>",
            "/s.css": (200, {"Content-Type": "text/css"}, f"@import '{away}/css';".encode()),
            "/sitemap.xml": (
                200,
                {"Content-Type": "text/xml"},
                f"<urlset><url><loc>{away}/map</loc></url></urlset>".encode(),
            ),
        }
        with serve(pages) as site:
            explored = crawl(site)
    assert witness.connections == 0
    assert set(found(explored)) == {"/", "/redirected", "/based", "/s.css", "/sitemap.xml"}
    assert left_out(explored) == {"of another origin": 9}


@pytest.mark.parametrize(
    ("start", "host", "link"),
    [
        ("http://shop.example/", "shop.example", "http://SHOP.example/next"),
        ("http://shop.example:8080/", "shop.example:8080", "http://shop.example:8080/next"),
        ("/", "localhost:8080", "http://[::1]:8080/next"),
    ],
)
def test_the_application_is_called_by_the_name_that_it_believes_in(
    start: str, host: str, link: str
) -> None:
    with serve({"/": f"<a href={link}>next</a>", "/next": "x"}) as site:
        explored = crawl(site, start=start)
    assert site.hosts == {host}
    assert set(found(explored)) == {"/", "/next"}


@pytest.mark.parametrize("start", ["shop.example", "ftp://localhost/", "//x/", "http://", "/a b"])
def test_a_start_that_is_no_address_is_refused(start: str) -> None:
    with pytest.raises(UsageError):
        Crawl(CrawlOptions(start=start))


def test_broken_links_and_errors_are_told_and_nothing_else() -> None:
    pages: dict[str, Page] = {
        "/": "<a href=/gone>1</a><a href=/page>2</a>",
        "/page": "<a href=/broken>3</a>",
        "/broken": (500, {"Content-Type": HTML}, b"oh"),
    }
    with serve(pages) as site:
        explored = crawl(site)
    faults = [(each.request, each.answer, each.source) for each in explored.summary.faults]
    assert faults == [
        ("GET /gone", "404 Not Found", "/"),
        ("GET /broken", "500 Internal Server Error", "/page"),
    ], "robots.txt and the like are guesses: that they are missing is no fault"
    assert explored.summary.statuses == {"200": 2, "404": 1, "500": 1}
    assert explored.summary.requests == 4


def test_the_same_site_gives_the_same_probe_whichever_answer_comes_first() -> None:
    def links(path: str) -> Page:
        if path in GUESSES:
            return 404, {}, b""
        number = int(path.strip("/").removesuffix(".html") or 0)
        text = "".join(f"<a href=/{number * 3 + n}.html>{n}</a>" for n in (3, 2, 1))

        def answer(handler: BaseHTTPRequestHandler) -> None:
            time.sleep(random.uniform(0, 0.01))
            handler.answer(200, {"Content-Type": HTML}, text.encode())  # type: ignore[attr-defined]

        return answer

    with serve({}, otherwise=links) as site:
        first, second = (crawl(site, pages=60, depth=4) for _ in range(2))
    assert first.results[0].probe == second.results[0].probe
    assert left_out(first) == left_out(second)
    assert len(found(first)) == 60 - 3, "three guesses are requests as well"


def test_an_answer_that_never_comes_loses_no_other_one() -> None:
    def breaks(handler: BaseHTTPRequestHandler) -> None:
        raise ConnectionAbortedError(handler.path)

    names = [f"/{number}.html" for number in range(40)]
    pages: dict[str, Page] = dict.fromkeys(names, "x")
    pages |= {f"/{number * 5}.html": breaks for number in range(8)}
    with serve({"/": "".join(f"<a href={name}>x</a>" for name in names), **pages}) as site:
        explored = crawl(site)
    assert set(found(explored)) == {"/", *names} - {f"/{number * 5}.html" for number in range(8)}
    assert {fault.answer for fault in explored.summary.faults} == {
        "the connection was closed without an answer"
    }


def test_limits_are_named_where_they_end_something() -> None:
    chain: dict[str, Page] = {"/": "<a href=/a>a</a>", "/a": "<a href=/b>b</a>", "/b": "x"}
    with serve(chain) as site:
        assert left_out(crawl(site, depth=1)) == {"deeper than 1 links (--crawl-depth)": 1}
    wide: dict[str, Page] = {"/": "".join(f"<a href=/{n}-x>x</a>" for n in range(50))}
    with serve(wide, otherwise=lambda path: "x") as site:
        explored = crawl(site, pages=20, excludes=("/4?-x",))
        assert len(site.asked) == 20
    assert left_out(explored) == {
        "more than 20 requests (--crawl-pages)": 50 - 10 - 16,
        "excluded (--crawl-exclude)": 10,
    }


def test_an_endless_calendar_is_left_and_the_rest_is_seen() -> None:
    """Each month links to its neighbours and its days, each day to its hours, for ever."""

    def calendar(path: str) -> Page | None:
        parts = path.strip("/").split("/")
        if parts[0] != "calendar":
            return "x" if path.startswith("/real") else None
        year, month = int(parts[1]), int(parts[2])
        months = [(year, month + 1), (year, month - 1)]
        links = [f"/calendar/{y + (m - 1) // 12}/{(m - 1) % 12 + 1}" for y, m in months]
        links += [f"/calendar/{year}/{month}/{day}" for day in range(1, 29)]
        return "".join(f"<a href={link}>x</a>" for link in links)

    start = "<a href=/calendar/2024/5>calendar</a><a href=/real/page>real</a>"
    with serve({"/": start}, otherwise=calendar) as site:
        explored = crawl(site)
    assert "/real/page" in site.asked
    assert len(site.asked) < 600
    assert any("of the same shape" in reason for reason in left_out(explored))


@pytest.mark.parametrize(
    "trap",
    [
        lambda path: f"<a href='/?month={len(path)}&n={random.random()}'>next</a>",
        lambda path: "<a href='deeper/down/'>in</a><a href='x/'>x</a>",
        lambda path: f"<a href='/page{random.randrange(10**9)}x'>next</a>",
        lambda path: f"<a href='{path}{'a' * 300}'>longer</a>",
    ],
    ids=["query", "circles", "chain", "longer"],
)
def test_traps_end(trap: Page) -> None:
    with serve({}, otherwise=trap) as site:  # type: ignore[arg-type]
        explored = crawl(site)
    assert len(site.asked) < 200
    assert left_out(explored)


def test_a_document_with_a_million_links_does_not_hold_the_crawl_up() -> None:
    page = "".join(f"<a href=/{number}z>x</a>" for number in range(200_000))
    with serve({"/": page}, otherwise=lambda path: "x") as site:
        explored = crawl(site, pages=50)
    assert len(site.asked) == 50
    looked_at = sum(left_out(explored).values()) + 50 - len(("/", *GUESSES))
    assert looked_at == MOST_LINKS


def test_a_huge_answer_is_read_up_to_a_limit() -> None:
    sent = 0

    def endless(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Type", "application/octet-stream")
        handler.send_header("Content-Length", str(10**12))
        handler.end_headers()
        while True:
            sent += handler.wfile.write(b"\0" * 65536)

    with serve(
        {"/": "<a href=/huge>h</a><a href=/next>n</a>", "/huge": endless, "/next": "x"}
    ) as site:
        explored = crawl(site)
    assert sent < 32 * 1024 * 1024, "what the sockets' buffers hold besides"
    assert found(explored) == {"/": 200, "/huge": 200, "/next": 200}
    (result,) = explored.results
    assert isinstance(result.answered_with, ReplayAnswer)
    huge = dict(result.answered_with.answers)["GET /huge"]
    assert isinstance(huge, HttpAnswer)
    assert not huge.body.complete
    assert huge.body.data == b"", "of a long body the digest is kept"


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"H"),
    ],
    ids=["head", "body", "chunks", "status"],
)
def test_an_answer_that_trickles_ends_in_time(head: bytes, piece: bytes) -> None:
    with dripping(head, piece, 0.02) as port:
        crawling = Crawl(CrawlOptions(request_seconds=0.3))
        explored = crawling.explore(Machine(port), begin=lambda _: None)
    assert explored.results == ()
    assert explored.summary.statuses == {"none": 1}
    assert explored.summary.faults[0].answer == "no answer in time"
    assert explored.summary.seconds < 3


def test_the_time_limit_ends_the_crawl_and_is_named() -> None:
    def slow(path: str) -> Page:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            time.sleep(0.05)
            links = "".join(f"<a href=/{path.strip('/')}{n}w>x</a>" for n in range(5))
            handler.answer(200, {"Content-Type": HTML}, links.encode())  # type: ignore[attr-defined]

        return answer

    with serve({}, otherwise=slow) as site:
        explored = crawl(site, seconds=0.5)
    assert 0.4 < explored.summary.seconds < 1.5
    assert left_out(explored)["later than 0.5 s (--crawl-time)"] > 0
    assert 5 < len(site.asked) < 60


def test_a_server_that_closes_each_connection_is_crawled() -> None:
    def closing(path: str) -> Page:
        return (
            200,
            {"Content-Type": HTML, "Connection": "close"},
            b"<a href=/a>a</a><a href=/b>b</a>",
        )

    with serve({}, otherwise=closing) as site:
        assert {"/", "/a", "/b"} <= set(found(crawl(site)))


def test_an_answer_that_breaks_off_is_none() -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    with serve({"/": "<a href=/cut>c</a>", "/cut": cut}) as site:
        explored = crawl(site)
    assert found(explored) == {"/": 200}
    (fault,) = explored.summary.faults
    assert (fault.request, fault.answer) == ("GET /cut", "the answer broke off")


def test_tls_with_a_certificate_that_nobody_vouches_for() -> None:
    with serve({"/": "<a href=/next>n</a>", "/next": "x"}, tls=True) as site:
        for insecure in (False, True):
            options = CrawlOptions(start="https://localhost/", insecure=insecure)
            start = Crawl(options).first_probe()
            prober = Prober(Machine(site.port), probe_timeout=5)
            began = time.monotonic()
            result = prober.until_ready(start, limit=20)
            assert result.passed is insecure
            assert time.monotonic() - began < 5, "waiting would not help"
            if not insecure:
                assert "certificate is not trusted" in result.answer
        explored = crawl(site, start="https://localhost/", insecure=True)
    assert set(found(explored)) == {"/", "/next"}
    assert site.hosts == {"localhost:8080"}


def test_tls_is_waited_for_until_the_application_listens() -> None:
    """What stands in front of a container accepts, and closes, before anything listens there."""
    start = Crawl(CrawlOptions(start="https://localhost/", insecure=True)).first_probe()
    with closing_at_once() as port:
        result = Prober(Machine(port), probe_timeout=5).once(start)
    assert not result.answered
    assert result.answer == "the connection was closed without an answer"
    with serve({"/": "plain"}) as site:
        result = Prober(Machine(site.port), probe_timeout=5).once(start)
    assert result.answered, "it is there, and speaks no TLS"
    assert result.answer == "the port speaks no TLS"
