"""`slim trace start … stop`: a container that somebody else's tests use, and the trace of that."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import psutil
import pytest

from slimmer.engine import owner_is_alive
from slimmer.errors import (
    ImageNotFoundError,
    InterruptedRunError,
    NotListeningError,
    OriginalExitedError,
    OriginalProbeError,
    TraceIncompleteError,
    UsageError,
)
from slimmer.image import SESSION_LABEL
from slimmer.trace.saved import SavedTrace, read_saved_trace
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran, State

pytestmark = pytest.mark.engine

START = b"""\
#!/bin/sh
trap 'read line </www/bye; exit 7' TERM
httpd -f -p 8080 -h /www &
wait
"""
DOCKERFILE = f"""\
FROM {BUSYBOX}
COPY start /start
RUN mkdir /www && for name in one two three bye; do echo $name >/www/$name; done
EXPOSE 8080
CMD ["/start"]
"""


@pytest.fixture(scope="module")
def server(image: Callable[..., str]) -> str:
    return image(DOCKERFILE, {"start": START})


@pytest.fixture(autouse=True)
def traces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slim: Callable[..., Ran]
) -> Iterator[Path]:
    """Where live traces are kept; none of the test's own is left behind."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "state" / "slimmer" / "traces"
    yield folder
    for left in folder.glob("*"):
        slim("trace", "stop", left.name, "--discard")


def started(ran: Ran) -> Any:
    """What `slim trace start --json` printed."""
    return ran.report


def get(trace: Any, path: str) -> int:
    try:
        return int(urllib.request.urlopen(trace["addresses"][0]["url"] + path, timeout=30).status)
    except urllib.error.HTTPError as error:
        return error.code


def phases(saved: SavedTrace, path: str) -> set[str]:
    return {use.phase for use in saved.paths[path].uses}


def daemon_of(traces: Path, name: str) -> psutil.Process:
    """The daemon of a trace."""
    return psutil.Process(int((traces / name / "owner").read_text().split("/")[2]))


def kill(traces: Path, name: str) -> None:
    """As the kernel does when memory is short."""
    owner = (traces / name / "owner").read_text().partition("\n")[0]
    daemon_of(traces, name).kill()
    deadline = time.monotonic() + 30
    while owner_is_alive(owner):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def containers(client: docker.DockerClient, image: str) -> list[str]:
    """The roles of all containers of an image that slimmer has made."""
    identity = client.images.get(image).id
    return sorted(
        line["Labels"]["dev.slimmer.role"]
        for line in client.api.containers(all=True, filters={"label": "dev.slimmer.session"})
        if line["ImageID"] == identity
    )


def test_what_tests_of_any_kind_used_is_kept(
    slim: Callable[..., Ran], client: docker.DockerClient, server: str, tmp_path: Path
) -> None:
    trace = started(slim("trace", "start", "--json", server, "-e", "MODE=test"))
    assert [each["port"] for each in trace["addresses"]] == [8080]
    container = client.containers.get(trace["container"])
    assert container.status == "running"
    assert "MODE=test" in container.attrs["Config"]["Env"]
    assert [get(trace, path) for path in ("/two", "/none")] == [200, 404]

    listed = slim("trace", "list")
    assert listed.stdout.startswith(f"{trace['name']}  running")
    assert trace["addresses"][0]["url"].removeprefix("http://") in listed.stdout
    assert trace["container"][:12] not in slim("clean", "--dry-run").stdout

    ran = slim("trace", "stop", trace["name"], "-o", "app.trace")
    # The stop signal ran the trap, whose status is that of the stop and no failure.
    assert ran.code == 0, ran.stderr
    saved = read_saved_trace(tmp_path / "app.trace")
    assert phases(saved, "/www/two") == {"tests"}
    assert phases(saved, "/www/bye") == {"shutdown"}
    assert phases(saved, "/start") == {"boot"}
    assert "/www/three" not in saved.paths
    with pytest.raises(docker.errors.NotFound):
        client.containers.get(trace["container"])
    assert slim("trace", "list").stdout == ""

    again = slim("trace", "stop", trace["name"], "-o", "app.trace")
    assert again.code == UsageError.exit_code
    assert f"there is no trace named {trace['name']}" in again.stderr

    built = slim("build", server, *MINIMAL, "--from-trace", "app.trace", "--http-probe", "/two")
    assert built.passed("slim") == ["GET /two"]
    kept = {entry["path"] for entry in built.report["kept"]}
    assert {"/www/two", "/www/bye"} <= kept
    assert "/www/three" not in kept

    unprobed = slim("build", server, *MINIMAL, "--from-trace", "app.trace")
    assert unprobed.code == 0
    assert any("nobody has asked them anything" in note for note in unprobed.notes)


