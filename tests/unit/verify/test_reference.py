"""When the original is asked again, and what is made of its answers. What stands for the original
here is a function that answers; tests/engine has the real one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from slimmer.errors import DifferentAnswerError, EngineOperationError, SmokeTestError
from slimmer.probing.kinds import HttpProbe, ReplayAnswer, ReplayProbe
from slimmer.values import (
    HttpRequest,
    ImageKind,
    Probe,
    ProbeResult,
    RunOptions,
    SmokeOutcome,
    Verdict,
)
from slimmer.verify import Reference, SmokePlan, raise_for_failure
from tests.unit.verify.compare.answers import page

GET = HttpProbe(name="GET /", path="/")
POST = HttpProbe(name="POST /", method="POST", path="/")
Answers = Callable[[Probe], str]


def result(probe: Probe, text: str, *, seconds: float = 0.1) -> ProbeResult:
    """An answer; an empty text is a failed probe."""
    return ProbeResult(
        probe=probe,
        passed=bool(text),
        answer="200 OK" if text else "500",
        answered_with=page(text or "error"),
        seconds=seconds,
    )


def ran(*results: ProbeResult, kind: ImageKind = ImageKind.SLIM) -> SmokeOutcome:
    return SmokeOutcome(image=kind, results=results)


def plan(*probes: Probe) -> SmokePlan:
    return SmokePlan(
        run=RunOptions(), probes=probes, port=80, ports=(), ready_seconds=0.1, exit_status=None
    )


class Original:
    """Answers each run with the next of some texts, and remembers what it was asked."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)
        self.asked: list[list[str]] = []

    def __call__(self, plan: SmokePlan) -> SmokeOutcome:
        text = self.texts[len(self.asked)]
        self.asked.append([probe.name for probe in plan.probes])
        return ran(*(result(probe, text) for probe in plan.probes), kind=ImageKind.ORIGINAL)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def reference(
    pool: ThreadPoolExecutor, original: Original, *, first: str, probes: Sequence[Probe] = (GET,)
) -> Reference:
    traced = [result(probe, first) for probe in probes] if first else []
    return Reference(traced, plan(*probes), original, pool)


def verdict(judged: SmokeOutcome) -> Verdict | None:
    (one,) = judged.results
    return one.comparison.verdict if one.comparison else None


def test_an_original_that_repeats_itself_is_asked_once(pool: ThreadPoolExecutor) -> None:
    original = Original("a b c")
    answers = reference(pool, original, first="a b c")
    judgement = answers.judge([ran(result(GET, "a b c"))])
    assert verdict(judgement.outcomes[0]) is Verdict.SAME
    assert judgement.outcomes[0].passed
    assert judgement.notes == ()
    assert len(original.asked) == 1


def test_a_difference_asks_again_and_stays_one(pool: ThreadPoolExecutor) -> None:
    """The image answered what the original never does."""
    original = Original("hello world", "hello world")
    answers = reference(pool, original, first="hello world", probes=(GET, POST))
    judgement = answers.judge([ran(result(GET, "hello nobody"), result(POST, "hello nobody"))])
    (judged,) = judgement.outcomes
    assert not judged.passed
    assert judged.results[0].answer == "200 OK; not the original's body"
    # What may change something is not repeated.
    assert original.asked[1] == ["GET /", "POST /", "GET /", "GET /", "GET /"]
    with pytest.raises(DifferentAnswerError) as caught:
        raise_for_failure([judged])
    assert "-hello world\n+hello nobody" in caught.value.details


def test_a_difference_that_the_original_makes_too_is_none(pool: ThreadPoolExecutor) -> None:
    original = Original("it is Monday", "it is Tuesday")
    answers = reference(pool, original, first="it is Monday")
    assert verdict(answers.judge([ran(result(GET, "it is Tuesday"))]).outcomes[0]) is Verdict.SAME
    assert len(original.asked) == 2


def test_a_check_that_no_trace_saw_is_compared(pool: ThreadPoolExecutor) -> None:
    """One answer is known; what of it is noise is found out when it matters."""
    original = Original("visit 1 of you", "visit 2 of you", "visit 9 of you")
    answers = reference(pool, original, first="")
    assert verdict(answers.judge([ran(result(GET, "visit 7 of you"))]).outcomes[0]) is (
        Verdict.ALIKE
    )
    assert not answers.judge([ran(result(GET, "visit of you"))]).outcomes[0].passed


def test_an_original_that_fails_the_second_time_is_not_compared(pool: ThreadPoolExecutor) -> None:
    judgement = reference(pool, Original(""), first="made").judge([ran(result(GET, "anything"))])
    assert verdict(judgement.outcomes[0]) is None
    assert judgement.outcomes[0].passed
    (note,) = judgement.notes
    assert "fails `GET /` when it is run again (500)" in note


def test_an_original_that_cannot_run_again_is_a_note(pool: ThreadPoolExecutor) -> None:
    def refuse(plan: SmokePlan) -> SmokeOutcome:
        raise EngineOperationError("the port is taken")

    answers = Reference([result(GET, "one answer")], plan(GET), refuse, pool)
    judgement = answers.judge([ran(result(GET, "another answer"))])
    assert verdict(judgement.outcomes[0]) is Verdict.UNKNOWN
    assert judgement.outcomes[0].passed
    assert judgement.notes == ("the original could not be run again: the port is taken",)


