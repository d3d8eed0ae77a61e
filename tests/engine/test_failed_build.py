"""A build that fails after the traced run leaves all that a user needs to see why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import BUSYBOX, Ran

pytestmark = pytest.mark.engine

IMAGE = f"""\
FROM {BUSYBOX}
COPY start /start
RUN mkdir /www && echo hello >/www/index.html && echo hi >/etc/greeting
EXPOSE 8080
CMD ["/start"]
"""
START = b"""\
#!/bin/sh
echo reads its greeting
cat /etc/greeting || exit 3
exec httpd -f -p 8080 -h /www
"""
FLAGS = ("--no-debug", "--http-probe", "/", "--report-dir", "report", "--save-trace", "app.trace")
WITHOUT_GREETING = ("--exclude", "/etc/greeting")


@pytest.fixture(scope="module")
def server(image: Callable[..., str]) -> str:
    """An image whose command ends with status 3 where its greeting is missing."""
    return image(IMAGE, {"start": START})


@pytest.fixture
def fails(
    slim: Callable[..., Ran], server: str, tmp_path: Path
) -> Callable[..., tuple[Ran, dict[str, Any]]]:
    """A build that fails with this exit code, and the report that its error names."""

    def run(code: int, *flags: str) -> tuple[Ran, dict[str, Any]]:
        ran = slim("build", server, *flags)
        assert ran.code == code, ran.stderr
        place = ran.stderr.splitlines()[-1].removeprefix("  report: ")
        report: dict[str, Any] = json.loads((tmp_path / place).read_text())
        assert report["exit_code"] == code
        assert f"error: {report['problem']}\n" in ran.stderr
        assert f"hint: {report['hint']}\n" in ran.stderr
        assert report["slim"] is None
        assert set(report["artifacts"]) >= {"report", "page"}
        for place in report["artifacts"].values():
            assert (tmp_path / place).is_file()
        return ran, report

    return run


def test_a_failed_smoke_test(
    fails: Callable[..., tuple[Ran, dict[str, Any]]],
    slim: Callable[..., Ran],
    server: str,
    tmp_path: Path,
) -> None:
    _, report = fails(13, *FLAGS, *WITHOUT_GREETING)

    log = (tmp_path / "report" / "container.log").read_text()
    assert "reads its greeting" in log
    assert "can't open '/etc/greeting'" in log
    original, finished = report["tests"]
    assert original["passed"]
    assert finished["problem"] == "its command ended with status 3"
    assert finished["log"] == log
    page = (tmp_path / "report" / "report.html").read_text()
    assert "reads its greeting" in page
    assert report["problem"] in page
    assert "/www/index.html" in {each["path"] for each in report["kept"]}
    assert report["excluded"] == ["/etc/greeting"]
    assert slim("debug", "trace", "report/trace").code == 0

    again = slim("build", server, "--no-debug", "--json", "--from-trace", "app.trace")
    assert again.report["slim"] is not None, "the saved trace is whole"


def test_machines_are_told_of_the_report(slim: Callable[..., Ran], server: str) -> None:
    ran = slim("build", server, *FLAGS, *WITHOUT_GREETING, "--json", "--quiet")

    assert ran.code == 13
    error = json.loads(ran.stdout)["error"]
    assert error["exit_code"] == 13
    assert error["report"] == "report/report.json"


def test_a_probe_that_the_original_was_never_sent(
    fails: Callable[..., tuple[Ran, dict[str, Any]]],
    slim: Callable[..., Ran],
    server: str,
    tmp_path: Path,
) -> None:
    assert slim("build", server, *FLAGS).code == 0
    before = (tmp_path / "report" / "report.json").read_bytes()

    _, report = fails(
        13, *FLAGS[:3], "--http-probe", "/no-such-page", *FLAGS[3:5], "--from-trace", "app.trace"
    )

    assert report["trace_file"]["recalled"]
    assert "trace" not in report["artifacts"]
    assert [probe["passed"] for probe in report["tests"][-1]["probes"]] == [True, False]
    assert report["artifacts"]["report"] == "report/failed-rebuild/report.json"
    assert (tmp_path / "report" / "report.json").read_bytes() == before, "of the tagged image"


def test_a_full_disk(
    fails: Callable[..., tuple[Ran, dict[str, Any]]], tiny_disk: Path, tmp_path: Path
) -> None:
    _, report = fails(14, *FLAGS, "--output", str(tiny_disk / "image.tar"))

    assert [test["passed"] for test in report["tests"]] == [True, True]
    assert "no space left" in report["problem"]
    assert "log" not in report["artifacts"], "no container failed"
    assert (tmp_path / "app.trace").is_file()


def test_what_the_container_says_of_its_variables_is_hidden(
    slim: Callable[..., Ran], server: str
) -> None:
    """Applications print their settings, and CI keeps what slim prints."""
    command = ("--cmd", '["/bin/sh", "-c", "echo mode is $MODE >&2; exit 3"]')
    ran = slim("build", server, *FLAGS, *command, "--env", "MODE=hunter2hunter2")
    assert ran.code == 7, ran.stderr
    assert "mode is (hidden)" in ran.stderr
    assert "hunter2" not in ran.stderr + ran.stdout
