"""An API on loopback, exercised as its description says, and replayed."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import ApiDescriptionError, ConfigurationError
from slimmer.probing import Explored, Prober
from slimmer.probing.explore.openapi import ApiDescription, OpenApiOptions
from slimmer.probing.kinds import ReplayProbe
from tests.unit.probing.explore.crawl.site import Machine, Page, Site, serve
from tests.unit.probing.explore.openapi.test_generation import DESCRIPTION, TEXT

JSON = {"Content-Type": "application/json"}


def api(path: str) -> Page | None:
    """Items 1 to 5; of what is posted, that with `the` in it breaks the application."""

    def post(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        status = 500 if b"the" in body else 201 if body.startswith(b"{") else 422
        handler.answer(status, JSON, b"{}")  # type: ignore[attr-defined]

    if path == "/openapi.json":
        return 200, JSON, TEXT.encode()
    if path == "/api/v1/items":
        return post
    if path == "/api/v1/upload":
        return post
    known = path in {f"/api/v1/items/{number}" for number in range(1, 6)}
    return (200, JSON, b"{}") if known else (404, JSON, b'"unknown"')


def exercised(site: Site, begun: list[str] | None = None, **options: Any) -> Explored:
    given = OpenApiOptions(**{"source": "/openapi.json", "examples": 5, **options})
    phases: list[str] = [] if begun is None else begun
    return ApiDescription(given).explore(Machine(site.port), begin=phases.append)


def test_each_operation_is_a_phase_and_a_probe() -> None:
    phases: list[str] = []
    with serve({}, otherwise=api) as site:
        explored = exercised(site, phases)
        names = ["openapi GET /items/{id}", "openapi POST /items", "openapi POST /upload"]
        assert [result.probe.name for result in explored.results] == phases == names
        for result in explored.results:
            assert isinstance(result.probe, ReplayProbe)
            statuses = {request.status for request in result.probe.requests}
            assert len(statuses) > 1 or result.probe.name == names[2]
            again = Prober(Machine(site.port), probe_timeout=5).once(result.probe)
            assert again.passed, again.answer
    assert site.hosts == {"localhost:8080"}


def test_errors_of_the_application_are_told_and_expected_again() -> None:
    with serve({}, otherwise=api) as site:
        explored = exercised(site)
    (fault, *_) = explored.summary.faults
    assert (fault.request, fault.source) == ("POST /api/v1/items", "POST /items")
    assert fault.answer == "500 Internal Server Error"
    assert explored.summary.statuses["500"] == len(explored.summary.faults)
    posts = explored.results[1].probe
    assert isinstance(posts, ReplayProbe)
    assert 500 in {request.status for request in posts.requests}


def test_another_status_fails_the_replay() -> None:
    with serve({}, otherwise=api) as site:
        explored = exercised(site)
    with serve({}, otherwise=lambda path: (500, JSON, b"{}")) as broken:
        result = Prober(Machine(broken.port), probe_timeout=5).once(explored.results[0].probe)
    assert not result.passed
    assert "500 instead of 404" in result.excerpt


def test_a_description_in_a_file_needs_no_page_of_the_application(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(TEXT)
    exploration = ApiDescription(OpenApiOptions(source="", file=tmp_path / "api.json"))
    assert exploration.first_probe() is None
    with serve({}, otherwise=api) as site:
        explored = exploration.explore(Machine(site.port), begin=lambda _: None)
    assert len(explored.results) == 3
    assert "/openapi.json" not in site.asked
    with pytest.raises(ConfigurationError, match="cannot read"):
        ApiDescription(OpenApiOptions(source="", file=tmp_path / "missing.json"))


def test_the_time_limit_leaves_out_what_is_still_to_come() -> None:
    def slow(path: str) -> Page | None:
        time.sleep(0.3 if path.startswith("/api") else 0)
        return api(path)

    with serve({}, otherwise=slow) as site:
        started = time.monotonic()
        explored = exercised(site, seconds=1.0)
    assert time.monotonic() - started < 10
    (late,) = explored.summary.left_out
    assert late.reason == "later than 1 s (--openapi-time)"
    assert late.examples[-1] == "POST /upload"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ((302, {"Location": "/elsewhere"}, b""), "cannot be read: status 302"),
        ((200, JSON, b"{}"), "is not an OpenAPI description"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), "is not an OpenAPI description"),
    ],
)
def test_a_description_that_is_none_is_refused(page: Page, said: str) -> None:
    with serve({"/openapi.json": page}) as site, pytest.raises(ApiDescriptionError, match=said):
        exercised(site)


def test_servers_that_the_description_names_are_never_asked() -> None:
    with serve({}, otherwise=lambda path: "x") as witness:
        servers = [{"url": f"http://127.0.0.1:{witness.port}/api/v1"}]
        text = json.dumps({**DESCRIPTION, "servers": servers})
        with serve({"/openapi.json": (200, JSON, text.encode())}, otherwise=api) as site:
            explored = exercised(site)
    assert len(explored.results) == 3
    assert witness.connections == 0
