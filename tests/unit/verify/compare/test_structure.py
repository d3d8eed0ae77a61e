"""JSON is compared value by value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from slimmer.values import Comparison, Verdict
from tests.unit.verify.compare.answers import bodies, lines


def documents(*references: Any, found: Any) -> Comparison:
    return bodies(*map(json.dumps, references), found=json.dumps(found))


def test_the_order_of_keys_does_not_count() -> None:
    assert documents({"a": 1, "b": 2}, {"a": 1, "b": 2}, found={"b": 2, "a": 1}).verdict is (
        Verdict.SAME
    )


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"n": 1, "who": "me"}, {"n": 2, "who": "me"}, {"n": 30, "who": "me"}),
        ({"at": "22:45:01Z"}, {"at": "22:45:09Z"}, {"at": "22:45:11Z"}),
        ([3, 1, 2], [1, 2, 3], [2, 3, 1]),
        ({"l": [{"i": 1}]}, {"l": [{"i": 2}, {"i": 3}]}, {"l": [{"i": 7}] * 5}),
        ({"x1": 1, "k": 0}, {"x2": 1, "k": 0}, {"x3": 9, "k": 0}),
        ({"l": []}, {"l": [1]}, {"l": [1, 2]}),
        ({"v": None}, {"v": 1}, {"v": 2}),
    ],
    ids=["number", "time", "order", "listing", "ids as keys", "empty now and then", "kinds"],
)
def test_noise_is_masked(first: Any, second: Any, found: Any) -> None:
    comparison = documents(first, second, found=found)
    assert comparison.verdict in (Verdict.ALIKE, Verdict.SAME), comparison


@pytest.mark.parametrize(
    ("original", "found", "shown"),
    [
        ({"zone": "CET"}, {"zone": "UTC"}, ['-$.zone: "CET"', '+$.zone: "UTC"']),
        ({"codec": True, "name": 1}, {"codec": True}, ["-$.name: 1"]),
        ({"a": 1}, {"a": 1, "warning": "x"}, ['+$.warning: "x"']),
        ({"l": [1, {"n": "é"}]}, {"l": [1, {"n": "?"}]}, ['-$.l[1].n: "é"', '+$.l[1].n: "?"']),
        ({"a-b": 1}, {"a-b": 1.5}, ['-$["a-b"]: 1', '+$["a-b"]: 1.5']),
        ({"on": True}, {"on": 1}, ["-$.on: true", "+$.on: 1"]),
        ([1, 2], [1], ["-$: [1, 2]", "+$: [1]"]),
    ],
    ids=["value", "missing", "additional", "inside", "odd key", "kind", "list"],
)  # fmt: skip
@pytest.mark.parametrize("noise", [False, True], ids=["stable", "beside noise"])
def test_a_difference_has_a_path(
    original: Any, found: Any, shown: list[str], *, noise: bool
) -> None:
    if not noise:
        assert list(lines(documents(original, original, found=found))) == shown
        return
    nested = [line.replace("$", "$.in", 1) for line in shown]
    comparison = documents(
        {"in": original, "noise": 1}, {"in": original, "noise": 2}, found={"in": found, "noise": 3}
    )
    assert list(lines(comparison)) == nested
    assert comparison.unstable == ("body",)


def test_a_listing_that_lost_its_items_is_found() -> None:
    comparison = documents({"l": [1]}, {"l": [1, 2]}, found={"l": []})
    assert lines(comparison) == ("-$.l: […]", "+$.l: []")


def test_items_of_a_listing_keep_their_form() -> None:
    users = [{"name": "a", "zone": "x"}], [{"name": "b", "zone": "y"}, {"name": "c", "zone": "z"}]
    comparison = documents(*users, found=[{"name": "d"}])
    assert lines(comparison) == ("-$[0].zone: …",)


def test_json_that_became_a_page_is_shown_as_text() -> None:
    comparison = bodies('{"a": 1}', '{"a": 1}', found="<h1>Error</h1>")
    assert lines(comparison) == ('-{"a": 1}', "+<h1>", "+Error</h1>")


@pytest.mark.parametrize("text", ["[" * 100_000, "{" + '"a":[' * 50_000, "[1,", "{}}", "[nan]"])
def test_what_is_no_json_is_text(text: str) -> None:
    assert bodies(text, text, found=text + " ").verdict is Verdict.DIFFERENT


def test_deep_json_is_compared_somehow() -> None:
    deep = "[" * 900 + "{}" + "]" * 900
    other = "[" * 900 + '{"a":2}' + "]" * 900
    assert bodies(deep.format(1), deep.format(1), found=other).verdict is Verdict.DIFFERENT


def test_lists_in_another_order_are_told_and_no_difference() -> None:
    original = {"l": ["a", "b"], "in": [{"n": [1, 2]}], "ok": True}
    found = {"l": ["b", "a"], "in": [{"n": [2, 1]}], "ok": True}
    comparison = documents(original, original, found=found)
    assert comparison.verdict is Verdict.ALIKE
    assert comparison.reordered == ("body",)
    assert documents(original, original, found={**found, "l": ["b", "b"]}).verdict is (
        Verdict.DIFFERENT
    )


def test_values_that_change_places_are_a_difference() -> None:
    original = {"zone": True, "fallback": False}
    found = {"zone": False, "fallback": True}
    assert documents(original, original, found=found).verdict is Verdict.DIFFERENT
