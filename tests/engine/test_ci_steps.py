"""The shell steps of the CI files, run one after the other as their runners do."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import BUSYBOX, OWN
from tests.unit.ci.steps import ROOT, Runner, Step, gitlab_steps, installed, jenkins_steps, run

pytestmark = pytest.mark.engine

DOCKERFILE = f"""\
FROM {BUSYBOX}
COPY page /www/page
EXPOSE 8080
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
"""
NAME = f"{OWN}-ci"


@pytest.fixture
def folder(tmp_path: Path, client: docker.DockerClient) -> Iterator[Path]:
    """A checkout with a Dockerfile. What is built in it goes with it."""
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    (tmp_path / "page").write_text("hello")
    yield tmp_path
    for image in client.images.list(name=NAME):
        for tag in image.tags:
            with contextlib.suppress(docker.errors.ImageNotFound):
                client.images.remove(tag, force=True)


def test_the_action(folder: Path, image: Callable[..., str]) -> None:
    """A first run traces; the next one, with another page, is a build from that trace."""
    arguments = "--http-probe\n/page\n--no-debug\n--strategy\nminimal\n"
    for retraced, page in (("true", b"hello"), ("false", b"goodbye")):
        original = image(DOCKERFILE, {"page": page}, tag=f"{NAME}:action")
        run_folder = folder / retraced
        run_folder.mkdir()
        runner = Runner(
            run_folder,
            image=original,
            arguments=arguments,
            trace=str(folder / "app.trace"),
            check="--max-size\n5MB\n",
        )
        for step in ("install", "build", "check"):
            runner.run(step)
        assert runner.values["steps.build.outputs.retraced"] == retraced
        assert runner.values["steps.build.outputs.image"] == f"{NAME}:action-slim"
        assert 0 < int(runner.values["steps.build.outputs.size"]) < 5_000_000
        report = Path(runner.values["steps.build.outputs.report"])
        assert "max-size" in (report / "check.md").read_text()
        assert (report / "app.trace").read_bytes() == (folder / "app.trace").read_bytes()
        assert "max-size" in runner.summary.read_text()


def test_gitlab(folder: Path) -> None:
    (step,) = gitlab_steps(".slim")
    environment = {
        **installed(folder),
        **step.environment,
        "SLIM_IMAGE": f"{NAME}:gitlab",
        "SLIM_BUILD": f"docker build --tag {NAME}:gitlab .",
        "SLIM_ARGUMENTS": "--http-probe /page --no-debug",
        "SLIM_CHECK": "--max-size 5MB --no-setuid",
    }
    run(step, folder, environment)
    assert (folder / "slim-report" / "check.xml").read_text().count("<testcase") == 2
    assert list((folder / ".slim-cache" / "traces").glob("*.trace"))


def test_jenkins_and_any_other(folder: Path) -> None:
    environment = {
        **installed(folder),
        "IMAGE": f"{NAME}:jenkins",
        "SLIM_ARGUMENTS": "--http-probe /page --no-debug",
    }
    for step in jenkins_steps():
        run(step, folder, environment)
    assert (folder / "slim-report" / "check.xml").exists()

    script = Step(name="slim.sh", script=f"{ROOT}/ci/slim.sh --http-probe /page --no-debug")
    run(script, folder, {**os.environ, **environment, "SLIM_CHECK": "--max-size 5MB"})
    assert "max-size" in (folder / "slim-report" / "check.json").read_text()
