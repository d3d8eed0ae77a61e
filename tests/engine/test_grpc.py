"""A gRPC server in a container, which health checks and calls exercise."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from slimmer.trace.saved import read_saved_trace
from tests.engine.conftest import MINIMAL, Ran

pytestmark = pytest.mark.engine

SERVER = Path(__file__).parents[1] / "servers" / "grpc_shop.py"
BASE = "slimmer-samples/fastapi:latest"
"""Has Python and pip, and trusts what this machine trusts."""
PIP = {
    "PIP_BREAK_SYSTEM_PACKAGES": "1",
    "PIP_CERT": "/etc/ssl/certs/ca-certificates.crt",
    **{name: value for name, value in os.environ.items() if name == "PIP_INDEX_URL"},
}
PACKAGES = "grpcio-health-checking grpcio-reflection"
PLAN = """\
phases:
  - phase: ready
    steps: [grpc: /]
  - phase: buying
    steps:
      - grpc:
          path: /shop.Cart/Get
          message: {id: 1}
          json: {"$.lines[0].text": tea}
          capture: {count: {json: "$.lines[0].itemCount"}}
      - grpc: '/shop.Cart/Get {"id": "${count}"}'
      - grpc: {path: /shop.Cart/Get, message: {id: 7}, status: NOT_FOUND}
"""


@pytest.fixture(scope="module")
def shop(image: Callable[..., str]) -> str:
    variables = " ".join(shlex.quote(f"{name}={value}") for name, value in PIP.items())
    return image(
        f"FROM {BASE}\nRUN env {variables} pip3 install {PACKAGES}\nCOPY shop.py /srv/\n"
        "RUN mkdir /srv/items && echo tea >/srv/items/1 && echo coffee >/srv/items/2\n"
        'EXPOSE 50051\nCMD ["python3", "/srv/shop.py", "/srv/items"]\n',
        {"shop.py": SERVER.read_bytes()},
    )


def test_calls_find_what_a_server_needs(
    slim: Callable[..., Ran], shop: str, tmp_path: Path
) -> None:
    (tmp_path / "shop.yaml").write_text(PLAN)
    ran = slim("build", shop, *MINIMAL, "--plan", "shop.yaml", "--save-trace", "shop.trace")
    assert ran.passed("slim") == ran.passed("original")
    assert len(ran.passed("slim")) == 4
    (test,) = (test for test in ran.report["tests"] if test["image"] == "slim")
    assert {probe["compared"] for probe in test["probes"]} == {"same"}
    kept = {each["path"] for each in ran.report["kept"]}
    assert "/srv/items/1" in kept
    assert "/srv/items/2" not in kept
    saved = read_saved_trace(tmp_path / "shop.trace")
    assert {probe.kind for probe in saved.probes} == {"grpc"}
    assert slim("build", shop, *MINIMAL, "--from-trace", "shop.trace").code == 0


def test_by_flags(slim: Callable[..., Ran], shop: str) -> None:
    health, call = "/shop.Cart", '/shop.Cart/Get {"id": 2}'
    ran = slim("build", shop, *MINIMAL, "--grpc-probe", health, "--grpc-probe", call)
    assert ran.passed("slim") == ["grpc /shop.Cart", "grpc /shop.Cart/Get"]


def test_what_the_original_answers_otherwise(slim: Callable[..., Ran], shop: str) -> None:
    ran = slim("build", shop, *MINIMAL, "--grpc-probe", "/shop.Till")
    assert ran.code == 9
    assert "NOT_FOUND" in ran.stderr


def test_a_container_left_running_is_ready_when_it_says_so(
    slim: Callable[..., Ran], shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    started = slim("trace", "start", "--json", "--grpc-probe", "/shop.Cart", shop)
    assert slim("trace", "stop", started.report["name"], "-o", "live.trace").code == 0
    ran = slim("build", shop, *MINIMAL, "--from-trace", "live.trace")
    assert ran.passed("slim") == ["grpc /shop.Cart"]
