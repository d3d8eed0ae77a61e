"""The shop's own end-to-end tests, as its developers have them: they know an address and no more.

pytest sample_apps/flask/test_shop.py --slim-image slimmer-samples/flask --slim-build
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from slimmer.pytest_plugin import SlimTarget


@pytest.fixture(scope="session")
def shop(slim_target: SlimTarget) -> str:
    return slim_target.url


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return str(answer.read().decode())


def post(url: str, document: Any) -> Any:
    request = urllib.request.Request(
        url, json.dumps(document).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_pages(shop: str) -> None:
    assert "stranger" in get(f"{shop}/")
    assert "Hello, moon" in get(f"{shop}/hello/moon")
    assert get(f"{shop}/static/style.css")


@pytest.mark.parametrize(
    ("zone", "time"), [("Europe/Berlin", "14:00:00+02:00"), ("Asia/Tokyo", "21:00:00+09:00")]
)
def test_time_zones(shop: str, zone: str, time: str) -> None:
    assert time in get(f"{shop}/tz/{zone}")


def test_a_name_in_other_letters(shop: str) -> None:
    assert "xn--bcher-kva" in get(f"{shop}/idna/b%C3%BCcher.example")


def test_orders(shop: str) -> None:
    assert post(f"{shop}/orders", {"lines": ["tea", "milk"]}) == {"count": 2}


def test_search(shop: str) -> None:
    assert json.loads(get(f"{shop}/office/search/tea")) == {"found": ["a pot of tea"]}


def test_an_invoice(shop: str) -> None:
    assert "MILK &amp; HONEY" in get(f"{shop}/office/invoice/7")
