"""Pages and outputs: noise is masked, and what is left is found."""

from __future__ import annotations

import base64
import random
import uuid

import pytest

from slimmer.values import Verdict
from slimmer.verify.compare.text import pieces_of, text_template
from tests.unit.verify.compare.answers import bodies, lines


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (
            "at 2026-11-23T22:45:01+01:00",
            "at 2026-11-23T22:45:09+01:00",
            "at 2026-11-23T22:45:12+01:00",
        ),
        ("took 0.012 s", "took 0.009 s", "took 3.1 s"),
        ("took 0.0003s", "took 0.0002s", "took 9.1e-05s"),
        ("build 4711", "build 0815", "build a7f3"),
        ("offset -3", "offset 12", "offset -0.5"),
        ("visit 9 of you", "visit 10 of you", "visit 11 of you"),
        ("pid 1, worker 7", "pid 1, worker 12", "pid 1, worker 133"),
        (
            f"<p>id {uuid.UUID(int=random.Random(1).getrandbits(128))}</p>",
            f"<p>id {uuid.UUID(int=random.Random(2).getrandbits(128))}</p>",
            f"<p>id {uuid.UUID(int=random.Random(3).getrandbits(128))}</p>",
        ),
        ("key aB+cd/ef== end", "key x/yz+q== end", "key mnop+rr/== end"),
        ("key aB+cd== end", "key x/y/z+q== end", "key ab/c/d== end"),
        ("sid=x7Qa9_kZ3.fG; Path=/", "sid=Rr0Tq8vB1.hY; Path=/", "sid=a-Qb-_k3Z.-j; Path=/"),
        ("/run/k3jh4abc/log", "/run/9sd8fxyz/log", "/run/3kd-8fx1/log"),
        ("{'a', 'b', 'c'}", "{'b', 'c', 'a'}", "{'c', 'a', 'b'}"),
        ("bin\ndev\netc\n", "etc\nbin\ndev\n", "dev\netc\nbin\n"),
        (
            "<ul><li>ann</li><li>bob</li></ul><p>users</p>",
            "<ul><li>eve</li></ul><p>users</p>",
            "<ul><li>joe</li><li>kim</li><li>max</li></ul><p>users</p>",
        ),
    ],
    ids=[
        "time", "duration", "a short duration", "hexadecimal", "sign", "counter", "pids", "uuid",
        "base64", "base64 of other lengths", "url-safe base64", "path", "set",
        "lines in any order", "list of varying length",
    ],
)  # fmt: skip
def test_noise_is_masked(first: str, second: str, found: str) -> None:
    comparison = bodies(first, second, found=found)
    assert comparison.verdict in (Verdict.ALIKE, Verdict.SAME), comparison
    assert comparison.differences == ()


def test_a_lost_time_zone_is_found() -> None:
    comparison = bodies(
        "at 2026-11-23T22:45:01+01:00",
        "at 2026-11-23T22:45:09+01:00",
        found="at 2026-11-23T22:45:12+00:00",
    )
    assert lines(comparison) == (
        "-at 2026-11-23T22:45:…+01:00",
        "+at 2026-11-23T22:45:12+00:00",
    )


def test_signed_cookies_are_no_difference_whatever_chance_puts_into_them() -> None:
    """As itsdangerous makes them: of 27 characters of url-safe base64, one in three texts has a
    `-`, and so two parts where others have one."""
    chance = random.Random(1)

    def cookie(time: int) -> str:
        stamp, signature = (
            base64.urlsafe_b64encode(data).rstrip(b"=").decode()
            for data in (time.to_bytes(4, "big"), chance.randbytes(20))
        )
        return f"session=eyJjdXN0b21lciI6ImFkYSJ9.{stamp}.{signature}; HttpOnly; Path=/"

    for _ in range(500):
        time = 1795824000 + chance.randrange(86400)
        first, second, third, found = (cookie(time + later) for later in (0, 4, 7, 9))
        comparison = bodies(first, second, third, found=found)
        assert comparison.verdict is Verdict.ALIKE, (first, second, third, found)
        for lost in ("; Path=/", "session=eyJjdXN0b21lciI6ImFkYSJ9."):
            broken = bodies(first, second, third, found=found.replace(lost, ""))
            assert broken.verdict is Verdict.DIFFERENT


def test_no_identifier_is_a_difference() -> None:
    first, second = (uuid.UUID(int=random.Random(seed).getrandbits(128)) for seed in (1, 2))
    comparison = bodies(f"made as {first}", f"made as {second}", found="made as None")
    assert lines(comparison) == ("-made as …", "+made as None")


def test_what_stands_around_random_text_counts() -> None:
    page = "<img src=/static/{}/logo.png>"
    first, second = page.format("x7Qa9_kZ3"), page.format("Rr0Tq8vB1")
    assert bodies(first, second, found=page.format("a-Qb-_k3Z")).differences == ()
    assert lines(bodies(first, second, found="<img src=/static/>")) == (
        "-<img src=/static/…/logo.png>",
        "+<img src=/static/>",
    )


def test_a_missing_line_is_found_beside_noise() -> None:
    page = "<h1>Shop</h1>\n<p>{}</p>\n<p>Terms and conditions</p>\n<footer>bye</footer>\n"
    found = "<h1>Shop</h1>\n<p>3</p>\n<footer>bye</footer>\n"
    comparison = bodies(page.format(1), page.format(2), found=found)
    assert "-Terms and conditions</p>" in lines(comparison)
    assert not [line for line in lines(comparison) if line.startswith("+")]


