"""`pytest --slim-image`: a test suite of the user's drives the trace, and the image is of that."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from slimmer.trace.saved import read_saved_trace
from tests.engine.conftest import BUSYBOX, OWN, events_since

pytest_plugins = ("pytester",)
pytestmark = pytest.mark.engine

FLASK = "slimmer-samples/flask:latest"
SHOP = Path(__file__).resolve().parents[2] / "sample_apps" / "flask" / "test_shop.py"
DOCKERFILE = f"""\
FROM {BUSYBOX}
RUN mkdir /www && for name in one two three four; do echo $name >/www/$name; done
EXPOSE 8080
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
"""
SUITE = """\
import urllib.request

import pytest


@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_page(slim_target, name):
    page = urllib.request.urlopen(f"{slim_target.url}/{name}", timeout=30).read().decode()
    assert page == f"{name}\\n"
"""


@pytest.fixture(scope="module")
def server(image: Callable[..., str]) -> str:
    return image(DOCKERFILE)


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """pytest with a home of its own in a process of its own."""
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("CI", raising=False)

    def run(*arguments: str) -> Result:
        return Result(pytester.runpytest_subprocess(*arguments, timeout=300))

    return run


class Result:
    """How a pytest ended, and what it printed."""

    def __init__(self, ran: pytest.RunResult) -> None:
        self.code = int(ran.ret)
        self.text = ran.stdout.str() + ran.stderr.str()
        self.outcomes = re.findall(r"=+ ((?:\d+ \w+(?:, )?)+) in ", self.text)


@pytest.fixture
def slim_name(client: docker.DockerClient) -> Iterator[str]:
    """A name for a slim image; it goes at the end, and its debug image with it."""
    name = f"{OWN}-suite:{time.monotonic_ns()}"
    yield name
    for each in (name, f"{name}-debug"):
        with contextlib.suppress(docker.errors.ImageNotFound):
            client.images.remove(each, force=True)


def running(client: docker.DockerClient, image: str) -> list[str]:
    """The roles of the containers that slimmer has of an image."""
    identity = client.images.get(image).id
    return sorted(
        line["Labels"]["dev.slimmer.role"]
        for line in client.api.containers(all=True, filters={"label": "dev.slimmer.session"})
        if line["ImageID"] == identity
    )


def test_the_shops_own_tests_build_its_image_and_verify_it(
    run: Callable[..., Result], client: docker.DockerClient, slim_name: str, tmp_path: Path
) -> None:
    ran = run(
        str(SHOP), "--slim-image", FLASK, "--slim-http-probe", "/health", "--slim-build",
        "--slim-tag", slim_name, "--slim-trace", str(tmp_path / "shop.trace"), "--slim-verify",
        "--junitxml", str(tmp_path / "junit.xml"),
    )  # fmt: skip
    assert ran.code == 0, ran.text
    assert ran.outcomes == ["7 passed", "7 passed"]
    assert f"all tests pass against {slim_name}" in ran.text
    assert re.search(rf"slim +{re.escape(slim_name)} .* smaller", ran.text)
    slim, original = client.images.get(slim_name), client.images.get(FLASK)
    assert slim.attrs["Size"] < original.attrs["Size"] / 5
    assert client.images.get(f"{slim_name}-debug").id
    saved = read_saved_trace(tmp_path / "shop.trace")
    zone = saved.paths["/usr/share/zoneinfo/Asia/Tokyo"]
    assert {use.phase for use in zone.uses} == {"tests"}
    assert sorted(path.name for path in tmp_path.glob("junit*")) == ["junit-slim.xml", "junit.xml"]


def test_workers_of_xdist_share_the_container(
    run: Callable[..., Result],
    client: docker.DockerClient,
    pytester: pytest.Pytester,
    server: str,
    tmp_path: Path,
) -> None:
    pytester.makepyfile(
        SUITE
        + """\

def test_told(slim_target, worker_id, request):
    assert worker_id.startswith("gw")
    assert request.config.pluginmanager.has_plugin("slimmer controller") is False


@pytest.fixture(autouse=True)
def told(slim_target, worker_id):
    with open("told", "a") as file:
        file.write(f"{worker_id} {slim_target.container} {slim_target.url}\\n")
"""
    )
    file = tmp_path / "app.trace"
    ran = run("-n", "2", "--slim-image", server, "--slim-trace", str(file))
    assert ran.code == 0, ran.text
    told = [line.split() for line in (pytester.path / "told").read_text().splitlines()]
    assert len(told) == 4
    assert {worker for worker, *_ in told} == {"gw0", "gw1"}
    assert len({tuple(where) for _, *where in told}) == 1
    seen = read_saved_trace(file).paths
    assert {"/www/one", "/www/two", "/www/three"} <= set(seen)
    assert "/www/four" not in seen
    assert running(client, server) == []


def test_nothing_comes_of_tests_that_fail(
    run: Callable[..., Result],
    client: docker.DockerClient,
    pytester: pytest.Pytester,
    server: str,
    slim_name: str,
) -> None:
    pytester.makepyfile(SUITE.replace('"three"', '"none"'))
    file = pytester.path / "app.trace"
    arguments = ("--slim-image", server, "--slim-trace", file.name)
    ran = run(*arguments, "--slim-build", "--slim-tag", slim_name)
    assert ran.code == pytest.ExitCode.TESTS_FAILED
    assert "nothing is built: the tests have not all passed" in ran.text
    assert not file.exists()
    with pytest.raises(docker.errors.ImageNotFound):
        client.images.get(slim_name)
    assert running(client, server) == []

    ran = run(*arguments, "--slim-even-if-failed")
    assert ran.code == pytest.ExitCode.TESTS_FAILED
    assert "/www/two" in read_saved_trace(file).paths


def test_a_suite_that_breaks_its_own_process(
    run: Callable[..., Result], pytester: pytest.Pytester, server: str
) -> None:
    """It goes elsewhere, blocks sockets, stops the clock and points docker nowhere, and cleans up
    nothing of that."""
    pytester.makepyfile(
        SUITE
        + """\

