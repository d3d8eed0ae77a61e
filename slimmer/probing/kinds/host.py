"""`host`: a command on this machine that exercises the target: a test suite, a client, a script.

Whatever it started is ended with it, at its own end and at its time limit: nothing of it goes on
against a container that is gone.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from slimmer.probing.command_line import COMMAND_KEYS, CommandLineProbe, command_words, judged
from slimmer.probing.keys import PORT, TLS, Given, Keys
from slimmer.probing.kinds.interface import Attempt, Kind
from slimmer.probing.target import CommandOutcome, Target
from slimmer.values import ProbeResult

OUTPUT_LIMIT: Final = 1024 * 1024
"""Bytes of output that are remembered; the rest is read and dropped."""
_MARK: Final = "SLIM_HOST_COMMAND"
"""In the environment of everything that a command starts: how it is found again."""
_CONNECT_TIMEOUT: Final = 1.0
_LOOK: Final = 0.5
"""Seconds between two looks whether the container is still there."""
_END_TIMEOUT: Final = 10.0
"""Seconds in which killed processes must be gone; one that hangs in the kernel is left behind."""
_MISSING, _NOT_EXECUTABLE = 127, 126
"""A shell's exit statuses for commands that cannot be run."""


@dataclass(frozen=True, kw_only=True)
class HostProbe(CommandLineProbe):
    """One command on this machine that exercises the target, whose address it has in its
    environment."""

    kind = "host"
    needs_port = True
    runs_here = True
    own_words = CommandLineProbe.own_words | {"folder"}
    folder: str = "."
    """Where it runs, relative to the folder in which slimmer runs."""
    port: int | None = None
    """The port in the container whose address it is given; None: the run's port."""
    tls: bool = False
    """Whether the URL that it is given says https."""

    @property
    def url_scheme(self) -> str:
        return "https" if self.tls else "http"


class Host(Kind[HostProbe]):
    """A command on this machine."""

    probe = HostProbe
    keys = Keys(keys=(*COMMAND_KEYS, PORT, TLS))
    shorthand = "COMMAND"
    sources = ("json", "pattern")

    def step(self, given: Given, folder: Path) -> HostProbe:
        name = "host " + shlex.join(given["command"])
        return HostProbe(name=name, folder=str(folder), **given)

    def short(self, text: str, folder: Path) -> HostProbe:
        words = command_words(text)
        return HostProbe(name=f"host {text.strip()}", command=words, folder=str(folder))

    def send(self, probe: HostProbe, attempt: Attempt) -> ProbeResult:
        started = time.monotonic()
        outcome = _run(probe, attempt.target, started + attempt.seconds)
        return judged(probe, outcome, timeout=attempt.seconds, seconds=time.monotonic() - started)


def _run(probe: HostProbe, target: Target, deadline: float) -> CommandOutcome:
    """Run the command to its end, or to the deadline (time.monotonic)."""
    mark = os.urandom(16).hex()
    environment = {
        **os.environ,
        **target_variables(_reachable(target.addresses(probe.port)), tls=probe.tls),
        **dict(probe.variables),
        _MARK: mark,
    }
    written = _Written()
    try:
        process = subprocess.Popen(
            probe.command,
            cwd=probe.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        written.data += f"{probe.command[0]}: {error.strerror}".encode()
        status = _MISSING if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
        return CommandOutcome(exit_status=status, written=written)
    assert process.stdout is not None
    reader = threading.Thread(target=written.read, args=(process.stdout,), daemon=True)
    reader.start()
    exit_status: int | None = None
    try:
        exit_status = _wait(process, target, deadline)
    finally:
        end_tree(process.pid, mark)
        process.wait()
        reader.join(_END_TIMEOUT)
        if not reader.is_alive():
            process.stdout.close()
    return CommandOutcome(exit_status=exit_status, written=written)


def _wait(process: subprocess.Popen[bytes], target: Target, deadline: float) -> int | None:
    """The exit status; None at the deadline, or when the container ends before the command does.
    A container that is gone raises the engine's error: the run is being ended."""
    while (left := deadline - time.monotonic()) > 0:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(min(left, _LOOK))
        if target.exit_status() is not None:
            break
    return None


def target_variables(address: tuple[str, int] | None, *, tls: bool) -> dict[str, str]:
    """SLIM_TARGET_HOST, _PORT and _URL; none where no port of the target is known."""
    if address is None:
        return {}
    host, port = address
    scheme = "https" if tls else "http"
    return {
        "SLIM_TARGET_HOST": host,
        "SLIM_TARGET_PORT": str(port),
        "SLIM_TARGET_URL": f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}",
    }


def end_tree(leader: int, mark: str) -> None:
    """Kill a command's process group, its descendants, and all that carries its mark: what was
    started in a session of its own, or has lost its parent, too."""
    deadline = time.monotonic() + _END_TIMEOUT
    found = _belonging(leader, mark)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
    while found and time.monotonic() < deadline:
        for process in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        found = _belonging(leader, mark)


def _belonging(leader: int, mark: str) -> set[int]:
    """Living processes that are in the leader's group or have the mark in the environment that they
    were started with, and the descendants of these and of the leader. Where there is no /proc, none
    is found."""
    wanted = f"{_MARK}={mark}".encode()
    found: set[int] = set()
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name before the state may hold anything, closing brackets too.
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            state, parent, group = fields[:3]
            if state in (b"Z", b"X"):
                continue
            children.setdefault(int(parent), []).append(int(folder.name))
            environment = (folder / "environ").read_bytes().split(b"\0")
            if int(group) == leader or wanted in environment:
                found.add(int(folder.name))
    waiting = [leader, *found]
    while waiting:
        of_this = children.get(waiting.pop(), ())
        waiting += (process for process in of_this if process not in found)
        found.update(of_this)
    return found


def _reachable(addresses: Sequence[tuple[str, int]]) -> tuple[str, int] | None:
    """The first address that accepts a connection, or else the first."""
    for address in addresses:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(address, timeout=_CONNECT_TIMEOUT),
        ):
            return address
    return addresses[0] if addresses else None


@dataclass
class _Written:
    """probing.Written of one stream for stdout and stderr together."""

    data: bytearray = field(default_factory=bytearray)
    complete: bool = True

    def read(self, stream: IO[bytes]) -> None:
        """Read to the end, so that the command never waits for its reader."""
        while piece := os.read(stream.fileno(), 65536):
            left = OUTPUT_LIMIT - len(self.data)
            self.data += piece[:left]
            self.complete = self.complete and len(piece) <= left

    @property
    def stdout(self) -> bytes:
        return bytes(self.data)

    @property
    def stderr(self) -> bytes:
        return b""

    @property
    def both(self) -> bytes:
        return bytes(self.data)
