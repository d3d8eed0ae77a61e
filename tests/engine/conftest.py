"""Small images on which builds go well or fail in one particular way, made from busybox."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import re
import subprocess
import tarfile
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest

from slimmer.image import ORIGINAL_LABEL, SESSION_LABEL
from tests import forked

BUSYBOX = "slimmer-samples/busybox:latest"
MINIMAL = ("--strategy", "minimal", "--no-debug", "--json")
"""Flags of a build that keeps what the trace asks for and no more: the strictest test of it."""
OWN = f"slimmer-test/{os.getpid()}"
"""Images of this process of the tests are called so: others may run beside it."""
_REMOVED_MEANWHILE = re.compile(
    "(?i)unable to find image|no such image|unknown parent image|failed to get digest"
)
_OF_TIME = re.compile(r" image took [0-9.]+ s for `.*`, the original ")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file share images, so one worker of pytest-xdist runs them all."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a `slim` process ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> Any:
        """The JSON on stdout of a run that must have gone well."""
        assert self.code == 0, self.stderr
        return json.loads(self.stdout)

    @property
    def notes(self) -> list[str]:
        """The report's notes but for those of time: they come with a busy machine."""
        return [note for note in self.report["notes"] if not _OF_TIME.search(note)]

    def passed(self, image: str) -> list[str]:
        """The names of the probes that passed on `original`, `slim` or `debug`."""
        (test,) = (test for test in self.report["tests"] if test["image"] == image)
        assert test["passed"], test
        return [probe["name"] for probe in test["probes"] if probe["passed"]]


