"""Options of a run arrive in the traced original and in the finished images alike.

The image serves what it was started with, so the probes' patterns are the test: the original
must pass them under trace, and the slim image in its smoke test.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import BUSYBOX, Ran, file_of

pytestmark = pytest.mark.engine

START = b"""\
#!/bin/sh
{
  echo "arguments $0 $*"
  echo "environment $FROM_FLAG $FROM_FILE $FROM_YAML $INHERITED"
  echo "identity $(id -u):$(id -g)"
  echo "folder $PWD"
  echo "host $(hostname)"
  echo "hosts $(grep backend /etc/hosts)"
  echo "mounted $(cat /mounted/file)"
} >/tmp/state
exec /bin/httpd -f -p 8080 -h /tmp
"""


@pytest.fixture(scope="module")
def mirror(image: Callable[..., str]) -> str:
    """Serves, at /state, what it was started with."""
    return image(
        f"FROM {BUSYBOX}\nCOPY start /start\nCOPY start /other-start\nRUN mkdir /somewhere\n"
        'ENTRYPOINT ["/start"]\nCMD ["nothing"]\nEXPOSE 8080\n',
        {"start": START},
    )


PROBES = """\
probes:
  - http: {name: arguments, path: /state, body_pattern: '/other-start one two words'}
  - http: {name: environment, path: /state, body_pattern: 'environment flag file yaml inherited'}
  - http: {name: identity, path: /state, body_pattern: 'identity 1234:77'}
  - http: {name: folder, path: /state, body_pattern: 'folder /somewhere'}
  - http: {name: host, path: /state, body_pattern: 'host named'}
  - http: {name: hosts, path: /state, body_pattern: '192\\.0\\.2\\.7\\s+backend'}
  - http: {name: mounted, path: /state, body_pattern: 'mounted from outside'}
  - exec: {name: user of commands, command: [id, -u], output_pattern: '^1234$'}
debug: false
strategy: minimal
"""
ALL = [
    "arguments", "environment", "identity", "folder", "host", "hosts", "mounted",
    "user of commands",
]  # fmt: skip


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "file").write_text("from outside\n")
    return folder


def test_as_flags(slim: Callable[..., Ran], mirror: str, tmp_path: Path, outside: Path) -> None:
    (tmp_path / "variables").write_text("# a comment\nFROM_FILE=file\n\nINHERITED\n")
    (tmp_path / "probes.yaml").write_text(
        PROBES + "run: {environment: {FROM_YAML: yaml, FROM_FLAG: overruled}}\n"
    )
    ran = slim(
        "build", mirror, "--json", "--file", "probes.yaml",
        "--entrypoint", "/other-start", "--cmd", "one 'two words'",
        "--env", "FROM_FLAG=flag", "--env-file", "variables",
        "--user", "1234:77", "--workdir", "/somewhere", "--hostname", "named",
        "--add-host", "backend:192.0.2.7", "--volume", "./outside:/mounted:ro",
        environment={"INHERITED": "inherited"},
    )  # fmt: skip
    assert ran.passed("original") == ran.passed("slim") == ALL


def test_as_slim_yaml(slim: Callable[..., Ran], mirror: str, tmp_path: Path, outside: Path) -> None:
    (tmp_path / "variables").write_text("FROM_FILE=file\nINHERITED=inherited\n")
    (tmp_path / "slim.yaml").write_text(
        f"image: {mirror}\n{PROBES}"
        "run:\n"
        "  environment: {FROM_YAML: yaml, FROM_FLAG: flag}\n"
        "  env_file: variables\n"
        "  entrypoint: /other-start\n"
        "  command: [one, two words]\n"
        "  user: 1234:77\n"
        "  workdir: /somewhere\n"
        "  hostname: named\n"
        "  add_hosts: [backend:192.0.2.7]\n"
        f"  volumes: ['{outside}:/mounted:ro']\n"
    )
    ran = slim("build", "--json")
    assert ran.passed("original") == ran.passed("slim") == ALL


@pytest.fixture
def network(client: docker.DockerClient) -> Iterator[str]:
    """A network of the user's, with a server called `backend` in it."""
    name = f"slimmer-test-{uuid.uuid4().hex[:8]}"
    made = client.networks.create(name)
    server = client.containers.create(
        BUSYBOX, ["sh", "-c", "echo answered >/tmp/page; exec httpd -f -p 80 -h /tmp"]
    )
    try:
        made.connect(server, aliases=["backend"])
        server.start()
        yield name
    finally:
        server.remove(force=True, v=True)
        made.remove()


def test_network(
    slim: Callable[..., Ran], image: Callable[..., str], tmp_path: Path, network: str
) -> None:
    """The server is found by the name that only that network knows."""
    name = image(
        f"FROM {BUSYBOX}\nCOPY start /start\nEXPOSE 8080\nCMD /start\n",
        {
            "start": b"#!/bin/sh\nuntil wget -q -O /tmp/page http://backend/page; do :; done\n"
            b"exec httpd -f -p 8080 -h /tmp\n"
        },
    )
    (tmp_path / "slim.yaml").write_text(
        "probes: [{http: {path: /page, body_pattern: answered}}]\ndebug: false\nstrategy: minimal\n"
    )
    ran = slim("build", name, "--file", "slim.yaml", "--json", "--network", network)
    assert ran.passed("original") == ran.passed("slim") == ["GET /page"]


def test_a_volume_hides_nothing_of_the_image(
    slim: Callable[..., Ran],
    image: Callable[..., str],
    client: docker.DockerClient,
    outside: Path,
    tmp_path: Path,
) -> None:
    """What the application reads from a mounted folder is the user's, and not put into the image:
    that has what the original has there."""
    name = image(
        f"FROM {BUSYBOX}\nRUN mkdir /mounted && echo inside >/mounted/file\nEXPOSE 8080\n"
        "CMD httpd -f -p 8080 -h /mounted\n"
    )
    (tmp_path / "slim.yaml").write_text(
        "probes: [{http: {path: /file, body_pattern: from outside}}]\n"
        "debug: false\nstrategy: minimal\n"
    )
    ran = slim("build", name, "--file", "slim.yaml", "--json", "--volume", f"{outside}:/mounted:ro")
    assert ran.passed("slim") == ["GET /file"]
    assert file_of(client, ran.report["slim"]["reference"], "/mounted/file")[1] == b"inside\n"
