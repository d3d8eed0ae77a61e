"""slim as a job of a CI system runs it: in a container that has the engine's socket."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator

import docker
import pytest

from tests.bench.slim_build import ROOT
from tests.engine.conftest import BUSYBOX

pytestmark = pytest.mark.engine

DOCKERFILE = f"""\
FROM {BUSYBOX}
RUN mkdir /www && echo two >/www/two
EXPOSE 8080
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
"""


@pytest.fixture
def network(client: docker.DockerClient) -> Iterator[str]:
    made = client.networks.create(f"slimmer-test-{uuid.uuid4().hex[:8]}")
    yield str(made.name)
    made.remove()


def test_on_a_network_of_its_own(image: Callable[..., str], network: str) -> None:
    """Which engines keep apart from the default one, and the file system is not the engine's."""
    name = image(DOCKERFILE)
    seen = {"/usr", "/lib", "/lib64", sys.base_prefix, sys.prefix, str(ROOT)}
    ran = subprocess.run(
        [
            *("docker", "run", "--rm", "--network", network, "--workdir", "/tmp"),
            *("--volume", "/var/run/docker.sock:/var/run/docker.sock"),
            *(f"--volume={path}:{path}:ro" for path in sorted(seen)),
            *("--env", f"PYTHONPATH={ROOT}", BUSYBOX, sys.executable, "-m", "slimmer"),
            *("build", name, "--http-probe", "/two", "--no-debug", "--json"),
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    notes = json.loads(ran.stdout)["notes"]
    assert any(f"run on the network {network}, as slim itself is" in note for note in notes)
