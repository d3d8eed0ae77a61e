"""Which process something belongs to, whether that still runs, and its end on request.

A process number means something in its own PID namespace only, and a container of a CI job has one
of its own although it shares the engine: so the namespace is part of every name.

psutil is loaded for what Linux does not tell of this very process, which is what each run asks.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import time
import uuid
from pathlib import Path

from slimmer.errors import UsageError

_PAUSE = 0.02
"""Seconds between two looks at a process that is not our child: nothing tells of its end."""
_SESSION = re.compile(r"([0-9]+)-([0-9a-f]{8})-[0-9a-f]{16}")
_OF_BEFORE = re.compile(r"[0-9]+-[0-9a-f]{8}")


def owner(pid: int | None = None) -> str:
    """This process, or that of the number, as `BOOT/NAMESPACE/PID/START`: unique, and checkable in
    the same PID namespace. Raises UsageError for a number that no process has."""
    number = os.getpid() if pid is None else pid
    try:
        return f"{_boot_identity()}/{_namespace()}/{number}/{_start(number)}"
    except ProcessLookupError as error:
        raise UsageError(f"there is no process {pid} on this machine") from error


def owner_is_alive(text: str) -> bool | None:
    """Whether the process that `owner` named still runs; None where it cannot be seen from here:
    it is on another machine or in another PID namespace, or the machine was started anew."""
    try:
        boot, namespace, pid, started = text.split("/")
        number = int(pid)
    except ValueError:
        return None
    if boot != _boot_identity() or namespace != _namespace():
        return None
    import psutil

    try:
        process = psutil.Process(number)
        # One that has ended stays listed until its parent asks, which some first processes of
        # containers never do.
        return process.status() != psutil.STATUS_ZOMBIE and _start(number) == started
    except (psutil.Error, ProcessLookupError, ValueError):
        return False


def owner_is_of_this_boot(text: str) -> bool:
    """Whether this machine was not started anew since `owner` named the process."""
    return text.partition("/")[0] == _boot_identity()


def end_owner(text: str, timeout: float) -> bool:
    """Ask the process that `owner` named to end (SIGTERM), and wait up to `timeout` seconds;
    whether it has ended."""
    import psutil

    if owner_is_alive(text):
        try:
            psutil.Process(int(text.split("/")[2])).terminate()
        except psutil.Error:
            return True
    deadline = time.monotonic() + timeout
    while owner_is_alive(text):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)
    return True


def new_session() -> str:
    """A name for a session of this process that nobody can guess, fit for names in the engine."""
    return f"{os.getpid()}-{_place()}-{uuid.uuid4().hex[:16]}"


def session_is_alive(session: str) -> bool | None:
    """Whether the process that a session's name begins with runs; None where it cannot be seen from
    here, or where this is no name of `new_session`."""
    import psutil

    known = _SESSION.fullmatch(session)
    if known is None or known[2] != _place():
        return None
    return psutil.pid_exists(int(known[1]))


def names_session(name: str, session: str) -> bool:
    """Whether the name of a thing holds the session's. What a label says need not be one: whoever
    made an image may have written it, and `a` is in many names."""
    is_one = _SESSION.fullmatch(session) or _OF_BEFORE.fullmatch(session)
    return is_one is not None and session in name


def _place() -> str:
    """Where process numbers of this process mean something, in 8 hex digits."""
    return hashlib.sha256(f"{_boot_identity()}/{_namespace()}".encode()).hexdigest()[:8]


def _namespace() -> str:
    """The inode of the PID namespace; `0` on systems that have none."""
    with contextlib.suppress(OSError):
        return str(os.stat("/proc/self/ns/pid").st_ino)
    return "0"


def _start(pid: int) -> str:
    """When the process started: in clock ticks since the boot where the kernel tells, since the
    time of day may be set while a run goes on. Raises ProcessLookupError where there is none."""
    with contextlib.suppress(OSError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return fields[19].decode()
    import psutil

    try:
        return f"{psutil.Process(pid).create_time():.2f}"
    except (psutil.Error, ValueError) as error:
        raise ProcessLookupError(f"there is no process {pid}") from error


def _boot_identity() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
            return stream.read().strip()
    except OSError:
        import psutil

        return f"{os.uname().nodename}-{psutil.boot_time():.0f}"