def test_the_probe_that_saw_it_ready_tests_the_slim_image(
    slim: Callable[..., Ran], server: str, tmp_path: Path
) -> None:
    """Behind `--` as well, with a name of the user's, for people instead of machines."""
    ran = slim(
        "trace", "start", "--http-probe", "/one", "--http-probe", "/two?token=s3cr3t-tea",
        server, "--", "-p", "127.0.0.1::8080", "--name", f"live-{os.getpid()}",
    )  # fmt: skip
    name, address = ran.stdout.splitlines()
    assert name == f"live-{os.getpid()}"
    port, place = address.split()
    assert port == "8080"
    assert urllib.request.urlopen(f"http://{place}/two", timeout=30).status == 200
    assert "slim trace stop" in ran.stderr
    assert slim("trace", "stop", name, "--output", "app.trace").code == 0
    assert b"s3cr3t-tea" not in (tmp_path / "app.trace").read_bytes()
    built = slim("build", server, *MINIMAL, "--from-trace", "app.trace")
    assert built.passed("slim") == ["GET /one"]


def test_thousands_of_files_and_no_terminal(
    slim: Callable[..., Ran],
    client: docker.DockerClient,
    image: Callable[..., str],
    traces: Path,
    tmp_path: Path,
) -> None:
    """The daemon has no terminal that could close, and no stdout that
    somebody may wait for the end of; a hangup is none of its business."""
    name = image(
        f"FROM {BUSYBOX}\nRUN mkdir /many && cd /many && for n in $(seq 5000); do echo >$n; done\n"
        'CMD ["sleep", "1000"]\n'
    )
    trace = started(slim("trace", "start", "--json", name))
    assert trace["addresses"] == []
    process = daemon_of(traces, trace["name"])
    assert process.terminal() is None
    assert os.getsid(process.pid) == process.pid
    process.send_signal(signal.SIGHUP)
    ran = client.containers.get(trace["container"]).exec_run(
        ["sh", "-c", "for n in /many/*; do read line <$n; done"]
    )
    assert ran.exit_code == 0
    assert slim("trace", "stop", trace["name"], "-o", "app.trace").code == 0
    seen = read_saved_trace(tmp_path / "app.trace").paths
    assert {f"/many/{number}" for number in range(1, 5001)} <= set(seen)


def test_a_name_is_given_once(slim: Callable[..., Ran], server: str, traces: Path) -> None:
    name = f"twice-{os.getpid()}"
    assert slim("trace", "start", server, "--name", name).code == 0
    again = slim("trace", "start", server, "--name", name)
    assert again.code == UsageError.exit_code
    assert f"there is a trace named {name} already" in again.stderr
    nowhere = slim("trace", "stop", name, "-o", "no/such/folder/app.trace")
    assert nowhere.code == UsageError.exit_code
    undecided = slim("trace", "stop", name)
    assert undecided.code == UsageError.exit_code
    assert (traces / name).exists()
    assert daemon_of(traces, name).is_running()


@pytest.mark.parametrize("name", ["never-started", "../../etc", ""])
def test_a_name_that_nobody_has(slim: Callable[..., Ran], name: str) -> None:
    ran = slim("trace", "stop", name, "-o", "app.trace")
    assert ran.code == UsageError.exit_code
    assert "there is no trace named" in ran.stderr


def test_a_container_that_ended_by_itself(
    slim: Callable[..., Ran], client: docker.DockerClient, server: str, tmp_path: Path
) -> None:
    trace = started(slim("trace", "start", "--json", server))
    assert get(trace, "/two") == 200
    container = client.containers.get(trace["container"])
    container.kill("TERM")
    wait_until(lambda: "ended with status 7" in slim("trace", "list").stdout)
    assert "/www/two" not in slim("clean", "--dry-run").stdout
    ran = slim("trace", "stop", trace["name"], "-o", "app.trace")
    assert ran.code == OriginalExitedError.exit_code
    assert "ended by itself with status 7" in ran.stderr
    assert "what was seen until then is saved to app.trace" in ran.stderr
    saved = read_saved_trace(tmp_path / "app.trace")
    assert phases(saved, "/www/two") == phases(saved, "/www/bye") == {"tests"}
    built = slim("build", server, *MINIMAL, "--from-trace", "app.trace", "--http-probe", "/two")
    assert built.passed("slim") == ["GET /two"]


