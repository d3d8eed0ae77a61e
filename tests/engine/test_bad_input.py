"""What goes wrong for users: one message, one exit code, and nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import BUSYBOX, Ran, State

pytestmark = pytest.mark.engine

SERVER = f"""\
FROM {BUSYBOX}
RUN mkdir /www && echo hello > /www/index.html
EXPOSE 8080
CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
"""


@pytest.fixture
def server(image: Callable[..., str], unchanged: Callable[[], State]) -> str:
    """An image that serves one page on port 8080."""
    name = image(SERVER)
    unchanged()
    return name


def test_unknown_image(slim: Callable[..., Ran], unchanged: Callable[[], State]) -> None:
    unchanged()
    ran = slim("build", "slimmer-test/no-such:1", "--http-probe", "/")
    assert ran.code == 5
    assert "slimmer-test/no-such:1 is not in the engine" in ran.stderr


def test_neither_a_command_nor_an_image(slim: Callable[..., Ran]) -> None:
    ran = slim("no-such-command")
    assert ran.code == 2
    assert "`no-such-command` is neither a command of slim nor an image" in ran.stderr


def test_a_near_miss_is_named(slim: Callable[..., Ran], server: str) -> None:
    ran = slim("build", server.rpartition(":")[0] + ":typo", "--http-probe", "/")
    assert ran.code == 5
    assert server in ran.stderr


def test_no_engine(slim: Callable[..., Ran], tmp_path: Path) -> None:
    ran = slim("build", "x", environment={"DOCKER_HOST": f"unix://{tmp_path}/none.sock"})
    assert ran.code == 3
    assert "no container engine answers" in ran.stderr


def test_engine_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        os.chown(path, 65534, 65534)
        path.chmod(0o600)
        done = subprocess.run(
            # root without the capability that lets it pass any permission
            ["setpriv", "--bounding-set=-dac_override,-dac_read_search",
             sys.executable, "-m", "slimmer", "build", "x"],
            env={**os.environ, "DOCKER_HOST": f"unix://{path}"},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 4
    assert "group that owns the socket" in done.stderr


def test_wrong_port_names_the_right_one(slim: Callable[..., Ran], server: str) -> None:
    ran = slim("build", server, "--http-probe", "/", "--port", "9999")
    assert ran.code == 8
    assert "nothing listens on port 9999; the original listens on 8080" in ran.stderr
    assert "--port 8080" in ran.stderr


def test_loopback_only_is_explained(
    slim: Callable[..., Ran], image: Callable[..., str], unchanged: Callable[[], State]
) -> None:
    name = image(SERVER.replace('"8080", "-h"', '"127.0.0.1:8080", "-h"'))
    unchanged()
    ran = slim("build", name, "--http-probe", "/")
    assert ran.code == 8
    assert "loopback only" in ran.stderr
    assert "0.0.0.0" in ran.stderr


def test_probe_that_fails_on_the_original(slim: Callable[..., Ran], server: str) -> None:
    ran = slim("build", server, "--http-probe", "/", "--http-probe", "/missing")
    assert ran.code == 9
    assert "`GET /missing` fails on the original: 404" in ran.stderr


def test_command_probe_that_fails_on_the_original(slim: Callable[..., Ran], server: str) -> None:
    ran = slim("build", server, "--http-probe", "/", "--exec-probe", "/bin/busybox false")
    assert ran.code == 9
    assert "exit status 1" in ran.stderr


def test_command_probe_that_does_not_exist(slim: Callable[..., Ran], server: str) -> None:
    ran = slim("build", server, "--http-probe", "/", "--exec-probe", "my-app --version")
    assert ran.code == 10
    assert "my-app cannot be run in the original" in ran.stderr


@pytest.mark.parametrize("arguments", [("--entrypoint", "/no/such/program"), ("--cmd", "nothing")])
def test_entrypoint_that_does_not_exist(
    slim: Callable[..., Ran], server: str, arguments: tuple[str, ...]
) -> None:
    ran = slim("build", server, "--http-probe", "/", *arguments)
    assert ran.code == 10
    assert "command cannot be run" in ran.stderr


def test_original_that_exits_at_once(
    slim: Callable[..., Ran], image: Callable[..., str], unchanged: Callable[[], State]
) -> None:
    name = image(f'FROM {BUSYBOX}\nEXPOSE 80\nCMD ["sh", "-c", "echo no database >&2; exit 3"]\n')
    unchanged()
    ran = slim("build", name, "--http-probe", "/")
    assert ran.code == 7
    assert "ended with status 3" in ran.stderr
    assert "no database" in ran.stderr


def test_original_that_nothing_exercises(
    slim: Callable[..., Ran], image: Callable[..., str], unchanged: Callable[[], State]
) -> None:
    name = image(f'FROM {BUSYBOX}\nCMD ["sleep", "1000"]\n')
    unchanged()
    ran = slim("build", name, "--start-timeout", "1")
    assert ran.code == 2
    assert "--exec-probe" in ran.stderr


def test_original_without_a_command(slim: Callable[..., Ran], image: Callable[..., str]) -> None:
    name = image(f"FROM {BUSYBOX}\nCMD []\n")
    ran = slim("build", name)
    assert ran.code == 2
    assert "--cmd" in ran.stderr


def test_include_of_a_path_that_is_not_there(slim: Callable[..., Ran], server: str) -> None:
    ran = slim("build", server, "--http-probe", "/", "--include", "/www/indx.html")
    assert ran.code == 2
    assert "/www/index.html" in ran.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [("prob: 1\n", "did you mean `probes`"), ("image: [1]\n", "expected text, found a list")],
)
def test_wrong_slim_yaml(slim: Callable[..., Ran], tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "slim.yaml").write_text(text)
    ran = slim("build")
    assert ran.code == 6
    assert "slim.yaml:1" in ran.stderr
    assert said in ran.stderr


def test_names_of_the_user_are_not_taken(
    slim: Callable[..., Ran], server: str, client: docker.DockerClient
) -> None:
    ran = slim("build", server, "--http-probe", "/", "--tag", server)
    assert ran.code == 2
    assert "slimmer did not make" in ran.stderr
    assert client.images.get(server).tags


def test_slim_image_that_fails_moves_no_tag(slim: Callable[..., Ran], server: str) -> None:
    ran = slim("build", server, "--http-probe", "/", "--exclude", "/www/index.html")
    assert ran.code == 13
    assert "`GET /`: 404" in ran.stderr


def test_budget(slim: Callable[..., Ran], server: str) -> None:
    ran = slim("build", server, "--http-probe", "/", "--max-size", "10KB")
    assert ran.code == 15
    assert "more than its budget" in ran.stderr


def test_full_temporary_disk(slim: Callable[..., Ran], server: str, tiny_disk: Path) -> None:
    ran = slim("build", server, "--http-probe", "/", environment={"TMPDIR": str(tiny_disk)})
    assert ran.code == 14
    assert "TMPDIR" in ran.stderr
    assert list(tiny_disk.iterdir()) == []


def test_full_output_disk(slim: Callable[..., Ran], server: str, tiny_disk: Path) -> None:
    ran = slim("build", server, "--http-probe", "/", "--output", str(tiny_disk / "image.tar"))
    assert ran.code == 14
    assert list(tiny_disk.iterdir()) == []


@pytest.mark.parametrize("stage", ["trace", "decide", "pack", "load", "verify"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_at_any_stage(
    server: str, tmp_path: Path, stage: str, number: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "slimmer", "build", server, "--http-probe", "/"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if f"] {stage} …" in line:
            process.send_signal(number)
    assert process.wait(30) == 130, "".join(said)
    assert "  everything that this run created in the engine has been removed\n" in said
    told = [line for line in said if line.startswith("error: interrupted")]
    assert len(told) == 1
    assert any(line.startswith("  report: ") for line in said) == (stage != "trace")


def test_target_that_is_killed_from_outside(
    server: str, tmp_path: Path, client: docker.DockerClient
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "slimmer", "build", server, "--exec-probe", "sleep 60"],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    target = "dev.slimmer.role=target"
    for event in client.events(decode=True, filters={"event": "exec_start", "label": target}):
        owner = event["Actor"]["Attributes"]["dev.slimmer.owner"]
        if f"/{process.pid}/" in owner:  # other runs may go on beside it
            client.containers.get(event["id"]).kill()
            break
    _, said = process.communicate(timeout=60)
    # Whoever sees it first tells: the trace has no end, or the command has the status of a kill.
    assert process.returncode in (7, 11), said
