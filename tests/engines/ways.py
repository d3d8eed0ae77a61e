"""The ways to an engine that slim has: each is a context manager that gives one, while it runs."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tests.engines.running import Running
from tests.engines.samples import BUSYBOX

_ROOT = Path(__file__).resolve().parents[2]
_OTHER_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
_PORT, _SSH_PORT = 2376, 2222
TLS_OPTIONS = (
    *("--host", f"tcp://127.0.0.1:{_PORT}", "--tlsverify", "--tlscacert", "/state/tls/ca.pem"),
    *("--tlscert", "/state/tls/server.pem", "--tlskey", "/state/tls/server.key"),
)
_SSHD = f"""
mkdir -p /run/sshd
ln -sf /state/engine.sock /run/docker.sock
exec /usr/sbin/sshd -D -e -f /dev/null -p {_SSH_PORT} -h /state/ssh/host -o StrictModes=no \
    -o ListenAddress=127.0.0.1 -o AuthorizedKeysFile=/state/ssh/user.pub -o PermitRootLogin=yes
"""


@dataclass(frozen=True, kw_only=True)
class Way:
    """How slim is called."""

    before: tuple[str, ...]
    """What stands in front of its command."""
    variables: Mapping[str, str] = field(default_factory=dict)
    container: str = ""
    """The one that slim runs in, if any."""

    def command(self, *arguments: str, **variables: str) -> list[str]:
        """The command line."""
        told = (f"{name}={value}" for name, value in {**self.variables, **variables}.items())
        return [*self.before, "env", *told, sys.executable, "-m", "slimmer", *arguments]


def _beside(running: Running, **variables: str) -> Way:
    return Way(before=tuple(running.within()), variables=variables)


@contextlib.contextmanager
def by_socket(running: Running, state: Path) -> Iterator[Way]:
    """DOCKER_HOST is the socket."""
    yield _beside(running, DOCKER_HOST=running.address)


@contextlib.contextmanager
def by_context(running: Running, state: Path) -> Iterator[Way]:
    """DOCKER_CONTEXT names a context of the docker command."""
    configuration = {"DOCKER_CONFIG": str(state / "configuration")}
    endpoint = ("--docker", f"host={running.address}")
    subprocess.run(
        ["docker", "context", "create", "there", *endpoint],
        env={**os.environ, **configuration}, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    yield _beside(running, DOCKER_CONTEXT="there", **configuration)


@contextlib.contextmanager
def by_tls(running: Running, state: Path) -> Iterator[Way]:
    """TCP, with certificates on both sides; other programs are told of other authorities."""
    yield _beside(
        running,
        DOCKER_HOST=f"tcp://127.0.0.1:{_PORT}",
        DOCKER_TLS_VERIFY="1",
        DOCKER_CERT_PATH=str(state / "tls"),
        REQUESTS_CA_BUNDLE=_OTHER_AUTHORITIES,
        CURL_CA_BUNDLE=_OTHER_AUTHORITIES,
    )


def make_certificates(state: Path) -> None:
    """An authority, and what it has signed for server and client, under the names that
    DOCKER_CERT_PATH asks for."""
    folder = state / "tls"
    folder.mkdir()

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=True)

    key = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    openssl(*key, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
    signed = (*key, "-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=CA:FALSE")
    names = ("-addext", "subjectAltName=IP:127.0.0.1")
    openssl(*signed, *names, "-subj", "/CN=server", "-keyout", "server.key", "-out", "server.pem")
    openssl(*signed, "-subj", "/CN=client", "-keyout", "key.pem", "-out", "cert.pem")


@contextlib.contextmanager
def by_ssh(running: Running, state: Path) -> Iterator[Way]:
    """OpenSSH on loopback, with keys of its own."""
    folder = state / "ssh"
    folder.mkdir()
    for name in ("host", "user"):
        making = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(making, check=True)
    # ssh reads nothing that a variable names.
    options = f"-i {folder}/user -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
    client = folder / "ssh"
    client.write_text(f'#!/bin/sh\nexec /usr/bin/ssh -o LogLevel=ERROR {options} "$@"\n')
    client.chmod(0o755)
    with (state / "sshd.log").open("wb") as log:
        server = subprocess.Popen(
            running.in_root("sh", "-ec", _SSHD), stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        asking = [*running.within(client), "-p", str(_SSH_PORT), "root@127.0.0.1", "true"]
        for _ in range(100):
            asked = subprocess.run(asking, capture_output=True, text=True, check=False)
            if asked.returncode == 0:
                break
            threading.Event().wait(0.1)
        else:
            raise RuntimeError(f"{asked.stderr}\n{(state / 'sshd.log').read_text()}")
        yield _beside(
            running,
            DOCKER_HOST=f"ssh://root@127.0.0.1:{_SSH_PORT}",
            PATH=f"{folder}:{os.environ['PATH']}",
        )
    finally:
        server.terminate()
        server.wait()


def inside(network: str) -> Callable[[Running, Path], AbstractContextManager[Way]]:
    """In a container on that network that has the engine's socket, as a CI system's job."""

    @contextlib.contextmanager
    def way(running: Running, state: Path) -> Iterator[Way]:
        work = state / "work"
        seen = {"/usr", "/lib", "/lib64", sys.base_prefix, sys.prefix, str(_ROOT)}
        made = network not in ("bridge", "host")
        if made:
            running.docker("network", "create", network)
        container = running.docker(
            *("run", "--detach", "--init", "--network", network, "--env", f"PYTHONPATH={_ROOT}"),
            *("--volume", "/state/engine.sock:/var/run/docker.sock"),
            *("--volume", f"/state/work:{work}", "--workdir", str(work)),
            *(f"--volume=/machine{path}:{path}:ro" for path in sorted(seen)),
            *(BUSYBOX, "sleep", "1000000"),
        ).strip()
        try:
            yield Way(
                before=("docker", "--host", running.address, "exec", container),
                container=container,
            )
        finally:
            running.docker("rm", "--force", container)
            if made:
                running.docker("network", "rm", network)

    return way
