"""The coordinator: what is sent when, what is tried again, and what is remembered."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from slimmer.errors import UsageError
from slimmer.fleet import Job, Limits, Outcome
from slimmer.fleet.planning import Planned
from slimmer.fleet.progress import PlainFleetProgress
from slimmer.fleet.running import run_builds
from slimmer.fleet.state import State
from slimmer.fleet.workforce import Ended
from tests.unit.fleet.outcomes import failure, outcome, planned

Answer = Callable[[Job, int], Outcome | None]


class Hands:
    """Workers that answer at once, by a function of the job and how often it was sent before."""

    def __init__(self, size: int, answer: Answer) -> None:
        self.size = size
        self._answer = answer
        self._jobs: list[Job] = []
        self.sent: list[str] = []
        self.most = 0

    def submit(self, job: Job) -> None:
        self._jobs.append(job)
        self.most = max(self.most, len(self._jobs))
        self.sent.append(job.name)

    def ended(self, timeout: float) -> Iterator[Ended]:
        if self._jobs:
            job = self._jobs.pop(0)
            yield job, self._answer(job, self.sent.count(job.name) - 1)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    opened = State(tmp_path / "fleet.sqlite")
    yield opened
    opened.close()


def run(hands: Hands, state: State, jobs: Sequence[Planned]) -> tuple[list[Outcome], str]:
    done: list[Outcome] = []
    said = io.StringIO()
    limits = Limits(retries=2, pause=0.0)
    run_builds(jobs, hands, state, "separate", limits, PlainFleetProgress(said), done.append)
    return done, said.getvalue()


def test_no_more_is_sent_than_there_are_workers(state: State) -> None:
    hands = Hands(3, lambda job, _: outcome(job.name))
    done, said = run(hands, state, [planned(f"a:{n}") for n in range(20)])
    assert hands.most == 3
    assert sorted(each.name for each in done) == sorted(f"a:{n}" for n in range(20))
    assert "[20/20]" in said


def test_what_may_pass_by_is_tried_again(state: State) -> None:
    hands = Hands(1, lambda job, before: failure(code=16) if before < 2 else outcome(job.name))
    done, said = run(hands, state, [planned()])
    assert [(each.is_built, each.attempts) for each in done] == [(True, 3)]
    assert said.count("again in") == 2


def test_tries_come_to_an_end(state: State) -> None:
    done, _ = run(Hands(1, lambda *_: failure(code=62)), state, [planned()])
    assert [(each.exit_code, each.attempts) for each in done] == [(62, 3)]


def test_a_probe_that_fails_fails_again(state: State) -> None:
    hands = Hands(1, lambda *_: failure(code=9))
    run(hands, state, [planned()])
    assert hands.sent == ["app:1-slim"]


def test_what_was_lost_with_the_scheduler_is_sent_again_and_is_no_try(state: State) -> None:
    hands = Hands(1, lambda job, before: None if before < 5 else outcome(job.name))
    done, said = run(hands, state, [planned()])
    assert [each.attempts for each in done] == [1]
    assert "was lost with the scheduler" in said


def test_a_build_that_went_well_is_remembered_with_what_it_was_made_of(state: State) -> None:
    run(Hands(1, lambda job, _: outcome(job.name)), state, [planned(fingerprint="one")])
    assert state.built("app:1-slim", "separate", "one") == outcome()
    assert state.built("app:1-slim", "separate", "two") is None
    assert state.built("app:1-slim", "shared", "one") is None


def test_a_failed_build_is_not_taken_for_done(state: State) -> None:
    run(Hands(1, lambda *_: failure(code=9)), state, [planned(fingerprint="one")])
    assert state.built("app:1-slim", "separate", "one") is None


def test_two_runs_do_not_share_a_state(tmp_path: Path, state: State) -> None:
    with pytest.raises(UsageError, match="cannot be used") as caught:
        State(tmp_path / "fleet.sqlite")
    assert "another `slim fleet`" in caught.value.hint


def test_a_file_that_is_something_else(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"no database at all, " * 100)
    with pytest.raises(UsageError, match="cannot be used"):
        State(tmp_path / "other")


def test_a_new_image_stands_where_others_of_its_base_do(state: State) -> None:
    state.stands_on("a:1", "slim-foundation:1", "layer")
    state.stands_on("b:1", "", "layer")
    assert state.foundations("a:1", "layer") == ("slim-foundation:1",)
    assert state.foundations("new:1", "layer") == ("slim-foundation:1",)
    assert state.foundations("b:1", "layer") == ("",), "it is known to stand alone"
    assert state.foundations("new:1", "another layer") == ()
