"""Containers by way of the plain docker client, as a user would run them."""

from __future__ import annotations

import functools
import os
import pty
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import docker as sdk

TEST_LABEL = "dev.slimmer.test"
"""On every container of these tests. Not one of slimmer's own labels: `slim clean` must not
take them away."""


def docker(*arguments: str) -> str:
    """The client's stdout; raises with its stderr where it fails."""
    result = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise AssertionError(f"docker {' '.join(arguments)}: {result.stderr.strip()}")
    return result.stdout.strip()


@functools.cache
def engine() -> Any:
    """The Docker SDK, for what is asked over and over: the client is a process each time."""
    return sdk.APIClient(version="auto")


def inspect_image(reference: str) -> dict[str, Any]:
    """`docker image inspect`, as it is."""
    image = engine().inspect_image(reference)
    assert isinstance(image, dict)
    return image


def run_once(image: str, *command: str, user: str = "", stdin: str = "") -> tuple[int, str]:
    """Exit status and output of a command in a container of its own, which is gone then."""
    program, *arguments = command
    return run_to_its_end(
        image, *arguments, options=("--entrypoint", program), user=user, stdin=stdin
    )


def run_to_its_end(
    image: str,
    *command: str,
    options: tuple[str, ...] = (),
    user: str = "",
    stdin: str = "",
    seconds: float = 120.0,
) -> tuple[int, str]:
    """Exit status and output (stdout and stderr) of `docker run`; the container is gone then."""
    arguments = ["run", "--rm", "--pull", "never", "--label", f"{TEST_LABEL}=apps", *options]
    return _client([*arguments, *_as_user(user, stdin), image, *command], stdin, seconds)


def _as_user(user: str, stdin: str) -> list[str]:
    return (["--user", user] if user else []) + (["--interactive"] if stdin else [])


def _client(arguments: list[str], stdin: str, seconds: float) -> tuple[int, str]:
    result = subprocess.run(
        ["docker", *arguments],
        input=stdin,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        errors="replace",
        check=False,
        timeout=seconds,
    )
    return result.returncode, result.stdout


def type_into(command: tuple[str, ...], text: str) -> str:
    """What a terminal shows when a docker command runs in it and a user types `text`.

    `text` has to end the command, e.g. with `exit`.
    """
    terminal, inner = pty.openpty()
    process = subprocess.Popen(["docker", *command], stdin=inner, stdout=inner, stderr=inner)
    os.close(inner)
    shown = b""
    try:
        os.write(terminal, text.encode())
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # EIO: the other side is closed
                break
            if not part:
                break
            shown += part
    finally:
        os.close(terminal)
        process.wait(timeout=60)
    return shown.decode("utf-8", "replace")


class Container:
    """A container that runs; made by `running`."""

    def __init__(self, identity: str) -> None:
        self.id = identity

    def url(self, port: int, path: str) -> str:
        """Where the host reaches a published port."""
        return f"http://{self.address(port)}{path}"

    def address(self, port: int) -> str:
        """`127.0.0.1:49153`: where the host reaches a published port."""
        published = (engine().port(self.id, port) or [{}])[0]
        assert published, f"{self.id} does not publish {port}"
        return f"{published['HostIp']}:{published['HostPort']}"

    def state(self) -> dict[str, Any]:
        """`docker inspect --format {{.State}}`."""
        state = engine().inspect_container(self.id)["State"]
        assert isinstance(state, dict)
        return state

    def execute(self, *command: str, user: str = "", stdin: str = "") -> tuple[int, str]:
        """Exit status and output (stdout and stderr) of `docker exec`."""
        return _client(["exec", *_as_user(user, stdin), self.id, *command], stdin, 120.0)

    def wait_until(self, what: str, condition: Callable[[], bool], seconds: float = 60.0) -> None:
        """Returns when `condition()` holds; fails with the log when the container ends first."""
        deadline = time.monotonic() + seconds
        while not condition():
            state = self.state()
            if not state["Running"] or time.monotonic() > deadline:
                raise AssertionError(f"never {what}; state {state}; log:\n{self.log()}")
            time.sleep(0.05)

    def accepts(self, port: int) -> bool:
        """Whether something behind the published port answers.

        The engine's proxy accepts connections before the application listens, and closes them
        at once: only one that stays open, or sends something, counts.
        """
        try:
            host, _, number = self.address(port).rpartition(":")
        except AssertionError:  # a container that has ended publishes nothing
            return False
        try:
            with socket.create_connection((host, int(number)), timeout=5) as connection:
                connection.settimeout(0.2)
                try:
                    return bool(connection.recv(1))
                except TimeoutError:
                    return True
        except OSError:
            return False

    def log(self, tail: str = "50") -> str:
        """The last lines of the container's stdout and stderr; `all` of them on request."""
        _, output = _client(["logs", "--tail", tail, self.id], "", 60.0)
        return output


@contextmanager
def running(
    image: str,
    *,
    port: int | None = None,
    environment: Mapping[str, str] | None = None,
    options: tuple[str, ...] = (),
    command: tuple[str, ...] = (),
) -> Iterator[Container]:
    """A started container, its port published on a free one of the host; removed at the end."""
    arguments = ["run", "--detach", "--pull", "never", "--label", f"{TEST_LABEL}=apps", *options]
    if port is not None:
        arguments += ["--publish", f"127.0.0.1::{port}"]
    for name, value in (environment or {}).items():
        arguments += ["--env", f"{name}={value}"]
    container = Container(docker(*arguments, image, *command))
    try:
        if port is not None:
            container.wait_until(f"listened on {port}", lambda: container.accepts(port))
        yield container
    finally:
        docker("rm", "--force", "--volumes", container.id)
