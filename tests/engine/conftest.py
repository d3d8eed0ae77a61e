"""Small images on which builds go well or fail in one particular way, made from busybox."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest

from slimmer.cleaning import session_of
from slimmer.engine import owner_is_alive, session_is_alive

BUSYBOX = "slimmer-samples/busybox:latest"


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a `slim` process ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> Any:
        """The JSON on stdout."""
        return json.loads(self.stdout)


def run_slim(*arguments: str, folder: Path, environment: dict[str, str] | None = None) -> Ran:
    """Run the installed `slim` as a user would."""
    done = subprocess.run(
        [sys.executable, "-m", "slimmer", *arguments],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return Ran(code=done.returncode, stdout=done.stdout, stderr=done.stderr)


@pytest.fixture
def slim(tmp_path: Path) -> Callable[..., Ran]:
    """`slim` in an empty folder; a slim.yaml can be put there first."""

    def run(*arguments: str, environment: dict[str, str] | None = None) -> Ran:
        return run_slim(*arguments, folder=tmp_path, environment=environment)

    return run


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    """The Docker SDK's own client, as a witness."""
    connected = docker.from_env()
    yield connected
    connected.close()


@pytest.fixture
def image(client: docker.DockerClient) -> Iterator[Callable[..., str]]:
    """Builds an image of a Dockerfile's text and files; all are removed after the test."""
    names: list[str] = []

    def build(dockerfile: str, files: dict[str, bytes] | None = None, tag: str = "") -> str:
        name = tag or f"slimmer-test/{uuid.uuid4().hex[:10]}:latest"
        context = io.BytesIO()
        with tarfile.open(fileobj=context, mode="w") as tar:
            for path, data in {"Dockerfile": dockerfile.encode(), **(files or {})}.items():
                member = tarfile.TarInfo(path)
                member.size, member.mode = len(data), 0o755
                tar.addfile(member, io.BytesIO(data))
        context.seek(0)
        client.images.build(fileobj=context, custom_context=True, tag=name, rm=True)
        names.append(name)
        return name

    yield build
    for name in names:
        repository = name.rpartition(":")[0]
        for left in client.images.list(repository):
            for tag in left.tags:
                client.images.remove(tag, force=True)


@dataclass(frozen=True, kw_only=True)
class State:
    """What the engine holds: whatever a failed build leaves behind is in the difference."""

    containers: frozenset[str]
    images: frozenset[tuple[str, str]]
    volumes: frozenset[str]
    folders: frozenset[str]


def state(client: docker.DockerClient, folder: Path) -> State:
    """What no living run owns; other runs may go on beside the tests."""
    return State(
        containers=frozenset(
            each["Id"]
            for each in client.api.containers(all=True, filters={"label": "dev.slimmer.session"})
            if owner_is_alive(each["Labels"]["dev.slimmer.owner"]) is False
        ),
        images=frozenset(
            (image.id, tag)
            for image in client.images.list()
            for tag in image.tags or ["<none>"]
            if tag.startswith("slimmer-test/")
            or (tag.startswith("slimmer-session/") and not session_is_alive(session_of(tag)))
            or (tag == "<none>" and "dev.slimmer.original" in image.labels)
        ),
        volumes=frozenset(volume.id for volume in client.volumes.list(filters={"dangling": True})),
        folders=frozenset(path.name for path in folder.glob("slimmer-*")),
    )
