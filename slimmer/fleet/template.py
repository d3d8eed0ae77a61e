"""A process that has imported what builds need, and is forked for each build.

The import of a thousand modules takes as much processor time as the rest of a small build. Each
thread of a worker that builds has one template, which does nothing but fork and wait; it ends with
the worker, when their socket does.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import BinaryIO, Final

COMMAND: Final = (sys.executable, "-m", "slimmer", "debug", "fleet-builds")
_NUMBER: Final = 32
"""Bytes that are enough for a process id or a status, in decimal."""
_CHUNK: Final = 1 << 16
_OF_THREAD: Final = threading.local()


class Template:
    """The worker's side."""

    def __init__(self, log: BinaryIO) -> None:
        """`log` gets what the template says before its first fork."""
        self._control, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self._process = subprocess.Popen(
                COMMAND,
                stdin=its.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=log,
                # The terminal's Ctrl-C is for the coordinator, who tells workers.
                start_new_session=True,
            )
        self.pid = 0
        """Of the fork that was made last."""

    def fork(self, *streams: int) -> bool:
        """Make one, with these as its lifeline, the place for its result, and its stderr. False:
        the template is no more."""
        try:
            socket.send_fds(self._control, [b"."], streams)
        except OSError:
            return False
        self.pid = self._number(None) or 0
        return bool(self.pid)

    def status(self, timeout: float) -> int | None:
        """How the fork ended, or the template itself; None: neither has."""
        ended = self._number(timeout)
        return ended if ended is not None else self._process.poll()

    def _number(self, timeout: float | None) -> int | None:
        ready, _, _ = select.select([self._control], [], [], timeout)
        with contextlib.suppress(OSError):
            if ready and (said := self._control.recv(_NUMBER)):
                return int(said)
            if ready:
                self._process.wait()
        return None

    def kill(self) -> None:
        """With its fork."""
        if self.pid and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._control.close()


class Fork:
    """A process that was forked from this thread's template. What is written to `lifeline` reaches
    it; it ends when that is closed."""

    def __init__(self, log: BinaryIO) -> None:
        its_lifeline, lifeline = os.pipe()
        self._told, telling = os.pipe()
        self.lifeline: BinaryIO = os.fdopen(lifeline, "wb")
        try:
            self._template = _forked(log, (its_lifeline, telling, log.fileno()))
        finally:
            os.close(its_lifeline)
            os.close(telling)

    def said(self, timeout: float) -> bytes | None:
        """All that it tells until it closes its output; None where that takes longer."""
        said = bytearray()
        deadline = time.monotonic() + timeout
        while True:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._told], [], [], left)[0]:
                return None
            chunk = os.read(self._told, _CHUNK)
            if not chunk:
                return bytes(said)
            said += chunk

    def interrupt(self) -> None:
        """From any thread."""
        with contextlib.suppress(OSError, ValueError):
            self.lifeline.close()

    def end(self, patience: float) -> int:
        """Close its lifeline, and wait so many seconds until it is killed; its status."""
        with contextlib.suppress(BrokenPipeError):
            self.lifeline.close()
        os.close(self._told)
        status = self._template.status(patience)
        if status is None:
            self._template.kill()
            status = -signal.SIGKILL
        return status


def _forked(log: BinaryIO, streams: tuple[int, ...]) -> Template:
    known: Template | None = getattr(_OF_THREAD, "template", None)
    if known is not None:
        if known.fork(*streams):
            return known
        known.kill()
    _OF_THREAD.template = made = Template(log)
    made.fork(*streams)
    return made


def forks(control: socket.socket) -> Iterator[tuple[BinaryIO, int]]:
    """The template's side: gives nothing in the template itself, and once, in each fork, its
    lifeline and where it tells its result."""
    while True:
        _, streams, _, _ = socket.recv_fds(control, 1, 3)
        if not streams:
            return
        pid = os.fork()
        if not pid:
            lifeline, telling, log = streams
            os.dup2(log, sys.stderr.fileno())
            os.close(log)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, control.detach())
            os.close(nothing)
            with os.fdopen(lifeline, "rb", buffering=0) as commands:
                yield commands, telling
            return
        for each in streams:
            os.close(each)
        with contextlib.suppress(BrokenPipeError):  # the worker is no more: so it ends below
            control.send(b"%d" % pid)
            _, status = os.waitpid(pid, 0)
            control.send(b"%d" % os.waitstatus_to_exitcode(status))
