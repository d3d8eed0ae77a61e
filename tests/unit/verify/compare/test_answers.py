"""Whole answers: status, headers, bodies that are no text, commands, and the container's names."""

from __future__ import annotations

import gzip
import random

import pytest

from slimmer.probing import RECORD_LIMIT
from slimmer.values import Verdict
from slimmer.verify.compare import compare
from tests.unit.verify.compare.answers import bodies, lines, page, ran

JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html")


def test_another_status_differs() -> None:
    comparison = compare([page("x"), page("x")], page("x", status=302))
    assert lines(comparison) == ("-200", "+302")


def test_one_answer_is_enough_where_it_is_the_same() -> None:
    assert compare([page("x", HTML)], page("x", HTML)).verdict is Verdict.SAME


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([JSON], ("header Content-Type", ("-text/html", "+application/json"))),
        ([], ("header Content-Type", ("-text/html", "+(missing)"))),
        ([HTML, ("x-powered-by", "luck")], ("header X-Powered-By", ("+luck",))),
        ([("content-type", "text/html")], None),
        ([HTML, ("Date", "Mon, 23 Nov 2026 22:45:01 GMT"), ("Content-Length", "1")], None),
    ],
    ids=["changed", "gone", "new", "case of the name", "of the moment"],
)
def test_headers(
    headers: list[tuple[str, str]], expected: tuple[str, tuple[str, ...]] | None
) -> None:
    comparison = compare([page("x", HTML), page("x", HTML)], page("x", *headers))
    found = [(each.part, each.lines) for each in comparison.differences]
    assert found == ([expected] if expected else [])


def test_of_validators_only_their_presence_counts() -> None:
    """lighttpd makes its ETag of the inode number."""
    references = [page("x", ("ETag", '"1-2"')), page("x", ("ETag", '"1-2"'))]
    assert compare(references, page("x", ("ETag", '"7-2"'))).verdict is Verdict.SAME
    assert compare(references, page("x")).verdict is Verdict.DIFFERENT


def test_a_session_cookie_is_noise_and_its_name_is_not() -> None:
    references = [page("x", ("Set-Cookie", f"sid={value}; HttpOnly")) for value in ("a1", "b2")]
    assert compare(references, page("x", ("Set-Cookie", "sid=c3; HttpOnly"))).verdict is (
        Verdict.ALIKE
    )
    found = compare(references, page("x", ("Set-Cookie", "debug=c3; HttpOnly")))
    assert lines(found) == ("-sid=(hidden); HttpOnly", "+debug=(hidden); HttpOnly")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Set-Cookie", "sid=s3cret; Path=/; HttpOnly", "sid=(hidden); Path=/; HttpOnly"),
        ("Cookie", "a=s3cret; b=s3cret", "a=(hidden); b=(hidden)"),
        ("Authorization", "Bearer s3cret", "Bearer (hidden)"),
        ("X-Api-Key", "s3cret", "(hidden)"),
        ("X-Auth-Token", "s3cret s3cret", "(hidden)"),
        ("WWW-Authenticate", 'Basic realm="shop"', 'Basic realm="shop"'),
    ],
)
def test_of_a_secret_in_a_header_only_its_name_is_shown(name: str, value: str, shown: str) -> None:
    found = compare([page("x"), page("x")], page("x", (name, value)))
    assert lines(found) == (f"+{shown}",)
    assert lines(compare([page("x", (name, value))] * 2, page("x"))) == (f"-{shown}", "+(missing)")


def test_a_list_in_a_header_has_no_order() -> None:
    """Flask answers from a set."""
    references = [page("x", ("Allow", "POST, OPTIONS")), page("x", ("Allow", "POST, OPTIONS"))]
    assert compare(references, page("x", ("Allow", "OPTIONS, POST"))).verdict is Verdict.ALIKE
    assert compare(references, page("x", ("Allow", "OPTIONS"))).verdict is Verdict.DIFFERENT


def test_a_header_that_comes_now_and_then_is_noise() -> None:
    references = [page("x", ("X-Cache", "hit")), page("x")]
    assert compare(references, page("x")).verdict is Verdict.ALIKE
    assert compare(references, page("x", ("X-Cache", "miss"))).verdict is Verdict.ALIKE