def test_the_last():
    import os, socket, time

    os.mkdir("elsewhere")
    os.chdir("elsewhere")
    os.environ["DOCKER_HOST"] = "tcp://192.0.2.1:1"
    socket.socket = socket.create_connection = None
    time.time = time.monotonic = lambda: 0.0
"""
    )
    ran = run("--slim-image", server, "--slim-trace", "app.trace")
    assert ran.code == 0, ran.text
    assert "/www/two" in read_saved_trace(pytester.path / "app.trace").paths


def test_a_build_that_fails_fails_the_session(
    run: Callable[..., Result],
    client: docker.DockerClient,
    pytester: pytest.Pytester,
    server: str,
    slim_name: str,
) -> None:
    pytester.makepyfile(SUITE)
    (pytester.path / "slim.yaml").write_text("max_size: 1B\ndebug: false\n")
    ran = run(
        "--slim-image", server, "--slim-build", "--slim-tag", slim_name, "--slim-file", "slim.yaml"
    )
    assert ran.outcomes == ["3 passed"]
    assert ran.code == pytest.ExitCode.TESTS_FAILED
    assert "error: the slim image" in ran.text
    with pytest.raises(docker.errors.ImageNotFound):
        client.images.get(slim_name)


def test_tests_that_fail_against_the_slim_image(
    run: Callable[..., Result], pytester: pytest.Pytester, server: str, slim_name: str
) -> None:
    """One asks for a page that it has never asked the original for."""
    pytester.makepyfile(
        SUITE
        + f"""\

def test_image(slim_target):
    page = "four" if slim_target.image == "{slim_name}" else "one"
    urllib.request.urlopen(f"{{slim_target.url}}/{{page}}", timeout=30)
"""
    )
    (pytester.path / "slim.yaml").write_text("strategy: minimal\ndebug: false\n")
    build = ("--slim-build", "--slim-file", "slim.yaml")
    names = ("--slim-image", server, "--slim-tag", slim_name, "--slim-verify")
    ran = run(*names, *build, "--slim-run", "-e 'A=b c' -w /www")
    assert ran.code == pytest.ExitCode.TESTS_FAILED
    assert ran.outcomes == ["1 failed, 3 passed", "4 passed"], ran.text
    assert f"the tests fail against {slim_name}" in ran.text
    # And without a build: the image that is there.
    ran = run(*names)
    assert ran.code == pytest.ExitCode.TESTS_FAILED
    assert ran.outcomes == ["1 failed, 3 passed"]
    assert "HTTP Error 404" in ran.text


def test_off_unless_asked_for(run: Callable[..., Result], pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        SUITE
        + """\

def test_nothing_was_imported():
    import sys

    own = {name for name in sys.modules if name.startswith("slimmer")}
    assert own == {"slimmer", "slimmer.pytest_plugin", "slimmer.pytest_plugin.target"}
    assert "docker" not in sys.modules
"""
    )
    ran = run("-rs")
    assert ran.code == 0, ran.text
    assert ran.outcomes == ["1 passed, 3 skipped"]
    assert "no --slim-image is given" in ran.text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--slim-build"], "need --slim-image"),
        (["--slim-image", BUSYBOX], "say what comes of it"),
        (
            ["--slim-image", BUSYBOX, "--slim-trace", "a.trace", "--slim-verify"],
            "needs --slim-build, too",
        ),
        (["--slim-image", "no-such-image:1", "--slim-build"], "no-such-image:1 is not in the"),
        (["--slim-image", BUSYBOX, "--slim-verify"], "busybox:latest-slim is not in the engine"),
        (["--slim-image", BUSYBOX, "--slim-build", "--slim-run=--privileged"], "--privileged"),
        (["--slim-image", BUSYBOX, "--slim-build", "--slim-run", "sh -c 'exit 3'"], "status 3"),
    ],
)
def test_what_cannot_be_done(
    run: Callable[..., Result], pytester: pytest.Pytester, arguments: list[str], message: str
) -> None:
    pytester.makepyfile(SUITE)
    ran = run(*arguments)
    assert ran.code not in (0, pytest.ExitCode.INTERNAL_ERROR)
    assert message in ran.text
    assert "Traceback" not in ran.text


def test_collecting_starts_nothing(
    client: docker.DockerClient,
    run: Callable[..., Result],
    pytester: pytest.Pytester,
    server: str,
) -> None:
    pytester.makepyfile(SUITE)
    began = time.time()
    assert run("--collect-only", "--slim-image", server, "--slim-build").code == 0
    events = events_since(client, began)
    assert not [each for each in events if each.get("from", "").startswith(server)]


def test_a_pytest_that_is_killed_leaves_nothing_running(
    client: docker.DockerClient,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    server: str,
) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    pytester.makepyfile(
        "import time\n\ndef test_long(slim_target):\n"
        "    open('address', 'w').write(slim_target.url)\n    time.sleep(1000)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "--slim-image", server, "--slim-build"],
        cwd=pytester.path,
        stdout=subprocess.DEVNULL,
    ) as process:
        address = pytester.path / "address"
        wait_until(lambda: address.exists() and bool(address.read_text()))
        assert urllib.request.urlopen(f"{address.read_text()}/one", timeout=30).status == 200
        assert running(client, server) == ["sidecar", "target"]
        process.kill()
    wait_until(lambda: running(client, server) == [])
    listed = subprocess.run(
        [sys.executable, "-m", "slimmer", "trace", "list", "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(listed.stdout) == []


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
