"""A session takes away what it made, whenever it is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import docker
import pytest

from slimmer.engine import Engine, Session, connect
from slimmer.engine.docker import DockerEngine
from slimmer.errors import InterruptedRunError
from slimmer.image import SESSION_LABEL
from tests.engine.conftest import BUSYBOX, listed

pytestmark = pytest.mark.engine

SLEEPS = {"Image": BUSYBOX, "Cmd": ["sleep", "1000"]}


class HeldEngine(DockerEngine):
    """The real engine, whose answer to a creation is held until it is let go."""

    def __init__(self, engine: DockerEngine) -> None:
        super().__init__(engine._client, engine.address)
        self.asked, self.go_on = threading.Event(), threading.Event()

    def create_container(self, configuration: Mapping[str, Any], name: str | None = None) -> str:
        self.asked.set()
        assert self.go_on.wait(30)
        return super().create_container(configuration, name)

    def hasten(self, seconds: float | None) -> None:
        """The session is closing."""
        super().hasten(seconds)
        self.go_on.set()


@pytest.fixture
def engine() -> Iterator[Engine]:
    connected = connect()
    yield connected
    connected.close()


@pytest.fixture
def left(client: docker.DockerClient) -> Callable[[Session], list[str]]:
    """What the engine still has of a session."""

    def look(session: Session) -> list[str]:
        label = f"{SESSION_LABEL}={session.id}"
        containers = client.containers.list(all=True, filters={"label": label}, ignore_removed=True)
        images = listed(client, name=f"slimmer-session/{session.id}")
        return [*(str(each.id) for each in containers), *(image.id for image in images)]

    return look


def test_running_containers_and_images_go(
    engine: Engine, client: docker.DockerClient, left: Callable[[Session], list[str]]
) -> None:
    with Session(engine) as session:
        for role in ("one", "two"):
            engine.start_container(session.create_container(role, SLEEPS))
        repository, _, tag = session.image_name("slim").rpartition(":")
        client.images.get(BUSYBOX).tag(repository, tag)
        assert len(left(session)) == 3
    assert left(session) == []
    assert client.images.get(BUSYBOX).tags


def test_a_container_that_is_created_while_the_session_closes(
    engine: Engine, left: Callable[[Session], list[str]]
) -> None:
    """Ctrl-C falls between a thread's question and the engine's answer."""
    assert isinstance(engine, DockerEngine)
    held = HeldEngine(engine)
    session = Session(held)
    with ThreadPoolExecutor() as pool:
        creation = pool.submit(session.create_container, "late", SLEEPS)
        assert held.asked.wait(30)
        session.close()
        with pytest.raises(InterruptedRunError):
            creation.result(30)
    assert left(session) == []


def test_an_image_that_is_in_use_at_the_first_close(
    engine: Engine, client: docker.DockerClient, left: Callable[[Session], list[str]]
) -> None:
    """The pipeline closes twice: at once, to end all containers, and after its threads."""
    session = Session(engine)
    name = session.image_name("slim")
    made = client.containers.create(BUSYBOX, ["true"])
    user = None
    try:
        made.commit(*name.split(":"))
        user = client.containers.create(name, ["true"])
        session.close()
        assert len(left(session)) == 1
        user.remove()
        user = None
        session.close()
        assert left(session) == []
    finally:
        for container in filter(None, (user, made)):
            container.remove(force=True)


def test_nothing_is_created_any_more(engine: Engine) -> None:
    session = Session(engine)
    session.close()
    with pytest.raises(InterruptedRunError):
        session.create_container("late", SLEEPS)


def test_a_container_that_was_removed_counts_as_killed(engine: Engine) -> None:
    with Session(engine) as session:
        container = session.create_container("target", SLEEPS)
        engine.start_container(container)
        engine.remove_container(container)
        assert engine.wait_container(container, 10) == 137
        assert not engine.container_state(container)["Running"]
