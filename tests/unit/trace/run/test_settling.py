"""Whether a target will do anything more by itself, from what its threads do look by look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from slimmer.trace.run.settling import LOOK, QUIET, Settling
from slimmer.trace.wire.records import Activity

STEPS = 100
"""Looks of a test at the most."""


def activity(
    running: int = 0,
    waiting: int = 0,
    limited: int = 0,
    *,
    left: float = 0.0,
    connected: bool = False,
    used: float = 0.0,
) -> Activity:
    return Activity(
        time=0, running=running, waiting=waiting, limited=limited, connected=connected, left=left,
        used=used,
    )  # fmt: skip


class Course:
    """A target that does one thing after the other, the last of them for ever, a look each."""

    def __init__(self, *course: Activity | None, looks_up_until: float = 0.0) -> None:
        self._course, self._until = course, looks_up_until
        self._now = 1000.0
        self._seen: Iterator[Activity | None] = iter(course)
        self.looks = 0
        self.settling = Settling(self._look, self._quiet_for, lambda: self._now)

    def settles_after(self) -> float:
        """Seconds, or infinity."""
        start = self._now
        for _ in range(STEPS):
            if self.settling.has_settled():
                return self._now - start
            self._now += LOOK
        return float("inf")

    def _look(self) -> Activity | None:
        self.looks += 1
        return next(self._seen, self._course[-1])

    def _quiet_for(self) -> float:
        return self._now - 1000.0 - self._until


ALL_WAIT = (
    activity(waiting=1),
    activity(waiting=40, used=3.0),
    activity(limited=1, left=1000.0),
    activity(waiting=3, limited=2, left=QUIET),
)
BY_THE_CLOCK = (
    activity(limited=1),
    activity(waiting=3, limited=1, left=QUIET - 0.1),
    activity(waiting=1, connected=True),
    activity(),
    None,
)


@pytest.mark.parametrize("seen", ALL_WAIT)
def test_threads_that_all_wait_have_settled_at_the_second_look(seen: Activity) -> None:
    assert Course(seen).settles_after() == LOOK


@pytest.mark.parametrize("seen", BY_THE_CLOCK)
def test_where_it_may_go_on_by_itself_the_clock_decides(seen: Activity | None) -> None:
    assert QUIET < Course(seen).settles_after() <= QUIET + 2 * LOOK


def test_at_work_it_never_settles() -> None:
    assert Course(activity(running=1, waiting=5)).settles_after() == float("inf")


def test_processor_time_is_a_sign_of_work_where_no_look_meets_it() -> None:
    worked = [activity(waiting=1, used=step * LOOK / 2) for step in range(STEPS)]
    assert Course(*worked).settles_after() == float("inf")
    looked_after = [activity(waiting=1, used=step * LOOK / 20) for step in range(STEPS)]
    assert Course(*looked_after).settles_after() == LOOK


def test_the_clock_begins_anew_with_work() -> None:
    waits, runs = activity(limited=1), activity(running=1)
    sometimes = [*[waits] * 10, runs, runs, waits]
    assert QUIET < Course(*sometimes).settles_after() - 11 * LOOK <= QUIET + 2 * LOOK


def test_a_thread_that_is_met_running_once_is_no_work() -> None:
    """As of a program that wakes each second, on a loaded machine."""
    waits, runs = activity(limited=1), activity(running=1)
    assert QUIET < Course(*[waits, waits, runs] * 20).settles_after() <= QUIET + 2 * LOOK


def test_new_paths_are_work() -> None:
    assert Course(activity(waiting=1), looks_up_until=3.0).settles_after() == 3.0 + LOOK


def test_threads_that_come_and_go_are_looked_at_again() -> None:
    course = Course(activity(waiting=1), activity(waiting=2), activity(waiting=1))
    assert course.settles_after() == 3 * LOOK


def test_nobody_looks_twice_in_a_moment() -> None:
    course = Course(activity(waiting=1))
    assert not any(course.settling.has_settled() for _ in range(10))
    assert course.looks == 1


def test_what_people_are_told_of_it() -> None:
    for seen, words in ((activity(running=1), "it computes"), (activity(limited=1), "it waits")):
        course = Course(seen)
        assert course.settling.doing() == "it still looks up new files"
        course.settles_after()
        assert course.settling.doing() == words
