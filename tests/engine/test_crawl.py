"""Crawls of real images: what is linked is kept, and asked for again in the slim image."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from slimmer.build import build_image
from slimmer.options import BuildOptions, DebugImage
from slimmer.probing.explore.crawl import CrawlOptions
from slimmer.progress import console_progress
from slimmer.values import Strategy
from tests.engine.conftest import BUSYBOX, MINIMAL, State, exported, run_slim

pytestmark = pytest.mark.engine

SITE = {
    "www/index.html": b"<link rel=stylesheet href=style.css><a href=deep/>d</a><a href=/gone>g</a>",
    "www/style.css": b"body { background: url(img/back.png) }",
    "www/img/back.png": b"\x89PNG\r\n",
    "www/deep/index.html": b'<a href="../cgi-bin/data">d</a><a href="http://192.0.2.1/x">away</a>',
    "www/cgi-bin/data": b"#!/bin/sh\necho 'Content-type: text/plain'\necho\ncat /data/file\n",
    "www/unlinked.html": b"nobody comes here",
    "data/file": b"the data\n",
}
DOCKERFILE = (
    f"FROM {BUSYBOX}\nCOPY www /www\nCOPY data /data\nEXPOSE 8080\n"
    "CMD exec httpd -f -p 8080 -h /www\n"
)
LINKED = {
    *("/www/index.html", "/www/style.css", "/www/img/back.png", "/www/deep/index.html"),
    *("/www/cgi-bin/data", "/data/file"),
}


@pytest.fixture(scope="module")
def site(image: Callable[..., str]) -> str:
    return image(DOCKERFILE, SITE)


def files(client: docker.DockerClient, image: str) -> set[str]:
    """The site's files in an image, as the engine tells them."""
    paths = (path for path, member in exported(client, image).items() if member.isfile())
    return {path for path in paths if path.startswith(("/www/", "/data/"))}


def test_what_is_linked_is_kept_and_asked_for_again(
    site: str, client: docker.DockerClient, tmp_path: Path
) -> None:
    ran = run_slim("build", site, *MINIMAL, "--crawl", folder=tmp_path)
    assert ran.passed("original") == ran.passed("slim") == ["crawl start", "crawl"]
    assert files(client, ran.report["slim"]["reference"]) == LINKED
    (reasons,) = (each["reasons"] for each in ran.report["kept"] if each["path"] == "/data/file")
    assert any("in phase crawl" in reason["detail"] for reason in reasons)
    phases = {each["name"]: each["new_files"] for each in ran.report["coverage"]["phases"]}
    assert phases["crawl"] >= len(LINKED) - 1
    (explored,) = ran.report["explorations"]
    assert explored["source"] == "http://localhost:8080/"
    assert explored["statuses"] == {"200": 5, "404": 1}
    assert [fault["request"] for fault in explored["faults"]] == ["GET /gone"]
    assert [each["reason"] for each in explored["left_out"]] == ["of another origin"]


def test_a_page_that_breaks_fails_the_smoke_test(
    site: str, tmp_path: Path, unchanged: Callable[[], State]
) -> None:
    unchanged()
    ran = run_slim(
        "build", site, *MINIMAL, "--crawl", "--exclude", "/www/deep/index.html", folder=tmp_path
    )
    assert ran.code == 13
    assert "/deep/" in ran.stderr
    assert "404 instead of 200" in ran.stderr


def test_a_page_that_breaks_is_repaired(
    site: str, client: docker.DockerClient, tmp_path: Path
) -> None:
    """The page itself is there: only what it says is another one, or nothing."""
    report = build_image(
        BuildOptions(
            image=site,
            withheld=("/data/file",),
            crawl=CrawlOptions(),
            strategy=Strategy.MINIMAL,
            debug=DebugImage.NONE,
            report_directory=tmp_path / "report",
        ),
        console_progress(sys.stderr, quiet=True),
    )
    assert report.repair is not None
    assert [each.path for each in report.repair.paths] == ["/data/file"]
    assert report.slim is not None
    assert files(client, report.slim.reference) == LINKED


def test_a_start_that_fails_ends_the_build(
    site: str, tmp_path: Path, unchanged: Callable[[], State]
) -> None:
    unchanged()
    ran = run_slim("build", site, *MINIMAL, "--crawl", "/missing", folder=tmp_path)
    assert ran.code == 9
    assert "the probe `crawl start` fails on the original: 404" in ran.stderr


