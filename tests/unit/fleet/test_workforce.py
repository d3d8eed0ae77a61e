"""Real workers of Dask, and real processes of builds."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from slimmer.errors import BuildLostError
from slimmer.fleet import Job, Outcome
from slimmer.fleet.child import LOG, _Builds, build_in_child, end_builds
from slimmer.fleet.template import _OF_THREAD
from slimmer.fleet.workforce import local_workers
from slimmer.remains import all_finished
from tests.unit.fleet.outcomes import job, outcome

DEADLINE = 120.0


def dies_once(job: Job) -> Outcome:
    """The first worker that gets the job is killed by it."""
    marker = Path(job.home)
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return outcome(job.name, engine=os.environ["DOCKER_HOST"])
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("not reached")


def test_what_a_killed_worker_was_doing_is_done_by_another(tmp_path: Path) -> None:
    engines = ("unix:///one", "unix:///two")
    with local_workers(engines, dies_once) as workforce:
        (tmp_path / "1").touch()
        for number in range(2):
            workforce.submit(job(f"a:{number}", home=str(tmp_path / f"{number}")))
        ended: list[Outcome | None] = []
        deadline = time.monotonic() + DEADLINE
        while len(ended) < 2 and time.monotonic() < deadline:
            ended += [each for _, each in workforce.ended(1.0)]
    assert sorted(each.name for each in ended if each) == ["a:0", "a:1"]
    assert {each.engine for each in ended if each} <= set(engines)


def waits_for_the_engine(job: Job) -> Outcome:
    """A build whose engine takes the connection, and never answers."""
    environment = {**os.environ, "DOCKER_HOST": f"unix://{job.home}/e.sock"}
    return build_in_child(job, environment, Path(job.home) / "build")


def test_an_interrupted_fleet_waits_for_what_its_builds_take_away(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "e.sock"))
        engine.listen()
        engine.settimeout(DEADLINE)
        connections: list[socket.socket] = []

        def interrupted() -> None:
            with local_workers(("unix:///one",), waits_for_the_engine) as workforce:
                workforce.submit(job("a:1", home=str(tmp_path)))
                connections.append(engine.accept()[0])
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        connections.pop().close()
    assert "error: interrupted" in (tmp_path / "build" / LOG).read_text()


@pytest.fixture
def ending() -> Iterator[type[_Builds]]:
    yield _Builds
    _Builds.are_ending = False


def test_a_build_whose_process_only_starts_is_ended_as_well(
    tmp_path: Path, ending: type[_Builds]
) -> None:
    """Its template loads for a second or more, and is there after the others were told."""
    with socket.socket(socket.AF_UNIX) as engine, ThreadPoolExecutor() as thread:
        engine.bind(str(tmp_path / "e.sock"))
        engine.listen()
        started = thread.submit(waits_for_the_engine, job(home=str(tmp_path), seconds=20.0))
        while not (tmp_path / "build" / LOG).exists():
            time.sleep(0.001)
        asyncio.run(end_builds())
        assert not ending.under_way
        ended = started.result(DEADLINE)
    assert ended.exit_code == BuildLostError.exit_code
    assert "longer than" not in ended.problem


def is_lost_or_done(job: Job) -> Outcome:
    if job.name == "lost:1":
        raise RuntimeError("lost")
    return outcome(job.name)


@pytest.mark.parametrize("is_taken", [True, False])
def test_what_was_done_when_the_fleet_was_interrupted_is_told(is_taken: bool) -> None:
    """While its outcome was under way, or just being written down; whatever became of another."""
    names = ("lost:1", f"done:{is_taken}")

    def interrupted() -> None:
        with local_workers(("unix:///one",), is_lost_or_done) as workforce:
            for name in names:
                workforce.submit(job(name))
            if not is_taken:
                raise KeyboardInterrupt
            while True:
                for ended, _ in workforce.ended(1.0):
                    if ended.name == names[1]:
                        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names[1] in all_finished()


PROGRAM = """
import time
from slimmer.fleet.workforce import local_workers

if __name__ == "__main__":
    print("starting", flush=True)
    try:
        with local_workers(("unix:///one", "unix:///two")):
            print("started", flush=True)
            time.sleep(60)
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.parametrize(
    ("line", "later"), [("starting", 0.1), ("starting", 1.0), ("starting", 2.0), ("started", 0.0)]
)
def test_ctrl_c_is_for_the_coordinator(tmp_path: Path, line: str, later: float) -> None:
    """Its workers are in the same group of processes, and say nothing."""
    (tmp_path / "program.py").write_text(PROGRAM)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    with process:
        while process.stdout.readline() != f"{line}\n":
            assert process.poll() is None
        time.sleep(later)
        os.killpg(process.pid, signal.SIGINT)
        said, errors = process.communicate(timeout=DEADLINE)
    assert (process.returncode, said.splitlines()[-1], errors) == (0, "interrupted", "")


def test_a_build_without_an_engine_says_so(tmp_path: Path) -> None:
    environment = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/no.sock"}
    ended = build_in_child(job(), environment, tmp_path)
    assert ended.exit_code == 3
    assert "no container engine answers" in ended.problem
    assert "DOCKER_HOST" in ended.hint
    assert ended.report == str(tmp_path / LOG), "what fleet.html links to"


def test_a_build_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    """The engine takes the connection, and never answers."""
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(tmp_path / "e.sock"))
        engine.listen()
        environment = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/e.sock"}
        ended = build_in_child(job(seconds=0.1), environment, tmp_path)
    assert ended.exit_code == 62
    assert "longer than 0.1 s" in ended.problem


def test_a_process_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "slimmer.fleet.template.COMMAND", ("sh", "-c", "echo out of memory >&2; exit 9")
    )
    with ThreadPoolExecutor() as thread:  # each has its template
        ended = thread.submit(build_in_child, job(), dict(os.environ), tmp_path).result()
    assert ended.exit_code == 62
    assert "status 9" in ended.problem
    assert ended.details == "out of memory"
    assert (tmp_path / LOG).read_text() == "out of memory\n"


def test_a_template_that_was_killed_is_replaced(tmp_path: Path) -> None:
    """And while it lives, builds are its children, each a process of its own."""
    nowhere = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/no.sock"}

    def builds() -> list[tuple[int, int]]:
        processes = []
        for number in range(3):
            assert build_in_child(job(), nowhere, tmp_path / f"{number}").exit_code == 3
            template = _OF_THREAD.template
            processes.append((template._process.pid, template.pid))
            if number == 1:
                template._process.kill()
        return processes

    with ThreadPoolExecutor() as thread:
        (first, one), (second, other), (third, _) = thread.submit(builds).result()
    assert first == second != third
    assert one != other


def test_a_build_has_the_environment_of_its_worker_alone(tmp_path: Path) -> None:
    """Nothing of the build before it is left, and the log is its own."""
    for name in ("one", "two"):
        build_in_child(job(), {"DOCKER_HOST": f"unix://{tmp_path}/{name}"}, tmp_path / name)
    assert (tmp_path / "one" / LOG).exists()
    ended = build_in_child(job(), {"DOCKER_HOST": f"unix://{tmp_path}/three"}, tmp_path / "three")
    assert f"{tmp_path}/three" in ended.problem
