"""Long and busy applications: whatever they do, each file that they used is in the trace.

The witness is a list: the server opens exactly the files that the test names, one for each request
or event, so the trace must have every one of them.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docker
import pytest

from slimmer.errors import NotListeningError
from slimmer.trace.saved import SavedTrace, read_saved_trace
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran

pytestmark = pytest.mark.engine

FILES = 2000
CLIENTS = 8
SERVER = b'''\
"""Sends the file below /data that a request names."""
import http.server, os, signal, socketserver, subprocess, sys, threading, time


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open("/data" + self.path, "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Forking(socketserver.ForkingMixIn, http.server.HTTPServer):
    request_queue_size = 128


class Threading(http.server.ThreadingHTTPServer):
    request_queue_size = 128


def later():
    time.sleep(5)
    subprocess.run(["cat", "/data/later"])
    print("done", flush=True)


def stop(*_):
    time.sleep(6)
    open("/data/goodbye").close()
    os._exit(0)


mode = sys.argv[1]
if mode == "boot":
    time.sleep(12)
    open("/data/booted").close()
server = (Forking if mode == "fork" else Threading)(("", 8080), Handler)
if mode == "later":
    threading.Thread(target=later, daemon=True).start()
if mode == "stop":
    signal.signal(signal.SIGTERM, stop)
server.serve_forever()
'''
DOCKERFILE = f"""\
FROM slimmer-samples/flask:latest
USER root
COPY server.py /server.py
RUN mkdir /data && cd /data && touch later goodbye booted && \\
    for n in $(seq {FILES}); do echo $n >$n; done