def run_slim(*arguments: str, folder: Path, environment: dict[str, str] | None = None) -> Ran:
    """Run `slim` in a process of its own."""
    done = forked.run_slim(
        *arguments, folder=folder, environment={**os.environ, **(environment or {})}, seconds=180
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


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of `docker images`."""

    id: str
    tags: tuple[str, ...]
    original: str
    """The id of the image that it was made from by slimmer; empty for others."""


def listed(client: docker.DockerClient, **query: Any) -> list[Listed]:
    """Images as the engine lists them. The SDK's own `images.list` inspects each of them, and
    fails where another run has removed one meanwhile."""
    return [
        Listed(
            id=line["Id"],
            tags=tuple(tag for tag in line["RepoTags"] or () if tag != "<none>:<none>"),
            original=(line["Labels"] or {}).get(ORIGINAL_LABEL, ""),
        )
        for line in client.api.images(**query)
    ]


@contextlib.contextmanager
def image_builder(client: docker.DockerClient) -> Iterator[Callable[..., str]]:
    """Builds images of a Dockerfile's text and files; they go at the end of the block, and with
    them every image that slimmer made of them. Their ids are this process' own, by a label: what
    another builds from the same text at the same time is another image."""
    names: list[str] = []

    def build(dockerfile: str, files: dict[str, bytes] | None = None, tag: str = "") -> str:
        name = tag or f"{OWN}-{uuid.uuid4().hex[:10]}:latest"
        context = io.BytesIO()
        with tarfile.open(fileobj=context, mode="w") as tar:
            for path, data in {"Dockerfile": dockerfile.encode(), **(files or {})}.items():
                member = tarfile.TarInfo(path)
                member.size, member.mode = len(data), 0o755
                tar.addfile(member, io.BytesIO(data))
        _build(client, context.getvalue(), name)
        names.append(name)
        return name

    try:
        yield build
    finally:
        remove_with_results(client, *names)


def _build(client: docker.DockerClient, context: bytes, name: str) -> None:
    """Once more without the cache, where it has failed: looking for a step there, the classic
    builder stumbles over images that other tests remove meanwhile."""
    for is_cached in (True, False):
        try:
            client.images.build(
                fileobj=io.BytesIO(context), custom_context=True, tag=name, rm=True,
                nocache=not is_cached, labels={"test-run": OWN},
            )  # fmt: skip
            return
        except (docker.errors.BuildError, docker.errors.APIError) as error:
            if not is_cached or not _REMOVED_MEANWHILE.search(str(error)):
                raise


def events_since(client: docker.DockerClient, since: float) -> list[dict[str, Any]]:
    """The engine's events from then (time.time()) till now. The engine itself is asked for whole
    seconds, in which a test before may have ended."""
    events = client.events(since=int(since), until=int(time.time()) + 1, decode=True)
    return [event for event in events if event["timeNano"] >= since * 1e9]


def remove_with_results(client: docker.DockerClient, *names: str) -> None:
    """Remove images under all their names, and what was made of them, replaced results included.
    The engine is asked once for all: it reads every image that it has to answer."""
    originals = set()
    for name in names:
        with contextlib.suppress(docker.errors.ImageNotFound):
            originals.add(str(client.images.get(name).id))
    if originals:
        made = [image for image in listed(client) if image.original in originals]
        for reference in [*(name for image in made for name in image.tags or (image.id,)), *names]:
            with contextlib.suppress(docker.errors.ImageNotFound):
                client.images.remove(reference, force=True)


@pytest.fixture
def only_cleaner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For tests in which something runs `slim clean`, or waits to be found by it: one at a time
    over all workers, as it removes what any killed run has left."""
    with (tmp_path_factory.getbasetemp().parent / "cleaning.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def image(client: docker.DockerClient) -> Iterator[Callable[..., str]]:
    """An image builder for all tests of a module."""
    with image_builder(client) as build:
        yield build


@dataclass(frozen=True, kw_only=True)
class State:
    """What the engine holds: whatever a failed build leaves behind is in the difference."""

    containers: frozenset[str]
    images: frozenset[tuple[str, str]]
    folders: frozenset[str]


def state(client: docker.DockerClient, folder: Path) -> State:
    """What there is of the images of these tests; other runs may go on beside them."""
    images = listed(client)
    own = {image.id for image in images if any(tag.startswith(OWN) for tag in image.tags)}
    own |= {image.id for image in images if image.original in own}
    return State(
        containers=frozenset(
            line["Id"]
            for line in client.api.containers(all=True, filters={"label": SESSION_LABEL})
            if line["ImageID"] in own
        ),
        images=frozenset(
            (image.id, tag)
            for image in images
            for tag in image.tags or ("<none>",)
            if image.id in own
        ),
        folders=frozenset(path.name for path in folder.glob("slimmer-*")),
    )


def anonymous_volumes(client: docker.DockerClient) -> set[str]:
    """Volumes that no container uses."""
    return {str(volume.id) for volume in client.volumes.list(filters={"dangling": True})}


def left_volumes(client: docker.DockerClient, before: set[str]) -> set[str]:
    """Volumes that came since and that no container uses, looked at again for a while: those of
    other runs are between two containers, or between theirs and their own end, for a moment."""
    deadline = time.monotonic() + 20
    left = anonymous_volumes(client) - before
    while left and time.monotonic() < deadline:
        time.sleep(0.2)
        left &= anonymous_volumes(client)
    return left


@pytest.fixture
def unchanged(
    client: docker.DockerClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], State]]:
    """Whatever the test does, the engine and the temporary folder are as before: call the
    fixture once the test's own images are there."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    before: list[State] = []

    def remember() -> State:
        before.append(state(client, temporary))
        return before[0]

    yield remember
    assert before, "the test did not call unchanged()"
    assert state(client, temporary) == before[0]


def command(*words: str, stdin: bytes = b"") -> str:
    """What a program prints; it must end with status 0."""
    done = subprocess.run(words, input=stdin, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, (words, done.stderr.decode(errors="replace"))
    return done.stdout.decode()


def file_of(client: docker.DockerClient, image: str, path: str) -> tuple[tarfile.TarInfo, bytes]:
    """A file as a new container of the image has it, its volumes filled."""
    container = client.containers.create(image, command=["none"])
    try:
        pieces, _ = container.get_archive(path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as tar:
            member = tar.next()
            assert member is not None
            content = tar.extractfile(member)
            return member, content.read() if content else b""
    finally:
        container.remove(v=True)


def exported(client: docker.DockerClient, image: str) -> dict[str, tarfile.TarInfo]:
    """Every path of an image's root file system, as `docker export` tells it."""
    container = client.containers.create(image, command=["none"])
    try:
        with tempfile.TemporaryFile() as file:
            pieces: Iterable[Any] = container.export()  # of bytes, whatever the SDK's types say
            file.writelines(pieces)
            file.seek(0)
            with tarfile.open(fileobj=file) as tar:
                return {"/" + member.name.strip("/"): member for member in tar}
    finally:
        container.remove(v=True)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for almost nothing."""
    place = tmp_path / "tiny"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", place], check=True)
