"""A session leaves nothing behind, however late the engine answers what was cut off."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from slimmer.engine import Session
from slimmer.errors import InterruptedRunError
from tests.unit.build.engine import ORIGINAL, MemoryEngine

LATE = 0.5
"""Seconds after the interruption in which the engine does what it was asked before."""


class SlowEngine(MemoryEngine):
    """Carries out what it was asked some time after the run was interrupted."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ["/bin/app"], lambda process: 0)
        self._is_over = threading.Event()
        self._workers: list[threading.Thread] = []

    def interrupt(self) -> None:
        threading.Timer(LATE, self._is_over.set).start()
        os.kill(os.getpid(), signal.SIGINT)

    def create_container(self, configuration: Mapping[str, Any], name: str | None = None) -> str:
        self._carry_out(lambda: super(SlowEngine, self).create_container(configuration, name))
        return f"container-{name}"

    def load_image(self, archive: Iterable[bytes]) -> str:
        named = b"".join(archive).decode()
        self._carry_out(lambda: self.names.update({named: ORIGINAL}))
        return "loaded"

    def _carry_out(self, action: Any) -> None:
        """It does not care whether the one who asked is still there."""
        worker = threading.Thread(target=lambda: (self._is_over.wait(), action()))
        self._workers.append(worker)
        worker.start()
        self.interrupt()
        worker.join()

    def finish(self) -> None:
        """Wait until all that it was asked is done."""
        for worker in self._workers:
            worker.join()


def create(session: Session) -> None:
    session.create_container("target", {"Image": ORIGINAL})


def load(session: Session) -> None:
    session.load_image([session.image_name("slim").encode()])


@pytest.mark.parametrize("ask", [create, load])
def test_what_an_interruption_cut_off_is_removed(
    tmp_path: Path, ask: Callable[[Session], None]
) -> None:
    engine = SlowEngine(tmp_path)
    with pytest.raises(KeyboardInterrupt), Session(engine) as session:
        ask(session)
    engine.finish()
    assert engine.left_behind() == set()
    assert session.remains() == ()


def test_an_archive_is_not_sent_on_once_the_run_is_ending(tmp_path: Path) -> None:
    engine = MemoryEngine(tmp_path, ["/bin/app"], lambda process: 0)
    session = Session(engine)

    def archive() -> Iterable[bytes]:
        yield b"a first piece"
        ending.start()
        ending.join(0.5)  # it waits for this request
        yield b"a second one"

    ending = threading.Thread(target=session.close)
    with pytest.raises(InterruptedRunError):
        session.load_image(archive())
    ending.join()
    assert session.remains() == ()


def test_nothing_is_made_once_the_run_is_ending(tmp_path: Path) -> None:
    engine = MemoryEngine(tmp_path, ["/bin/app"], lambda process: 0)
    with Session(engine) as session:
        pass
    with pytest.raises(InterruptedRunError):
        session.create_container("target", {"Image": ORIGINAL})


def test_many_containers_for_one_purpose_have_names_of_their_own(tmp_path: Path) -> None:
    """A repair tries a finished image again and again, in one session."""
    engine = MemoryEngine(tmp_path, ["/bin/app"], lambda process: 0)
    with Session(engine) as session:
        made = [session.create_container("slim", {"Image": ORIGINAL}) for _ in range(2_000)]
    assert len(set(made)) == 2_000