def test_an_additional_line_is_found_beside_noise() -> None:
    comparison = bodies(
        "started 1\nready\n",
        "started 2\nready\n",
        found="started 3\nwarning: no zone data\nready\n",
    )
    assert lines(comparison) == (" started …", "+warning: no zone data")


def test_default_text_is_found() -> None:
    assert lines(bodies("hello from file\n", "hello from file\n", found="hello\n")) == (
        "-hello from file",
        "+hello",
    )


def test_spaces_count() -> None:
    assert lines(bodies("a\n\nb\n", "a\n\nb\n", found="a\nb\n")) == (
        "+(other spaces or empty lines)",
    )
    assert lines(bodies("a: 1\n", "a: 1\n", found="a:  1\n")) == ("-a: 1", "+a:  1")


def test_one_element_less_is_found_where_the_order_differs() -> None:
    comparison = bodies("{'a', 'b', 'c'}", "{'b', 'c', 'a'}", found="{'c', 'a'}")
    assert comparison.verdict is Verdict.DIFFERENT


def test_nothing_where_the_original_says_something_is_found() -> None:
    """Whatever it says: a random text is no empty one."""
    assert lines(bodies("k3jh4", "9sd8f", found="")) == ("-k3jh4", "+(nothing)")


def test_a_third_answer_of_the_original_unmasks_what_changes_slowly() -> None:
    """The date has changed since the original was asked twice."""
    before, after = "today is 2026-11-23, Monday\n", "today is 2026-11-24, Tuesday\n"
    assert bodies(before, before, found=after).verdict is Verdict.DIFFERENT
    assert bodies(before, before, after, found=after).verdict is Verdict.SAME
    later = "today is 2026-11-25, Wednesday\n"
    assert bodies(before, before, after, found=later).verdict is Verdict.ALIKE
    broken = "today is 2026-11-24, <unknown>\n"
    assert bodies(before, before, after, found=broken).verdict is Verdict.DIFFERENT


def test_an_answer_that_is_all_noise_is_incomparable() -> None:
    comparison = bodies("k3jh4", "9sd8f", found="q0q0q")
    assert comparison.verdict is Verdict.INCOMPARABLE
    assert comparison.unstable == ("body",)


def test_a_minified_page_is_shown_by_its_elements() -> None:
    page = "<html><body><h1>{}</h1><p>kept</p><p>{}</p></body></html>"
    comparison = bodies(
        page.format(1, "Zurich"), page.format(2, "Zurich"), found=page.format(3, "nowhere")
    )
    assert lines(comparison) == (" <p>", "-Zurich</p>", "+nowhere</p>")


def test_large_pages_are_compared() -> None:
    """Most lines are the same tag, every other one has noise, and one is gone."""
    chance = random.Random(1)

    def page(without: int | None = None) -> str:
        return "".join(
            f"<div>\n<span>{chance.random()}</span>\n</div>\n<p>line {number}</p>\n"
            for number in range(2000)
            if number != without
        )

    template = text_template([page(), page()])
    assert template.matches(pieces_of(page()))
    assert not template.matches(pieces_of(page(without=777)))


@pytest.mark.parametrize("seed", range(60))
def test_a_text_fits_the_template_that_it_made(seed: int) -> None:
    """Whatever was masked: the original's own answers are never a difference."""
    chance = random.Random(seed)
    words = ["a", "bb", "7", "+", "=", "-", "\n", " ", "<p>", "10.5", "x7Qa9", "ü", "\udc80"]

    def text() -> str:
        return "".join(chance.choices(words, k=chance.randrange(60)))

    texts = [text() for _ in range(chance.randrange(2, 5))]
    template = text_template(texts)
    for each in texts:
        assert template.matches(pieces_of(each)), (texts, each)


def test_lines_in_another_order_are_told_and_no_difference() -> None:
    """Whatever else there is: the original's order is the same each time."""
    comparison = bodies("now 1\na\nb\nc\n", "now 2\na\nb\nc\n", found="now 3\nc\na\nb\n")
    assert comparison.verdict is Verdict.ALIKE
    assert comparison.reordered == ("body",)


def test_lines_whose_values_change_places_are_a_difference() -> None:
    page = "zone: yes\nfallback: no\n"
    assert bodies(page, page, found="zone: no\nfallback: yes\n").verdict is Verdict.DIFFERENT


@pytest.mark.parametrize(
    ("original", "found", "verdict"),
    [
        ("{'a', 'b'}\n", "{'b', 'a'}\n", Verdict.ALIKE),
        ("{'a', 'b'}\n", "{'b', 'c'}\n", Verdict.DIFFERENT),
        ("zone=yes, other=no\n", "other=no, zone=yes\n", Verdict.ALIKE),
        ("zone=yes, other=no\n", "zone=no, other=yes\n", Verdict.DIFFERENT),
    ],
)
def test_items_in_another_order(original: str, found: str, verdict: Verdict) -> None:
    """A set of two has two orders: the original may give the same one three times."""
    comparison = bodies(original, original, found=found)
    assert comparison.verdict is verdict
    assert comparison.reordered == ()
