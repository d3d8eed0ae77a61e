"""The census of system calls is compared with what real strace counts for the same program."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from slimmer.trace.wire.records import Hello, SystemCall
from slimmer.values import Trace
from tests.conftest import CI
from tests.sensor.enclosure import SEARCH_PATH, Enclosure

PROGRAMS = {
    "shell with children": ("/bin/sh", "-c", "cd /usr; ls bin/env | cat; (exit 0)"),
    "threads and sockets": (
        "/usr/bin/python3",
        "-I",
        "-c",
        "import socket, threading, os\n"
        "one = threading.Thread(target=socket.socketpair)\none.start()\none.join()\n"
        "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)\n"
        "os.sched_setaffinity(0, os.sched_getaffinity(0))",
    ),
}
ENDS = {"exit", "exit_group"}
"""They never return, so strace has nothing to count."""
BY_CHANCE = {
    "futex",
    "restart_syscall",
    "rt_sigreturn",
    "clock_nanosleep",
    "sched_yield",
    "madvise",
}
"""A thread that is waited for may have ended already."""


def calls_by_strace(command: tuple[str, ...], folder: Path) -> set[str]:
    """Every call that strace counts."""
    output = folder / "strace"
    subprocess.run(
        ["strace", "-f", "-c", "-o", str(output), *command],
        env={"PATH": SEARCH_PATH, "LC_ALL": "C", "PWD": "/"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    words = [line.split() for line in output.read_text().splitlines()]
    return {line[-1] for line in words if line and line[0][:1].isdigit()} - {"total"}


def names(trace: Trace, phase: str = "") -> set[str]:
    return {call.name for call in trace.calls if not phase or call.phase == phase}


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_call_that_strace_counts_is_recorded(
    program: str, enclose: Callable[..., Enclosure], tmp_path: Path
) -> None:
    command = PROGRAMS[program]
    for tool in ("strace", command[0]):
        if shutil.which(tool) is None and not CI:
            pytest.skip(f"{tool} is not installed")
    with enclose(*command, watch=("--census",)) as enclosure:
        ours = names(enclosure.run_to_the_end())
    theirs = calls_by_strace(command, tmp_path)
    assert theirs - ours - BY_CHANCE == set()
    assert ENDS & ours


def test_arguments_that_decide_are_recorded(enclose: Callable[..., Enclosure]) -> None:
    code = "import socket; socket.socketpair(); socket.socket(socket.AF_INET6).close()"
    with enclose("/usr/bin/python3", "-I", "-c", code, watch=("--census",)) as enclosure:
        trace = enclosure.run_to_the_end()
    seen = {(call.name, call.argument) for call in trace.calls}
    assert {("socketpair", 1), ("socket", 10), ("read", -1)} <= seen
    assert ("socket", 2) not in seen


def test_a_command_beside_the_first_program_is_counted_in_its_phase(
    enclose: Callable[..., Enclosure],
) -> None:
    """And what its gate and the engine's runtime do before it is not."""
    with enclose("/bin/sh", "-c", "read line </dev/zero", watch=("--census",)) as enclosure:
        enclosure.phase("beside")
        enclosure.tell("adopt")
        command = enclosure.execute("/bin/mkdir", "/beside")
        command.communicate(timeout=60)
        enclosure.phase("after")
        trace = enclosure.finish()
    assert "mkdir" in names(trace, "beside")
    assert "mkdir" not in names(trace, "boot") | names(trace, "after")
    assert "seccomp" not in names(trace)
    assert "setns" not in names(trace)


def test_nothing_is_counted_unasked(enclose: Callable[..., Enclosure]) -> None:
    with enclose("/bin/true") as enclosure:
        trace = enclosure.run_to_the_end()
        (hello,) = [record for record in enclosure.records if isinstance(record, Hello)]
    assert not hello.census
    assert trace.calls == ()
    assert not any(isinstance(record, SystemCall) for record in enclosure.records)
