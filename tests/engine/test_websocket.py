"""A WebSocket server in a container, which messages exercise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import MINIMAL, Ran

pytestmark = pytest.mark.engine

SERVER = Path(__file__).parents[1] / "servers" / "websocket_shop.py"
BASE = "slimmer-samples/fastapi:latest"
"""Has Python and the websockets library."""
PLAN = """\
phases:
  - phase: buying
    steps:
      - websocket:
          path: /till
          headers: {X-Customer: -ann}
          exchange:
            - {expect: welcome-ann}
            - {send: tea, expect: 3 pence}
          capture: {price: '\\d+'}
      - websocket: {path: /till, send_hex: 61 62, expect: ba}
"""


@pytest.fixture(scope="module")
def shop(image: Callable[..., str]) -> str:
    return image(
        f"FROM {BASE}\nCOPY shop.py /srv/\n"
        "RUN mkdir /srv/prices && echo 3 pence >/srv/prices/tea && echo 5 >/srv/prices/coffee\n"
        'EXPOSE 8765\nCMD ["python3", "/srv/shop.py", "/srv/prices"]\n',
        {"shop.py": SERVER.read_bytes()},
    )


def test_messages_find_what_a_server_needs(
    slim: Callable[..., Ran], shop: str, tmp_path: Path
) -> None:
    (tmp_path / "shop.yaml").write_text(PLAN)
    ran = slim("build", shop, *MINIMAL, "--plan", "shop.yaml")
    assert ran.passed("slim") == ran.passed("original")
    assert len(ran.passed("slim")) == 2
    (test,) = (test for test in ran.report["tests"] if test["image"] == "slim")
    assert {probe["compared"] for probe in test["probes"]} == {"same"}
    kept = {each["path"] for each in ran.report["kept"]}
    assert "/srv/prices/tea" in kept
    assert "/srv/prices/coffee" not in kept


def test_by_a_flag_and_from_a_saved_trace(slim: Callable[..., Ran], shop: str) -> None:
    ran = slim("build", shop, *MINIMAL, "--websocket-probe", "/till tea", "--save-trace", "t")
    assert ran.passed("slim") == ["websocket /till"]
    # Another strategy makes another image, which has to pass anew.
    again = slim("build", shop, "--no-debug", "--json", "--from-trace", "t")
    assert again.passed("slim") == ["websocket /till"]


def test_what_the_original_answers_otherwise(slim: Callable[..., Ran], shop: str) -> None:
    ran = slim("build", shop, *MINIMAL, "--websocket-probe", "/")
    assert ran.code == 9
    assert "200 OK instead of a WebSocket" in ran.stderr
