"""Either source of the trace alone gives a working image, and the report says which it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import BUSYBOX, MINIMAL, Ran, run_slim

pytestmark = pytest.mark.engine

IMAGE = f"""\
FROM {BUSYBOX}
COPY start /start
RUN mkdir -p /www/inner && echo hello >/www/inner/page && ln -s inner/page /www/link && \\
    touch /www/unused
EXPOSE 8080
CMD ["/start"]
"""
START = b"#!/bin/sh\nexec httpd -f -p 8080 -h /www\n"


@pytest.fixture(scope="module")
def server(image: Callable[..., str]) -> str:
    return image(IMAGE, {"start": START})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("build")


@pytest.fixture(scope="module")
def built(server: str, folder: Path) -> Ran:
    """A build by both sources."""
    return run_slim("build", server, *MINIMAL, "--http-probe", "/link", folder=folder)


def test_both(built: Ran) -> None:
    assert built.report["trace"]["sources"] == ["fanotify", "notify"]
    assert built.report["trace"]["missing_sources"] == {}


@pytest.mark.parametrize(("source", "other"), [("notify", "fanotify"), ("fanotify", "notify")])
def test_one_alone(
    slim: Callable[..., Ran], built: Ran, server: str, source: str, other: str
) -> None:
    ran = slim(
        "build", server, *MINIMAL, "--tag", f"{server}-{source}",
        "--http-probe", "/link", "--exec-probe", "cat /www/inner/page", "--trace-source", source,
    )  # fmt: skip
    assert ran.passed("slim") == ["GET /link", "exec cat /www/inner/page"]
    trace = ran.report["trace"]
    assert trace["sources"] == [source]
    assert list(trace["missing_sources"]) == [other]
    kept = {entry["path"] for entry in ran.report["kept"]}
    assert {"/start", "/bin/busybox", "/bin/sh", "/www/inner/page"} <= kept
    assert "/www/unused" not in kept


def test_a_trace_file_is_printed(slim: Callable[..., Ran], built: Ran, folder: Path) -> None:
    file = folder / built.report["artifacts"]["trace"]
    printed = slim("debug", "trace", str(file))
    assert printed.code == 0
    lines = printed.stdout.splitlines()
    assert "by fanotify and notify" in lines[0]
    assert any("execve(" in line and '"/start"' in line for line in lines)
    assert any('--- phase "GET /link"' in line for line in lines)
    assert any("listening on" in line and line.endswith(":8080") for line in lines)
    assert "--- complete" in lines[-1]


@pytest.mark.parametrize("damage", ["cut", "changed", "foreign"])
def test_a_damaged_trace_file_is_refused(
    slim: Callable[..., Ran], built: Ran, folder: Path, tmp_path: Path, damage: str
) -> None:
    whole = (folder / built.report["artifacts"]["trace"]).read_bytes()
    middle = len(whole) // 2
    damaged = {
        "cut": whole[:middle],
        "changed": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        "foreign": b"#!/bin/sh\n" * 100,
    }
    (tmp_path / "trace").write_bytes(damaged[damage])
    ran = slim("debug", "trace", "trace")
    assert ran.code in (11, 12)
    assert ran.stderr.count("error: ") == 1
