"""Links of single documents."""

from __future__ import annotations

import pytest

from slimmer.probing.explore.crawl.page import page_links
from slimmer.probing.explore.crawl.shape import goes_in_circles, shape
from slimmer.probing.explore.crawl.sitemap import robots_links, sitemap_links, unpacked
from slimmer.probing.explore.crawl.stylesheet import stylesheet_links


@pytest.mark.parametrize(
    ("markup", "links"),
    [
        ("<a href=' /a '>x", [" /a "]),
        ("<a>x</a><a href>y</a>", []),
        ("<!-- <a href=/commented>x</a> --><script>'<a href=/quoted>'</script>", []),
        ("<picture><source srcset='/a.webp, /b.webp 2x'></picture>", ["/a.webp", "/b.webp"]),
        ("<img srcset='data:image/png;base64,AA== 1x, /w,h.png 100w'>",
         ["data:image/png;base64,AA==", "/w,h.png"]),
        ("<svg><use xlink:href='/icons.svg#x'/><image href=/i.png /></svg>",
         ["/icons.svg#x", "/i.png"]),
        ("<video src=/v.mp4 poster=/p.jpg><track src=/t.vtt></video>",
         ["/v.mp4", "/p.jpg", "/t.vtt"]),
        ("<object data=/o.pdf></object><embed src=/e.swf>", ["/o.pdf", "/e.swf"]),
        ("<link rel='DNS-Prefetch' href=//x><link rel=icon href=/i.ico>", ["/i.ico"]),
        ("<style>a { background: url(/s.png) }</style>", ["/s.png"]),
        ("<form></form>", ["?"]),
        ("<form action='/f?old=1#x'><input name=a><input value=nameless></form>", ["/f?a="]),
        ("<form action=/f><input type=radio name=r value=1>"
         "<input type=radio name=r value=2 checked><textarea name=t>hi</textarea>"
         "<input name=off disabled></form>", ["/f?r=2&t=hi"]),
        ("<form action=/f><button name=b value=1>1</button><button name=b2 value=2>2</button>",
         ["/f?b=1"]),
        ("<form action=/f><select name=s><option value=''>-<option value=1>1</select></form>",
         ["/f?s="]),
        ("<form action=/f><select multiple name=s><option>1</select></form>", ["/f?"]),
        ("<form method=POST action=/f><input name=a></form>", []),
        ("<meta http-equiv=Refresh content='0;URL=\"/r\"'>", ["/r"]),
        ("<meta http-equiv=refresh content=30>", []),
    ],
)  # fmt: skip
def test_links_of_a_page(markup: str, links: list[str]) -> None:
    assert page_links(markup.encode()) == ("", links)


def test_the_encoding_of_a_page() -> None:
    page = "<meta charset=latin1><a href=/é>x</a>".encode("latin-1")
    assert page_links(page)[1] == ["/é"]
    assert page_links("<a href=/é>".encode("utf-16"), "utf-16")[1] == ["/é"]
    assert page_links(b"<a href=/a>", "no-such-charset")[1] == ["/a"]


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 1000, b"<" * 10_000, b"<div>" * 20_000, b"\xff\xfe<a"]
)
def test_no_bytes_are_too_strange(data: bytes) -> None:
    assert page_links(data)[1] == []


def test_links_of_a_style_sheet() -> None:
    text = """@import url("a.css"); @import 'b.css' screen; /* url(no) */
        x { background: url( 'c d.png' ), URL(e.png) } y { src: url(data:font/woff,x) }"""
    assert list(stylesheet_links(text)) == [
        "a.css",
        "b.css",
        "c d.png",
        "e.png",
        "data:font/woff,x",
    ]


def test_sitemaps() -> None:
    assert list(robots_links(b"user-agent: *\n  SITEMAP : /a.xml \nSitemap:/b.xml # x\n")) == [
        "/a.xml",
        "/b.xml",
    ]
    document = b"<urlset><url><loc> http://a/?x=1&amp;y=2\n</loc><image:loc>/i.png</image:loc>"
    assert list(sitemap_links(document)) == ["http://a/?x=1&y=2", "/i.png"]
    assert unpacked(b"\x1f\x8bnonsense") == b"\x1f\x8bnonsense"


def test_a_compressed_bomb_is_unpacked_up_to_a_limit() -> None:
    import gzip

    assert len(unpacked(gzip.compress(b"\0" * (64 << 20)))) == 16 << 20


@pytest.mark.parametrize(
    ("target", "like"),
    [
        ("/posts/2024/5/17", "/posts/#/#/#"),
        ("/posts/2024-05-17.html", "/posts/#.html"),
        ("/o/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/o/#"),
        ("/page17.html", "/page17.html"),
        ("/list?page=3&sort=up", "/list?page&sort"),
        ("/list?sort=down&page=4", "/list?page&sort"),
        ("/", "/"),
    ],
)
def test_the_shape_of_an_address(target: str, like: str) -> None:
    assert shape(target) == like


def test_circles() -> None:
    assert goes_in_circles("/a/b/a/b/a/b/a/b/")
    assert not goes_in_circles("/a/b/c/a/b/c/a")
