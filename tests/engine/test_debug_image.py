"""The debug image: the slim image's layers and a shell that a person can work in."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import docker
import pytest

from tests.engine.conftest import BUSYBOX, Ran, command

pytestmark = pytest.mark.engine

FROM_SCRATCH = f"""\
FROM {BUSYBOX} AS build
RUN mkdir /www && echo hello >/www/index.html
FROM scratch
COPY --from=build /bin/busybox /program/busybox
COPY --from=build /www /www
EXPOSE 8080
USER 1234
CMD ["/program/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
"""


@pytest.fixture(scope="module")
def scratch(image: Callable[..., str]) -> str:
    """One static program that is not called `sh`, and a page."""
    return image(FROM_SCRATCH)


@pytest.fixture
def running(client: docker.DockerClient) -> Iterator[Callable[[str], str]]:
    """Starts containers that go with the test."""
    started: list[str] = []

    def start(image: str) -> str:
        started.append(str(client.containers.run(image, detach=True).id))
        return started[-1]

    yield start
    for container in started:
        client.containers.get(container).remove(force=True, v=True)


def terminal(container: str, *words: str, typed: str) -> str:
    """What a person sees who runs `docker exec -it` on a terminal and types."""
    done = subprocess.run(
        ["script", "--quiet", "--return", "--command",
         f"docker exec -it {container} {' '.join(words)}", "/dev/null"],
        input=typed, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout


def assert_layers_are_shared(ran: Ran) -> None:
    slim, debug = ran.report["slim"]["layers"], ran.report["debug"]["layers"]
    digests = [layer["digest"] for layer in debug]
    assert digests[: len(slim)] == [layer["digest"] for layer in slim]
    assert [layer["name"] for layer in debug[len(slim) :]] == ["debug", "directories"]


def test_tools_of_the_original(
    slim: Callable[..., Ran], image: Callable[..., str], running: Callable[[str], str]
) -> None:
    name = image(
        f"FROM {BUSYBOX}\nRUN mkdir /www && echo hello >/www/index.html\nEXPOSE 8080\n"
        'CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]\n'
    )
    # balanced would keep the other names of the program that ran, sh among them.
    ran = slim("build", name, "--json", "--strategy", "minimal", "--http-probe", "/")
    assert ran.passed("debug") == ["GET /", "a shell"]
    assert_layers_are_shared(ran)
    container = running(ran.report["debug"]["reference"])
    seen = terminal(container, "sh", typed="echo $((6 * 7)) $(tty)\nexit\n")
    assert "42 /dev/pts/0" in seen
    slim_container = running(ran.report["slim"]["reference"])
    no_shell = subprocess.run(["docker", "exec", slim_container, "sh", "-c", "true"], check=False)
    assert no_shell.returncode != 0


def test_tools_of_another_image(
    slim: Callable[..., Ran], scratch: str, running: Callable[[str], str]
) -> None:
    ran = slim("build", scratch, "--json", "--http-probe", "/", "--debug-from", BUSYBOX)
    assert ran.passed("debug") == ["GET /", "a shell"]
    assert_layers_are_shared(ran)
    container = running(ran.report["debug"]["reference"])
    seen = terminal(container, "sh", typed="id -u; cat /www/index.html; ps | grep -c httpd\nexit\n")
    assert "1234" in seen
    assert "hello" in seen
    entrypoint = command(
        "docker", "image", "inspect", "--format", "{{.Config.Cmd}}", ran.report["debug"]["id"]
    )
    assert "/program/busybox" in entrypoint


def test_no_shell_to_take(
    slim: Callable[..., Ran], scratch: str, client: docker.DockerClient
) -> None:
    """The slim image is made all the same, and the missing debug image is told of."""
    ran = slim("build", scratch, "--json", "--http-probe", "/", "--tag", f"{scratch}-alone")
    assert ran.passed("slim") == ["GET /"]
    assert ran.report["debug"] is None
    assert any("--debug-from" in note for note in ran.notes)
    with pytest.raises(docker.errors.ImageNotFound):
        client.images.get(f"{scratch}-alone-debug")


def test_no_debug_image_is_wanted(
    slim: Callable[..., Ran], scratch: str, client: docker.DockerClient
) -> None:
    ran = slim(
        "build", scratch, "--json", "--http-probe", "/", "--no-debug", "--tag", f"{scratch}-only"
    )
    assert ran.report["debug"] is None
    assert ran.notes == []
    with pytest.raises(docker.errors.ImageNotFound):
        client.images.get(f"{scratch}-only-debug")


def test_an_image_that_has_no_tools_to_give(slim: Callable[..., Ran], scratch: str) -> None:
    ran = slim("build", scratch, "--http-probe", "/", "--debug-from", "slimmer-test/none:1")
    assert ran.code == 5
    assert "slimmer-test/none:1" in ran.stderr