def test_a_probe_with_the_name_of_the_crawl_is_refused(site: str, tmp_path: Path) -> None:
    (tmp_path / "slim.yaml").write_text(
        f"image: {site}\ncrawl: true\nprobes:\n  - http: {{name: crawl, path: /}}\n"
    )
    ran = run_slim("build", folder=tmp_path)
    assert ran.code == 2
    assert "a probe is called `crawl`" in ran.stderr


def test_a_saved_trace_has_what_was_crawled(site: str, tmp_path: Path) -> None:
    """Beside a probe of the user's: the same image has passed the same already; asked again, it
    passes again, and one that lacks a page does not."""
    probe = ("--http-probe", "/unlinked.html")
    traced = run_slim(
        "build", site, *MINIMAL, *probe, "--crawl", "--save-trace", "app.trace", folder=tmp_path
    )
    again = ("build", site, *MINIMAL, *probe, "--from-trace", "app.trace")
    known = run_slim(*again, folder=tmp_path)
    assert known.report["slim"]["id"] == traced.report["slim"]["id"]
    assert [test["image"] for test in known.report["tests"]] == ["original"], "not examined again"
    asked = run_slim(*again, "--verify", "status", folder=tmp_path)
    assert asked.passed("slim") == ["GET /unlinked.html", "crawl start", "crawl"]
    broken = run_slim(*again, "--exclude", "/www/style.css", "--repair", "0", folder=tmp_path)
    assert broken.code == 13
    assert "GET /style.css: 404 instead of 200" in broken.stderr


DESCRIPTION = {
    "openapi": "3.0.0",
    "info": {"title": "t", "version": "1"},
    "servers": [{"url": "/cgi-bin"}],
    "paths": {
        "/double": {
            "get": {
                "parameters": [
                    {
                        "name": "n",
                        "in": "query",
                        "required": True,
                        "schema": {"type": "integer", "minimum": 1, "maximum": 9},
                    }
                ],
                "responses": {"200": {"description": "twice as much"}},
            }
        }
    },
}
DOUBLE = b"""\
#!/bin/sh
case $QUERY_STRING in
n=[1-9]) . /data/good ;;
*) . /data/bad ;;
esac
"""


def test_valid_and_invalid_input_of_a_description(
    image: Callable[..., str], client: docker.DockerClient, tmp_path: Path
) -> None:
    """Each kind of input needs a file of its own."""
    name = image(
        DOCKERFILE,
        {
            "www/openapi.json": json.dumps(DESCRIPTION).encode(),
            "www/cgi-bin/double": DOUBLE,
            "data/good": b"echo 'Content-type: text/plain'; echo; echo $((2 * ${QUERY_STRING#n=}))",
            "data/bad": b"echo 'Status: 422 No'; echo 'Content-type: text/plain'; echo; echo no\n",
            "data/unused": b"",
        },
    )
    ran = run_slim("build", name, *MINIMAL, "--openapi", "/openapi.json", folder=tmp_path)
    probes = ["openapi description", "openapi GET /double"]
    assert ran.passed("original") == ran.passed("slim") == probes
    assert files(client, ran.report["slim"]["reference"]) == {
        *("/www/openapi.json", "/www/cgi-bin/double", "/data/good", "/data/bad"),
    }
    (explored,) = ran.report["explorations"]
    assert explored["name"] == "openapi"
    assert explored["statuses"]["422"] > 0
    assert explored["statuses"]["200"] > 0


def test_the_role_that_serves_is_crawled(
    site: str, client: docker.DockerClient, tmp_path: Path
) -> None:
    """The other one listens on nothing, and needs what no page shows."""
    (tmp_path / "slim.yaml").write_text(
        f"image: {site}\nstrategy: minimal\ndebug: false\nroles:\n  web: {{crawl: /}}\n"
        "  job: {run: {command: [cat, /www/unlinked.html]}}\n"
    )
    report = run_slim("build", "--json", folder=tmp_path).report
    assert files(client, report["slim"]["reference"]) == {*LINKED, "/www/unlinked.html"}
    assert "web: crawl" in [phase["name"] for phase in report["trace"]["phases"]]
    (explored,) = report["explorations"]
    assert (explored["role"], explored["name"]) == ("web", "crawl")
