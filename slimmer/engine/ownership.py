"""Which process something belongs to, whether that still runs, and its end on request."""

from __future__ import annotations

import os
import time

import psutil

from slimmer.errors import UsageError

_PAUSE = 0.02
"""Seconds between two looks at a process that is not our child: nothing tells of its end."""


def owner(pid: int | None = None) -> str:
    """This process, or that of the number, as `HOST-BOOT/PID/START`: unique, and checkable on the
    same machine. Raises UsageError for a number that no process has."""
    try:
        process = psutil.Process(pid)
        return f"{_boot_identity()}/{process.pid}/{process.create_time():.2f}"
    except (psutil.Error, ValueError) as error:
        raise UsageError(f"there is no process {pid} on this machine") from error


def owner_is_alive(text: str) -> bool | None:
    """Whether the process that `owner` named still runs; None where this machine cannot tell."""
    try:
        boot, pid, started = text.split("/")
    except ValueError:
        return None
    if boot != _boot_identity():
        return None
    try:
        process = psutil.Process(int(pid))
        # One that has ended stays listed until its parent asks, which some first processes of
        # containers never do.
        ended = process.status() == psutil.STATUS_ZOMBIE
        return not ended and abs(process.create_time() - float(started)) < 1.0
    except (psutil.Error, ValueError):
        return False


def end_owner(text: str, timeout: float) -> bool:
    """Ask the process that `owner` named to end (SIGTERM), and wait up to `timeout` seconds;
    whether it has ended."""
    if owner_is_alive(text):
        try:
            psutil.Process(int(text.split("/")[1])).terminate()
        except psutil.Error:
            return True
    deadline = time.monotonic() + timeout
    while owner_is_alive(text):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)
    return True


def session_is_alive(session: str) -> bool:
    """Whether the process that a session's id names runs on this machine."""
    pid = session.partition("-")[0]
    return pid.isdigit() and psutil.pid_exists(int(pid))


def _boot_identity() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as stream:
            return stream.read().strip()
    except OSError:
        return f"{os.uname().nodename}-{psutil.boot_time():.0f}"
