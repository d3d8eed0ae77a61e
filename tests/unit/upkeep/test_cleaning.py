"""`slim clean`: whose things it takes, and whose never."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slimmer.engine import Session, owner
from slimmer.engine.ownership import new_session
from slimmer.image import OWNER_LABEL, SESSION_LABEL, read_original
from slimmer.upkeep import find_leftovers, remove_leftovers
from slimmer.workspace import abandoned_workspaces, remove_folder, workspace
from tests.unit.build.engine import ORIGINAL, ORIGINAL_ID, MemoryEngine

DAY = 24 * 3600


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return folder


@pytest.fixture
def engine(tmp_path: Path, temporary: Path) -> Iterator[MemoryEngine]:
    return MemoryEngine(tmp_path / "engine", ["/bin/app"], lambda _: 0)


def created(engine: MemoryEngine, session: str, owned_by: str, name: str = "") -> str:
    """A container with these labels; without a name it is called as slimmer calls it."""
    labels = {SESSION_LABEL: session, OWNER_LABEL: owned_by}
    return engine.create_container(
        {"Image": ORIGINAL, "Labels": labels}, name or f"slimmer-target-{session}-0"
    )


def dead() -> tuple[str, str]:
    """(session, owner) of a process of this namespace that has ended."""
    program = (
        "from slimmer.engine.ownership import new_session, owner; print(new_session(), owner())"
    )
    session, owned_by = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    return session, owned_by


def elsewhere() -> tuple[str, str]:
    """The same of a process in another PID namespace of this machine."""
    boot, namespace, _, _ = owner().split("/")
    return "7-00000000-0123456789abcdef", f"{boot}/{int(namespace) + 1}/7/1"


def test_a_run_that_is_gone(engine: MemoryEngine) -> None:
    left = created(engine, *dead())
    found = find_leftovers(engine)
    assert [identity for identity, _ in found.containers] == [left]
    assert remove_leftovers(engine, found) == frozenset()
    assert engine.left_behind() == set()


def test_what_stays_is_not_called_removed(
    engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = created(engine, *dead())
    monkeypatch.setattr(engine, "remove_container", lambda container: None)
    assert remove_leftovers(engine, find_leftovers(engine)) == {left}


def test_a_running_build_in_another_pid_namespace_is_left_alone(engine: MemoryEngine) -> None:
    session, owned_by = elsewhere()
    created(engine, session, owned_by)
    engine.names[f"slimmer-session/{session}:slim"] = ORIGINAL_ID
    found = find_leftovers(engine)
    assert (found.containers, found.images, found.unknown) == ((), (), 2)
    engine.now += 2 * DAY
    assert find_leftovers(engine).empty, "it runs, and may be a live trace"
    everything = find_leftovers(engine, everything=True)
    assert (len(everything.containers), len(everything.images)) == (1, 1)


def test_a_dead_one_of_another_namespace_goes_after_a_day(engine: MemoryEngine) -> None:
    session, owned_by = elsewhere()
    container = created(engine, session, owned_by)
    engine.names[f"slimmer-session/{session}:slim"] = ORIGINAL_ID
    engine._containers[container].status = 137
    engine.now += DAY - 60
    assert find_leftovers(engine).empty
    engine.now += 120
    found = find_leftovers(engine)
    assert len(found.containers) == 1
    assert found.images == (f"slimmer-session/{session}:slim",)


@pytest.mark.parametrize("everything", [False, True])
def test_a_container_that_inherited_labels_is_the_users(
    engine: MemoryEngine, everything: bool
) -> None:
    """By `docker commit` of a container of slimmer, even under the name that this had."""
    session, owned_by = dead()
    created(engine, session, owned_by, name="my-app")
    found = find_leftovers(engine, everything=everything)
    assert (found.containers, found.foreign) == ((), 1)


@pytest.mark.parametrize("session", ["", "a", "happy_banach", "1-0"])
def test_a_label_that_an_image_came_with_is_no_session(engine: MemoryEngine, session: str) -> None:
    created(engine, session, dead()[1], name="happy_banach-1-0")
    assert find_leftovers(engine, everything=True).empty


def test_a_container_of_slimmers_under_a_name_of_the_users(engine: MemoryEngine) -> None:
    session = Session(engine)
    session.id, owned_by = dead()
    container = session.create_container("target", {"Image": ORIGINAL}, name="my-app")
    labels = engine._containers[container].configuration["Labels"]
    labels[OWNER_LABEL] = owned_by
    assert len(find_leftovers(engine).containers) == 1
    session.close()
    assert engine.left_behind() == set()


def test_a_session_leaves_alone_who_inherited_its_labels(engine: MemoryEngine) -> None:
    with Session(engine) as session:
        session.create_container("target", {"Image": ORIGINAL})
        users = created(engine, session.id, owner(), name="my-app")
    assert engine.left_behind() == {users}


def test_labels_of_a_run_are_no_part_of_an_original() -> None:
    labels = {SESSION_LABEL: new_session(), OWNER_LABEL: owner(), "theirs": "1"}
    inspection = {"Id": "sha256:1", "Config": {"Labels": labels}}
    assert read_original("committed", inspection).config == {"Labels": {"theirs": "1"}}
    inspection = {"Id": "sha256:1", "Config": {"Labels": {SESSION_LABEL: "x"}}}
    assert read_original("committed", inspection).config == {}


def test_folders(temporary: Path) -> None:
    _, gone = dead()
    (temporary / "slimmer-gone" / "deep").mkdir(parents=True)
    (temporary / "slimmer-gone" / "owner").write_text(gone)
    with workspace() as living:
        os.mkfifo(living / "a-fifo")
        assert abandoned_workspaces() == [temporary / "slimmer-gone"]
        assert living in abandoned_workspaces(everything=True)
    assert not living.exists()
    remove_folder(temporary / "slimmer-gone")
    assert list(temporary.iterdir()) == []


def test_no_trap_is_opened(temporary: Path, tmp_path: Path) -> None:
    """A FIFO would be waited for, and a link leads elsewhere."""
    _, gone = dead()
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "owner").write_text(gone)
    (temporary / "slimmer-link").symlink_to(tmp_path / "victim")
    for name in ("fifo", "linked", "binary", "none"):
        (temporary / f"slimmer-{name}").mkdir()
    os.mkfifo(temporary / "slimmer-fifo" / "owner")
    os.mkfifo(temporary / "slimmer-itself")
    (temporary / "slimmer-linked" / "owner").symlink_to(tmp_path / "victim" / "owner")
    (temporary / "slimmer-binary" / "owner").write_bytes(b"\xff\xfe")
    assert abandoned_workspaces() == []
    if os.geteuid() == 0:
        theirs = temporary / "slimmer-theirs"
        theirs.mkdir()
        (theirs / "owner").write_text(gone)
        os.chown(theirs, 12345, 12345)
        assert abandoned_workspaces() == []


def test_a_folder_of_a_run_that_was_killed_between_two_steps(temporary: Path) -> None:
    bare = temporary / "slimmer-bare"
    bare.mkdir()
    assert abandoned_workspaces() == [], "its run may have begun just now"
    os.utime(bare, (0, 0))
    assert abandoned_workspaces() == [bare]