EXPOSE 8080
ENTRYPOINT ["python3", "/server.py"]
CMD ["thread"]
"""


@pytest.fixture(scope="module")
def busy(image: Callable[..., str]) -> str:
    return image(DOCKERFILE, {"server.py": SERVER})


@pytest.fixture(autouse=True)
def traces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slim: Callable[..., Ran]
) -> Iterator[None]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield
    for left in (tmp_path / "state" / "slimmer" / "traces").glob("*"):
        slim("trace", "stop", left.name, "--discard")


@pytest.fixture
def start(slim: Callable[..., Ran], busy: str) -> Callable[..., Any]:
    """A live trace of the server in a mode."""
    return lambda mode, *flags: slim("trace", "start", "--json", busy, *flags, mode).report


@pytest.fixture
def stop(slim: Callable[..., Ran], tmp_path: Path) -> Callable[[Any], SavedTrace]:
    """End it, and what it saw."""

    def stop(trace: Any) -> SavedTrace:
        ran = slim("trace", "stop", trace["name"], "-o", "app.trace")
        assert ran.code == 0, ran.stderr
        return read_saved_trace(tmp_path / "app.trace")

    return stop


def ask(trace: Any, name: object) -> bytes:
    url = f"{trace['addresses'][0]['url']}/{name}"
    with urllib.request.urlopen(url, timeout=60) as answer:
        return bytes(answer.read())


def programs(saved: SavedTrace, path: str, phase: str) -> set[str]:
    return {use.program for use in saved.paths[path].uses if use.phase == phase}


@pytest.mark.parametrize("mode", ["fork", "thread"])
def test_thousands_of_requests(
    start: Callable[..., Any], stop: Callable[[Any], SavedTrace], mode: str
) -> None:
    """To a server that forks for each, and to one that starts a thread for each."""
    trace = start(mode)
    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda name: ask(trace, name), range(1, FILES + 1)))
    assert [int(answer) for answer in answers] == list(range(1, FILES + 1))
    saved = stop(trace)
    wanted = {f"/data/{name}" for name in range(1, FILES + 1)}
    assert wanted <= set(saved.paths)
    assert {use.phase for path in wanted for use in saved.paths[path].uses} == {"tests"}
    assert "/data/later" not in saved.paths


@pytest.mark.parametrize("mode", ["fork", "thread"])
def test_many_probes_under_way_at_a_time(
    slim: Callable[..., Ran], busy: str, tmp_path: Path, mode: str
) -> None:
    names = range(1, 301)
    probes = [{"http": {"path": f"/{name}", "body_pattern": f"^{name}$"}} for name in names]
    load: dict[str, Any] = {"http": {"path": "/999", "repeat": 500}}
    (tmp_path / "slim.yaml").write_text(
        json.dumps(
            {
                "image": busy,
                "run": {"command": [mode], "probe_workers": CLIENTS},
                "probes": [*probes, load],
            }
        )
    )
    ran = slim("build", *MINIMAL, "--save-trace", "app.trace")
    assert len(ran.passed("slim")) == len(probes) + 1
    saved = read_saved_trace(tmp_path / "app.trace")
    assert {f"/data/{name}" for name in (*names, 999)} <= set(saved.paths)
    assert saved.phases == ("boot", "GET /2 and 299 more", "shutdown")
    assert "/data/1000" not in saved.paths


def test_a_process_that_is_started_later(
    client: docker.DockerClient, start: Callable[..., Any], stop: Callable[[Any], SavedTrace]
) -> None:
    trace = start("later")
    container = client.containers.get(trace["container"])
    for line in container.logs(stream=True, follow=True):
        if b"done" in line:
            break
    else:
        pytest.fail("the server ended")
    assert programs(stop(trace), "/data/later", "tests") == {"/usr/bin/cat"}


def test_a_process_that_is_started_later_in_a_build(
    slim: Callable[..., Ran], busy: str, tmp_path: Path
) -> None:
    ran = slim(
        "build", busy, "--cmd", "later", "--http-probe", "/1", "--exec-probe", "sleep 8",
        "--verify", "off", "--no-debug", "--json", "--save-trace", "app.trace",
    )  # fmt: skip
    assert ran.code == 0, ran.stderr
    saved = read_saved_trace(tmp_path / "app.trace")
    assert programs(saved, "/data/later", "exec sleep 8") == {"/usr/bin/cat"}
    assert "/data/later" in {entry["path"] for entry in json.loads(ran.stdout)["kept"]}


def test_an_application_that_boots_slowly(
    slim: Callable[..., Ran], busy: str, tmp_path: Path
) -> None:
    """It looks up nothing for 12 s, and is not given up before its time is over."""
    ran = slim(
        "build", busy, "--cmd", "boot", "--http-probe", "/1", "--start-timeout", "90",
        "--verify", "off", "--no-debug", "--json", "--save-trace", "app.trace",
    )  # fmt: skip
    assert ran.code == 0, ran.stderr
    saved = read_saved_trace(tmp_path / "app.trace")
    assert {"/data/booted", "/data/1"} <= set(saved.paths)
    assert saved.ready_within == 30
    impatient = slim("build", busy, "--cmd", "boot", "--http-probe", "/1", "--start-timeout", "3")
    assert impatient.code == NotListeningError.exit_code
    assert "within 3 s" in impatient.stderr
    assert "--start-timeout" in impatient.stderr


def test_a_live_trace_waits_for_a_slow_boot(
    start: Callable[..., Any], stop: Callable[[Any], SavedTrace]
) -> None:
    began = time.monotonic()
    trace = start("boot")
    assert time.monotonic() - began > 12
    assert ask(trace, 1) == b"1\n"
    saved = stop(trace)
    assert programs(saved, "/data/booted", "boot")
    assert programs(saved, "/data/1", "tests")


@pytest.mark.parametrize(("limit", "is_seen"), [("15", True), ("2", False)])
def test_an_application_that_stops_slowly(
    start: Callable[..., Any], stop: Callable[[Any], SavedTrace], limit: str, is_seen: bool
) -> None:
    """What it does within its time is in the trace; it is killed behind that."""
    saved = stop(start("stop", "--stop-timeout", limit))
    assert ("/data/goodbye" in saved.paths) is is_seen
    if is_seen:
        assert programs(saved, "/data/goodbye", "shutdown")


def test_an_application_that_fails_until_it_has_started(
    image: Callable[..., str], slim: Callable[..., Ran]
) -> None:
    """As one whose data base starts behind it, in the same container."""
    health = "test -e /tmp/up || echo 'Status: 500 no data base'; echo; echo said"
    start = "rm -f /tmp/up; httpd -p 8080 -h /www; sleep 2; touch /tmp/up; exec sleep 600"
    name = image(
        f"FROM {BUSYBOX}\nCOPY health /www/cgi-bin/health\nCOPY start /start\n"
        'EXPOSE 8080\nCMD ["/start"]\n',
        {"health": f"#!/bin/sh\n{health}\n".encode(), "start": f"#!/bin/sh\n{start}\n".encode()},
    )
    ran = slim("build", name, *MINIMAL, "--http-probe", "/cgi-bin/health", "--stop-timeout", "1")
    assert ran.passed("slim") == ["GET /cgi-bin/health"]
    assert not ran.report["repair"]
