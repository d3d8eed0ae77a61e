"""Real servers from Debian's packages, and slim images of them made with the ready plans."""

from __future__ import annotations

import contextlib
import hashlib
import io
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.apps.container import docker as docker_client
from tests.engine.conftest import OWN, Ran, run_slim

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, kw_only=True)
class Server:
    """How the image of a server is made."""

    name: str
    packages: str
    instructions: str
    """Of the Dockerfile, behind the installation."""
    files: dict[str, str] = field(default_factory=dict)
    """Of the build's context, executable."""

    def build(self) -> str:
        """The image's name. It stays for the next run, as the samples do: apt is slow."""
        dockerfile = (
            f"FROM {base_image()}\n"
            "RUN apt-get update && apt-get install -y --no-install-recommends"
            f" {self.packages} && rm -rf /var/lib/apt/lists/*\n{self.instructions}"
            f"LABEL slimmer.sample=plans-{self.name}\n"
        )
        texts = {"Dockerfile": dockerfile, **self.files}
        name = f"slimmer-samples/plans-{self.name}:{_digest(texts)}"
        if docker_client("image", "ls", "--quiet", name):
            return name
        context = io.BytesIO()
        with tarfile.open(fileobj=context, mode="w") as tar:
            for path, text in texts.items():
                member = tarfile.TarInfo(path)
                member.size, member.mode = len(text.encode()), 0o755
                tar.addfile(member, io.BytesIO(text.encode()))
        done = subprocess.run(
            ["docker", "build", "--no-cache", "--tag", name, "-"],
            env={"DOCKER_BUILDKIT": "0", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            input=context.getvalue(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout.decode()[-3000:] + done.stderr.decode()[-1000:]
        return name


@dataclass(frozen=True, kw_only=True)
class Slimmed:
    """A slim image that a ready plan made."""

    original: str
    reference: str
    report: Any
    ran: Ran

    @property
    def notes(self) -> str:
        """All notes of the report in one text."""
        return "\n".join(self.report["notes"])


@pytest.fixture(scope="session")
def slimmed(
    client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Slimmed]]:
    """Slims a server with a ready plan; once in a session for each set of arguments."""
    made: dict[tuple[object, ...], Slimmed] = {}

    def slim(server: Server, *arguments: str) -> Slimmed:
        key = (server.name, arguments)
        if key not in made:
            original = server.build()
            folder = tmp_path_factory.mktemp(server.name)
            reference = f"{OWN}-plans-{server.name}-{len(made)}:slim"
            ran = run_slim(
                *("build", original, "--plan", server.name, "--tag", reference),
                *("--no-debug", "--json", *arguments),
                folder=folder,
            )
            made[key] = Slimmed(original=original, reference=reference, report=ran.report, ran=ran)
        return made[key]

    yield slim
    for each in made.values():
        with contextlib.suppress(docker.errors.ImageNotFound):
            client.images.remove(each.reference, force=True)


def base_image() -> str:
    """The image on which the samples are built, too."""
    done = subprocess.run(
        [ROOT / "sample_apps" / "base"], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def _digest(texts: dict[str, str]) -> str:
    return hashlib.sha256(repr(sorted(texts.items())).encode()).hexdigest()[:12]
