"""Runs beside each other, runs that are killed, and `slim clean` between them."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest
from docker.models.containers import Container

from tests.engine.conftest import BUSYBOX, Ran, listed, run_slim

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("only_cleaner")]

WAITING = "until test -e /gate/open; do sleep 0.1; done"


class HeldBuild:
    """A `slim build` that waits at a stage until it is let go or killed."""

    def __init__(self, client: docker.DockerClient, image: str, folder: Path, stage: str) -> None:
        self._client = client
        self._gate = folder / "gate"
        self._gate.mkdir(parents=True)
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        kind, self._purpose = {"trace": ("probes", "target"), "verify": ("checks", "slim")}[stage]
        hold = f"  - exec: {{name: hold, command: [sh, -c, '{WAITING}']}}\n"
        (folder / "slim.yaml").write_text(
            # With `content` the check would be held in the original first.
            f"image: {image}\n{kind}:\n{hold}debug: false\nverify: status\n"
            f"run: {{volumes: ['{self._gate}:/gate'], probe_timeout: 120}}\n"
            # The held check runs in the slim image, which has what these used.
            + ("" if stage == "trace" else "probes: [{exec: sh -c 'sleep 0 | test -e /'}]\n")
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "slimmer", "build"],
            cwd=folder, env={**os.environ, "TMPDIR": str(self.temporary)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def wait_until_held(self) -> None:
        """Until the container of the stage runs the command that waits."""
        deadline = time.monotonic() + 60
        while not self._holds():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < deadline, "the build does not get there"
            time.sleep(0.05)

    def _holds(self) -> bool:
        for container in self.containers(self._purpose):
            try:
                titles = container.top()["Processes"] or []
            except docker.errors.APIError:
                continue
            if any(WAITING in row[-1] and "gate --" not in row[-1] for row in titles):
                return True
        return False

    def containers(self, purpose: str = "") -> list[Container]:
        """The containers of this build, by its process."""
        labels = ["dev.slimmer.session", *([f"dev.slimmer.role={purpose}"] if purpose else [])]
        found = self._client.containers.list(
            all=True, filters={"label": labels}, ignore_removed=True
        )
        number = f"/{self.process.pid}/"
        return [each for each in found if number in each.labels["dev.slimmer.owner"]]

    def images(self) -> list[str]:
        """The names of the images of this build that are not verified yet."""
        return [
            tag
            for image in listed(self._client, name=f"slimmer-session/{self.process.pid}-*")
            for tag in image.tags
        ]

    def folders(self) -> list[Path]:
        return list(self.temporary.iterdir())

    def let_go(self) -> tuple[int, str]:
        """Open the gate; returns how the build ended."""
        (self._gate / "open").touch()
        said, _ = self.process.communicate(timeout=90)
        return self.process.returncode, said

    def kill(self) -> None:
        """As the machine's out-of-memory killer would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=30)


@pytest.fixture
def held(
    client: docker.DockerClient, image: Callable[..., str], tmp_path: Path
) -> Iterator[Callable[..., HeldBuild]]:
    builds: list[HeldBuild] = []

    def start(stage: str) -> HeldBuild:
        number = len(builds)
        name = image(
            f"FROM {BUSYBOX}\nRUN echo {number} {stage} >/number\nCMD exec httpd -f -p 80\n"
        )
        builds.append(HeldBuild(client, name, tmp_path / str(number), stage))
        return builds[-1]

    yield start
    for build in builds:
        if build.process.poll() is None:
            build.process.send_signal(signal.SIGTERM)
            build.process.communicate(timeout=60)