@pytest.mark.parametrize("how", ["kill", "remove"])
def test_a_container_that_was_killed(
    slim: Callable[..., Ran], client: docker.DockerClient, server: str, tmp_path: Path, how: str
) -> None:
    """The sensor outlives it, and its trace is complete."""
    trace = started(slim("trace", "start", "--json", server))
    assert get(trace, "/two") == 200
    container = client.containers.get(trace["container"])
    container.kill() if how == "kill" else container.remove(force=True)
    ran = slim("trace", "stop", trace["name"], "-o", "app.trace")
    assert ran.code == OriginalExitedError.exit_code
    assert "with status 137" in ran.stderr
    saved = read_saved_trace(tmp_path / "app.trace")
    assert phases(saved, "/www/two") == {"tests"}
    assert containers(client, server) == []


def test_a_sensor_that_was_killed(
    slim: Callable[..., Ran], client: docker.DockerClient, server: str, tmp_path: Path
) -> None:
    trace = started(slim("trace", "start", "--json", server))
    assert get(trace, "/two") == 200
    (sidecar,) = [
        each
        for each in client.containers.list(filters={"label": "dev.slimmer.role=sidecar"})
        if each.labels[SESSION_LABEL]
        == client.containers.get(trace["container"]).labels[SESSION_LABEL]
    ]
    sidecar.kill()
    ran = slim("trace", "stop", trace["name"], "-o", "app.trace", "--json")
    assert ran.code == TraceIncompleteError.exit_code
    assert json.loads(ran.stdout)["error"]["exit_code"] == TraceIncompleteError.exit_code
    assert f"the trace {trace['name']} is incomplete" in ran.stderr
    assert [path.name for path in tmp_path.glob("app*")] == ["app.trace.incomplete"]
    printed = slim("debug", "trace", "app.trace.incomplete")
    assert "/www/two" in printed.stdout
    refused = slim("build", server, *MINIMAL, "--from-trace", "app.trace.incomplete")
    assert refused.code != 0
    assert containers(client, server) == []


def test_the_daemon_was_killed(
    slim: Callable[..., Ran],
    client: docker.DockerClient,
    server: str,
    traces: Path,
    tmp_path: Path,
) -> None:
    trace = started(slim("trace", "start", "--json", server))
    kill(traces, trace["name"])
    assert slim("trace", "list").stdout.startswith(f"{trace['name']}  killed")
    would_go = slim("clean", "--dry-run").stdout
    assert str(traces / trace["name"]) in would_go
    assert client.containers.get(trace["container"]).id[:12] in would_go  # type: ignore[index]

    ran = slim("trace", "stop", trace["name"], "-o", "app.trace")
    assert ran.code == TraceIncompleteError.exit_code
    assert "its daemon was killed" in ran.stderr
    assert not (tmp_path / "app.trace").exists()
    assert containers(client, server) == []
    assert slim("trace", "list").stdout == ""


@pytest.mark.parametrize(
    ("script", "options", "error", "message"),
    [
        ("echo no database; exit 3", [], OriginalExitedError, "ended with status 3"),
        ("exit 0", [], OriginalExitedError, "before anybody could use it"),
        ("exec sleep 1000", ["--start-timeout", "2"], NotListeningError, "does not listen"),
        ("exec httpd -f -p 9", [], NotListeningError, "the original listens on 9"),
        ("exec httpd -f -p 8080", ["--http-probe", "/none"], OriginalProbeError, "404"),
    ],
)
def test_an_application_that_is_never_ready(
    slim: Callable[..., Ran],
    client: docker.DockerClient,
    image: Callable[..., str],
    unchanged: Callable[[], State],
    traces: Path,
    script: str,
    options: list[str],
    error: Any,
    message: str,
) -> None:
    name = image(f"FROM {BUSYBOX}\nEXPOSE 8080\nCMD {script}\n")
    unchanged()
    ran = slim("trace", "start", "--json", *options, name)
    assert ran.code == error.exit_code, ran.stderr
    assert message in ran.stderr
    assert json.loads(ran.stdout)["error"]["exit_code"] == error.exit_code
    assert list(traces.glob("*")) == []


def test_an_image_that_is_not_there(slim: Callable[..., Ran], traces: Path) -> None:
    assert slim("trace", "start", "no-such-image:1").code == ImageNotFoundError.exit_code
    assert slim("trace", "start", BUSYBOX, "--privileged").code == UsageError.exit_code
    assert list(traces.glob("*")) == []


def test_a_start_that_is_interrupted(
    client: docker.DockerClient,
    image: Callable[..., str],
    unchanged: Callable[[], State],
    traces: Path,
    tmp_path: Path,
) -> None:
    name = image(f'FROM {BUSYBOX}\nEXPOSE 8080\nCMD ["sleep", "1000"]\n')
    unchanged()
    with subprocess.Popen(
        [sys.executable, "-m", "slimmer", "trace", "start", name], cwd=tmp_path
    ) as process:
        wait_until(lambda: containers(client, name) == ["sidecar", "target"])
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == InterruptedRunError.exit_code
    assert list(traces.glob("*")) == []


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
