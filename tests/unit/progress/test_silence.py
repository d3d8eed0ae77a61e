"""Silence is explained while it lasts: in a log by lines, on a terminal beside the stage."""

from __future__ import annotations

import io
import re
import time

import pytest

from slimmer.progress import StageClock
from slimmer.progress import progress as plain
from slimmer.progress.live import LiveProgress


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the usual times."""
    monkeypatch.setattr(plain, "LONGEST_SILENCE", 0.2)
    monkeypatch.setattr(plain, "SAME_AGAIN", 1.0)
    monkeypatch.setattr(plain, "_LOOK", 0.025)


def lines(stream: io.StringIO) -> list[str]:
    return [
        re.sub(r"^\[.*?\] |\d+ ms|[\d.]+ s", "", line) for line in stream.getvalue().split("\n")
    ]


def test_a_log_says_what_is_waited_for() -> None:
    stream = io.StringIO()
    progress = plain.PlainProgress(stream)
    clock = StageClock(progress)
    with clock.stage("trace", "the engine makes the containers"):
        time.sleep(0.35)
        progress.waiting("trace", "stopping: it does not end on SIGTERM")
        time.sleep(0.35)
    progress.close()
    assert lines(stream)[:4] == [
        "trace …",
        "trace: the engine makes the containers",
        "trace: stopping: it does not end on SIGTERM",
        "trace done in ",
    ]


def test_the_same_is_not_said_all_the_time_and_a_quick_stage_needs_no_word() -> None:
    stream = io.StringIO()
    progress = plain.PlainProgress(stream)
    clock = StageClock(progress)
    with clock.stage("load", "the engine takes the images in"):
        time.sleep(0.7)
    with clock.stage("pack", "packing layers"):
        pass
    progress.close()
    assert lines(stream)[:5] == [
        "load …",
        "load: the engine takes the images in",
        "load done in ",
        "pack …",
        "pack done in ",
    ]


def test_stages_side_by_side_are_told_together() -> None:
    stream = io.StringIO()
    progress = plain.PlainProgress(stream)
    clock = StageClock(progress)
    with clock.stage("pack", "packing layers"), clock.stage("reference"):
        time.sleep(0.35)
    progress.close()
    assert "pack: packing layers; reference: still at work" in lines(stream)


def test_a_terminal_shows_it_until_the_stage_ends() -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = LiveProgress(stream)
    clock = StageClock(progress)
    with clock.stage("pack", "packing layers"):
        progress.detail("pack", "2 layers")
        time.sleep(0.3)
    progress.close()
    during, _, at_the_end = stream.getvalue().rpartition("✓")
    assert "packing layers" in during
    assert "2 layers" in at_the_end
    assert "packing layers" not in at_the_end