def test_a_problem_that_the_original_has_as_well_is_none_of_the_image(
    pool: ThreadPoolExecutor,
) -> None:
    """As where an engine can start nothing any more."""
    gone = SmokeOutcome(image=ImageKind.SLIM, results=(), problem="there is no bridge docker0")
    for of_original, is_shared in (
        (gone, True),
        (dataclasses.replace(gone, problem="no memory"), False),
    ):
        answers = Reference([result(GET, "x")], plan(GET), lambda _, each=of_original: each, pool)
        with pytest.raises(SmokeTestError) as caught:
            raise_for_failure(answers.judge([gone]).outcomes)
        assert "there is no bridge docker0" in caught.value.message
        assert ("so does the original now" in caught.value.message) is is_shared


def test_saved_answers_stand_for_the_original(pool: ThreadPoolExecutor) -> None:
    """Where it is not run at all, one answer may be the only one known."""
    answers = Reference([result(GET, "one answer")], plan(GET), None, pool)
    same, other = ran(result(GET, "one answer")), ran(result(GET, "another answer"))
    assert verdict(answers.judge([same]).outcomes[0]) is Verdict.SAME
    assert verdict(answers.judge([other]).outcomes[0]) is Verdict.UNKNOWN


def test_a_probe_that_failed_is_not_compared(pool: ThreadPoolExecutor) -> None:
    judgement = reference(pool, Original("x"), first="x").judge([ran(result(GET, ""))])
    assert verdict(judgement.outcomes[0]) is None
    with pytest.raises(SmokeTestError) as caught:
        raise_for_failure(judgement.outcomes)
    assert not isinstance(caught.value, DifferentAnswerError)


def test_a_much_slower_answer_is_a_note(pool: ThreadPoolExecutor) -> None:
    answers = reference(pool, Original("x"), first="x")
    slow = dataclasses.replace(result(GET, "x"), seconds=6.0)
    quick = dataclasses.replace(result(GET, "x"), seconds=1.0)
    assert answers.judge([ran(slow)]).notes == (
        "the slim image took 6.0 s for `GET /`, the original 0.1 s",
    )
    assert answers.judge([ran(quick)]).notes == ()


CRAWL = ReplayProbe(name="crawl", requests=(HttpRequest(path="/a"), HttpRequest(path="/b")))


def crawled(*statuses: int, passed: bool = True) -> ProbeResult:
    """Answers to the two requests of CRAWL."""
    names = ("GET /a", "GET /b")
    answers = tuple(
        (name, dataclasses.replace(page("text"), status=status))
        for name, status in zip(names, statuses, strict=True)
    )
    return ProbeResult(
        probe=CRAWL,
        passed=passed,
        answer="as before" if passed else "1 of 2 requests",
        answered_with=ReplayAnswer(answers=answers),
    )


def crawled_twice(pool: ThreadPoolExecutor, second: ProbeResult) -> Reference:
    def original(plan: SmokePlan) -> SmokeOutcome:
        return ran(second, kind=ImageKind.ORIGINAL)

    return Reference([crawled(200, 200)], plan(CRAWL), original, pool)


def test_a_page_that_the_original_answers_now_so_and_now_so_may_do_either(
    pool: ThreadPoolExecutor,
) -> None:
    answers = crawled_twice(pool, crawled(200, 503, passed=False))
    judgement = answers.judge([ran(crawled(200, 503, passed=False))])
    assert judgement.outcomes[0].passed
    assert "either answer passes" in judgement.notes[0]
    assert answers.judge([ran(crawled(200, 200))]).outcomes[0].passed


def test_a_page_that_only_the_image_answers_otherwise_fails_the_smoke_test(
    pool: ThreadPoolExecutor,
) -> None:
    for second in (crawled(200, 200), crawled(200, 503, passed=False)):
        judgement = crawled_twice(pool, second).judge([ran(crawled(404, 200, passed=False))])
        assert not judgement.outcomes[0].passed
        with pytest.raises(SmokeTestError) as caught:
            raise_for_failure(judgement.outcomes)
        assert caught.value.exit_code == 13


def test_who_is_unhealthy_where_the_original_is_healthy_has_not_passed(
    pool: ThreadPoolExecutor,
) -> None:
    image = dataclasses.replace(ran(result(GET, "a")), unhealthy="exec: /bin/sh: not found")
    judgement = reference(pool, Original("a"), first="a").judge([image])
    assert not judgement.outcomes[0].passed
    assert "its HEALTHCHECK says: exec: /bin/sh: not found" in judgement.outcomes[0].problem
    assert judgement.notes == ()


def test_nobody_has_to_be_healthier_than_the_original(pool: ThreadPoolExecutor) -> None:
    class Slow(Original):
        def __call__(self, plan: SmokePlan) -> SmokeOutcome:
            return dataclasses.replace(super().__call__(plan), unhealthy="timed out")

    image = dataclasses.replace(ran(result(GET, "a")), unhealthy="timed out")
    judgement = reference(pool, Slow("a"), first="a").judge([image])
    assert judgement.outcomes[0].passed
    assert "does not call the original healthy" in judgement.notes[0]
