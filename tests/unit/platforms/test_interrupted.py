"""Ctrl-C while the builds for several platforms start, and while they wait for an engine."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from slimmer.errors import InterruptedRunError


@contextlib.contextmanager
def build_for_two(folder: Path) -> Iterator[tuple[subprocess.Popen[str], socket.socket]]:
    """With an engine that takes connections and answers nothing."""
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(folder / "engine"))
        engine.listen()
        engine.settimeout(60)
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "slimmer", "build", "some:1", "--http-probe", "/"),
                "--platform=linux/amd64,linux/arm64=other:1",
            ],
            cwd=folder,
            env={**os.environ, "DOCKER_HOST": f"unix://{folder}/engine"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # as the group that a terminal's Ctrl-C is for
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        try:
            yield process, engine
        finally:
            process.kill()
            process.communicate()


def children(process: subprocess.Popen[str]) -> list[int]:
    told = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
    return [int(each) for each in told.split()]


def assert_interrupted(process: subprocess.Popen[str], builds: list[int]) -> None:
    said, _ = process.communicate(timeout=60)
    assert process.returncode == InterruptedRunError.exit_code, said
    assert "Traceback" not in said
    assert said.count("interrupted") == 1, said
    assert said.count("has been removed") == 1, said
    assert not any(Path(f"/proc/{each}").exists() for each in builds)


@pytest.mark.parametrize("after", [0.0, 0.03, 0.06, 0.1])
def test_ctrl_c_while_the_builds_start(tmp_path: Path, after: float) -> None:
    with build_for_two(tmp_path) as (process, _):
        deadline = time.monotonic() + 60
        while len(builds := children(process)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        assert_interrupted(process, builds)


@pytest.mark.parametrize("send", [os.killpg, os.kill])
def test_interrupted_builds_are_told_of_once(tmp_path: Path, send: object) -> None:
    """By Ctrl-C, or by a signal that only their parent gets."""
    assert callable(send)
    with build_for_two(tmp_path) as (process, engine):
        connections = [engine.accept() for _ in range(2)]
        builds = children(process)
        send(process.pid, signal.SIGINT)
        assert_interrupted(process, builds)
        for connection, _ in connections:
            connection.close()
