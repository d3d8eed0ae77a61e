"""What the target's threads do, for each way to wait and for ways not to."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from slimmer.trace.wire.records import Activity
from tests.sensor.enclosure import PATIENCE, Enclosure

ENDLESS = {
    **dict.fromkeys(
        (
            "pause", "accept", "pipe", "eventfd", "inotify", "epoll", "poll", "ppoll",
            "select", "condition", "sigsuspend", "sigwait", "loopback",
        ),
        1,
    ),
    **dict.fromkeys(("children", "threads", "stopped", "init"), 2),
}  # fmt: skip
"""Way → number of threads."""
LONG = {
    "long-sleep": (0, 1),
    "long-poll": (0, 1),
    "long-select": (0, 1),
    "long-moment": (0, 1),
    "long-condition": (0, 1),
    "long-timer": (1, 1),
}
"""Way → those that wait for an event, and for a thousand seconds; a clock counts among these."""
SHORT = ("short-sleep", "short-poll", "short-signal", "short-timer", "fifo", "writing", "socket")


def look(enclosure: Enclosure) -> Activity:
    """What the watcher says."""
    enclosure.tell("activity")
    return enclosure.wait_for(Activity)


def settled(enclosure: Enclosure, fits: Callable[[Activity], bool]) -> Activity:
    """The first look that fits: a program takes its time until it waits."""
    deadline = time.monotonic() + PATIENCE
    while not fits(seen := look(enclosure)):
        assert time.monotonic() < deadline, (seen, enclosure.state())
        time.sleep(0.01)
    return seen


@pytest.mark.parametrize("way", ENDLESS)
def test_a_wait_without_an_end(way: str, enclose: Callable[..., Enclosure]) -> None:
    with enclose("waits", way) as enclosure:
        seen = settled(enclosure, lambda seen: seen.waiting == ENDLESS[way])
        assert (seen.running, seen.limited, seen.connected) == (0, 0, False)
        assert look(enclosure).used == seen.used
        enclosure.finish()


@pytest.mark.parametrize("way", LONG)
def test_a_wait_for_a_long_time(way: str, enclose: Callable[..., Enclosure]) -> None:
    with enclose("waits", way) as enclosure:
        seen = settled(enclosure, lambda seen: (seen.waiting, seen.limited) == LONG[way])
        assert seen.running == 0
        assert 900 < seen.left <= 1000


@pytest.mark.parametrize("way", SHORT)
def test_a_wait_that_may_be_over_soon(way: str, enclose: Callable[..., Enclosure]) -> None:
    with enclose("waits", way) as enclosure:
        seen = settled(enclosure, lambda seen: seen.limited == 1 and seen.running == 0)
        assert seen.left <= 1


def test_a_connection_to_somebody_else(enclose: Callable[..., Enclosure]) -> None:
    with enclose("waits", "elsewhere") as enclosure:
        seen = settled(enclosure, lambda seen: seen.waiting == 1)
        assert seen.connected


def test_a_program_that_computes(enclose: Callable[..., Enclosure]) -> None:
    with enclose("waits", "compute") as enclosure:
        before = settled(enclosure, lambda seen: seen.running == 1 and seen.used > 0)
        settled(enclosure, lambda seen: seen.used >= before.used + 0.1)


def test_a_program_that_waits_for_the_watcher_is_at_work(
    enclose: Callable[..., Enclosure],
) -> None:
    """However slow the watcher is."""
    with enclose("waits", "look-up") as enclosure:
        settled(enclosure, lambda seen: seen.running == 1)
        for _ in range(20):
            enclosure.pause_watcher()
            time.sleep(0.02)
            enclosure.tell("activity")
            enclosure.resume_watcher()
            seen = enclosure.wait_for(Activity)
            assert (seen.running, seen.waiting, seen.limited) == (1, 0, 0)


def test_commands_beside_the_targets_own_do_not_count(
    enclose: Callable[..., Enclosure],
) -> None:
    with enclose("waits", "pause") as enclosure:
        settled(enclosure, lambda seen: seen.waiting == 1)
        enclosure.tell("adopt")
        with enclosure.execute("/bin/sh", "-c", "while :; do :; done") as command:
            enclosure.wait_until(lambda: b"sh" in _name(command.pid))
            seen = look(enclosure)
            assert (seen.running, seen.waiting, seen.limited) == (0, 1, 0)
            command.kill()


def test_without_a_notification_nobody_waits_for_the_watcher(
    enclose: Callable[..., Enclosure],
) -> None:
    """The gate is the first program then, and the command its child."""
    with enclose("waits", "pause", gate=["--no-notify"]) as enclosure:
        seen = settled(enclosure, lambda seen: seen.waiting == 2)
        assert (seen.running, seen.limited) == (0, 0)


def _name(process: int) -> bytes:
    with open(f"/proc/{process}/cmdline", "rb") as file:
        return file.read()