def test_what_the_container_is_called_is_no_difference() -> None:
    """Both containers of the original had one address, as the engine gives a free one again."""
    text = "I am {} at http://{}:{}/, not at 172.17.0.22 nor 491539\n"
    values = [("aaaa", "172.17.0.2", "49153")] * 2 + [("bbbb", "172.17.0.3", "49170")]
    answers = [
        page(
            text.format(*each),
            ("Location", f"http://127.0.0.1:{each[2]}/x"),
            names=tuple(zip(each, ("hostname", "address", "port"), strict=True)),
        )
        for each in values
    ]
    assert compare(answers[:2], answers[2]).verdict is Verdict.SAME


def test_a_picture_is_the_same_or_not() -> None:
    chance = random.Random(1)
    picture, other = b"\x89PNG\0" + chance.randbytes(5000), b"\x89PNG\0" + chance.randbytes(5000)
    assert bodies(picture, picture, found=picture).verdict is Verdict.SAME
    shown = lines(bodies(picture, picture, found=other))
    assert [line.split(",")[0] for line in shown] == ["-5", "+5"]
    third = b"\x89PNG\0" + chance.randbytes(4000)
    assert bodies(picture, other, found=third).verdict is Verdict.INCOMPARABLE
    assert bodies(picture, other, found=b"").verdict is Verdict.DIFFERENT


def test_compressed_pages_are_compared_unpacked() -> None:
    references = [
        page(gzip.compress(text, mtime=time), ("Content-Encoding", "gzip"))
        for text, time in ((b"hello 1 world", 1), (b"hello 2 world", 2))
    ]
    found = page(gzip.compress(b"hello 3 moon", mtime=3), ("Content-Encoding", "gzip"))
    assert lines(compare(references, found)) == ("-hello … world", "+hello 3 moon")


def test_of_a_body_too_long_to_keep_the_end_counts_too() -> None:
    start = "0123456789abcde\n" * (RECORD_LIMIT // 16)
    shown = lines(bodies(start + "end\n", start + "end\n", found=start + "END\n"))
    assert shown[0].startswith("-262,148 bytes, sha256:")
    noisy = bodies("1\n" + start + "a" * 50, "2\n" + start + "b" * 70, found="3\n" + start + "c")
    assert noisy.verdict is Verdict.ALIKE
    wrong = bodies("1\n" + start + "a" * 50, "2\n" + start + "b" * 70, found="3\nno\n" + start)
    assert wrong.verdict is Verdict.DIFFERENT


def test_an_endless_stream_is_compared_as_far_as_it_was_read() -> None:
    stream = [page("tick\n" * 1000, complete=False) for _ in range(3)]
    assert compare(stream[:2], stream[2]).verdict is Verdict.SAME
    assert compare(stream[:2], page("tock\n" * 1000, complete=False)).verdict is Verdict.DIFFERENT


def test_streams_of_a_command_are_compared_apart() -> None:
    references = [ran("v 1.2\n", "took 3 ms\n"), ran("v 1.2\n", "took 5 ms\n")]
    assert compare(references, ran("v 1.2\n", "took 9 ms\n")).verdict is Verdict.ALIKE
    moved = compare(references, ran("took 9 ms\n", "v 1.2\n"))
    assert {each.part for each in moved.differences} == {"stdout", "stderr"}
    warned = compare(references, ran("v 1.2\n", "locale: cannot set LC_ALL\ntook 9 ms\n"))
    assert lines(warned) == ("+locale: cannot set LC_ALL",)
    assert lines(compare(references, ran("v 1.2\n", "took 9 ms\n", 1))) == ("-0", "+1")


def test_bytes_that_are_no_utf_8_survive() -> None:
    page_of = b"caf\xe9 number %d, and more words than bytes that are not UTF-8\n"
    assert bodies(page_of % 1, page_of % 2, found=page_of % 3).verdict is Verdict.ALIKE
    other = (page_of % 3).replace(b"\xe9", b"?")
    assert bodies(page_of % 1, page_of % 2, found=other).verdict is Verdict.DIFFERENT