@pytest.mark.parametrize("stage", ["trace", "verify"])
def test_a_killed_run_is_cleaned_up_and_a_living_one_is_not(
    held: Callable[..., HeldBuild], client: docker.DockerClient, tmp_path: Path, stage: str
) -> None:
    killed, living = held(stage), held("trace")
    killed.wait_until_held()
    living.wait_until_held()
    bystander = client.containers.create(BUSYBOX, ["true"])
    try:
        killed.kill()
        assert killed.containers()
        assert killed.folders()
        assert bool(killed.images()) == (stage == "verify")
        left = [str(container.id)[:12] for container in killed.containers()]
        environment = {"TMPDIR": str(killed.temporary)}

        told = run_slim("clean", "--dry-run", folder=tmp_path, environment=environment)
        assert told.code == 0
        for name in (*left, *killed.images(), *map(str, killed.folders())):
            assert name in told.stdout
        assert "would remove" in told.stdout
        assert killed.containers()

        done = run_slim("clean", folder=tmp_path, environment=environment)
        assert done.code == 0
        for name in left:
            assert f"removed container {name}" in done.stdout
        assert (killed.containers(), killed.images(), killed.folders()) == ([], [], [])
        assert "left alone" in done.stderr
        bystander.reload()

        assert living.containers()
        code, said = living.let_go()
        assert code == 0, said
        assert (living.containers(), living.images(), living.folders()) == ([], [], [])
    finally:
        bystander.remove()


def test_a_storm_of_signals_leaves_nothing(held: Callable[..., HeldBuild]) -> None:
    """INT, TERM and HUP every 30 ms, from the middle of a smoke test on."""
    build = held("verify")
    build.wait_until_held()
    signals = itertools.cycle((signal.SIGHUP, signal.SIGINT, signal.SIGTERM))
    deadline = time.monotonic() + 60
    while build.process.poll() is None and time.monotonic() < deadline:
        build.process.send_signal(next(signals))
        time.sleep(0.03)
    said, _ = build.process.communicate(timeout=30)
    assert build.process.returncode == 130, said
    assert "error: interrupted\n" in said
    assert said.endswith("  everything that this run created in the engine has been removed\n")
    assert (build.containers(), build.images(), build.folders()) == ([], [], [])


def test_what_cannot_be_seen_and_what_is_the_users_is_left_alone(
    held: Callable[..., HeldBuild], client: docker.DockerClient, tmp_path: Path
) -> None:
    """A build in another PID namespace, as in CI; and a container of an image that somebody has
    committed from one of slimmer's."""
    living = held("trace")
    living.wait_until_held()
    (target,) = living.containers("target")
    committed = target.commit("slimmer-test-committed", "1")
    users = client.containers.create(str(committed.id), entrypoint=["true"])
    try:
        assert users.labels["dev.slimmer.session"] == target.labels["dev.slimmer.session"]
        apart = ["unshare", "--pid", "--fork", "--mount-proc"]
        if os.geteuid():
            apart += ["--user", "--map-root-user"]
        ran = subprocess.run(
            [*apart, sys.executable, "-m", "slimmer", "clean"],
            cwd=tmp_path, env={**os.environ, "TMPDIR": str(living.temporary)},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
        assert "in another PID namespace" in ran.stderr
        assert "that it did not make" in ran.stderr
        assert living.folders()
        code, said = living.let_go()
        assert code == 0, said
        run_slim("clean", folder=tmp_path, environment={"TMPDIR": str(living.temporary)})
        users.reload()
    finally:
        users.remove(force=True)
        client.images.remove(str(committed.id), force=True)


def test_two_builds_at_once(held: Callable[..., HeldBuild]) -> None:
    """Both are in their traced run when the first is let go."""
    first, second = held("trace"), held("trace")
    first.wait_until_held()
    second.wait_until_held()
    for build in (first, second):
        code, said = build.let_go()
        assert code == 0, said
        assert (build.containers(), build.images(), build.folders()) == ([], [], [])


def test_nothing_to_clean(tmp_path: Path) -> None:
    (tmp_path / "slimmer-foreign").mkdir()
    environment = {"TMPDIR": str(tmp_path)}
    run_slim("clean", folder=tmp_path, environment=environment)
    ran: Ran = run_slim("clean", folder=tmp_path, environment=environment)
    assert ran.code == 0
    assert ran.stdout == "nothing to remove\n"
    assert (tmp_path / "slimmer-foreign").exists()
