"""`slim check` of images in the engine: structure tests in containers, on the debug image too; a
baseline that is an image; a build that is above its budget."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import BUSYBOX, MINIMAL, OWN, Ran

pytestmark = pytest.mark.engine

TESTS = """\
schemaVersion: 2.0.0
commandTests:
  - {name: says, command: /bin/echo, args: [hello], expectedOutput: [hello]}
fileExistenceTests:
  - {name: conf, path: /etc/app.conf, shouldExist: true}
"""


def test_structure_tests_run_on_the_slim_image_and_on_its_debug_image(
    slim: Callable[..., Ran],
    image: Callable[..., str],
    client: docker.DockerClient,
    tmp_path: Path,
) -> None:
    name = image(
        f"FROM {BUSYBOX}\nRUN echo a > /etc/app.conf\n"
        'CMD ["/bin/sh", "-c", "cat /etc/app.conf; exec sleep 600"]\n'
    )
    built = slim("build", name, "--exec-probe", "echo hello", "--strategy", "minimal", "--json")
    result = built.report["slim"]["reference"]
    (tmp_path / "tests.yaml").write_text(TESTS)
    before = {each.id for each in client.containers.list(all=True, filters={"ancestor": result})}
    ran = slim("check", result, "--structure-test", "tests.yaml", "--format", "json")
    assert ran.code == 0, ran.stdout + ran.stderr
    gates = json.loads(ran.stdout)["gates"]
    assert [(each["subject"], each["measured"]) for each in gates] == [
        (f"tests.yaml on {result}", "2 of 2 tests passed"),
        (f"tests.yaml on {result}-debug", "2 of 2 tests passed"),
    ]
    after = {each.id for each in client.containers.list(all=True, filters={"ancestor": result})}
    assert after == before, "no container is left"
    ran = slim("check", name, "--structure-test", "tests.yaml", "--max-size", "1kB")
    assert ran.code == 42, "the original is no result, and has no debug image"
    assert f"tests.yaml on {name}-debug" not in ran.stdout
    assert "of it with --strategy minimal" in ran.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_structure_tests_that_are_interrupted_leave_no_container(
    image: Callable[..., str], client: docker.DockerClient, tmp_path: Path, number: signal.Signals
) -> None:
    """The program that tests removes its containers itself, unless it is killed before."""
    name = image(f'FROM {BUSYBOX}\nCMD ["sleep", "600"]\n')
    (tmp_path / "tests.yaml").write_text(
        "schemaVersion: 2.0.0\ncommandTests:\n"
        "  - {name: waits, command: sleep, args: ['2'], expectedOutput: []}\n"
    )
    own = f"test-run={OWN}"  # of the image, and so of its containers
    events = client.events(decode=True, filters={"event": "start", "label": own})
    process = subprocess.Popen(
        [sys.executable, "-m", "slimmer", "check", name, "--structure-test", "tests.yaml"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    while next(events)["Actor"]["Attributes"].get("dev.slimmer.role"):
        pass  # what slim itself looks at the image with
    process.send_signal(number)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130, said
    assert [line for line in said.splitlines() if line.startswith("error:")] == [
        "error: interrupted"
    ], said
    assert client.containers.list(all=True, filters={"label": own}) == []


def test_growth_since_an_image_of_the_engine(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    name = image(f"FROM {BUSYBOX}\nRUN head -c 500000 /dev/zero > /grown\n")
    ran = slim("check", name, "--max-growth", "1kB", "--baseline", BUSYBOX, "--format", "json")
    assert ran.code == 42, ran.stderr
    document = json.loads(ran.stdout)
    assert document["growth"]["size"] - document["growth"]["size_before"] == 500_000
    assert document["gates"][0]["measured"] == "+500 kB"
    assert slim("check", name, "--max-growth", "1MB", "--baseline", BUSYBOX).code == 0
    assert slim("check", name, "--max-growth", "1MB", "--baseline", "no-such:image").code == 43
    assert slim("check", "no-such:image", "--max-size", "1MB").code == 5


def test_a_build_above_its_budget_says_what_is_large(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    name = image(f'FROM {BUSYBOX}\nCMD ["sleep", "600"]\n')
    ran = slim("build", name, "--exec-probe", "true", *MINIMAL, "--max-size", "1kB")
    assert ran.code == 15
    assert "the largest:" in ran.stderr
    assert "used  /bin/busybox" in ran.stderr
