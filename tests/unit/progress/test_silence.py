"""Silence is explained while it lasts: in a log by lines, on a terminal beside the stage."""

from __future__ import annotations

import io
import re
import time

import pytest

from slimmer.progress import StageClock, patience, told_if_slow
from slimmer.progress import progress as plain
from slimmer.progress.live import LiveProgress


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the usual times."""
    monkeypatch.setattr(plain, "LONGEST_SILENCE", 0.2)
    monkeypatch.setattr(plain, "SAME_AGAIN", 1.0)
    monkeypatch.setattr(plain, "_LOOK", 0.025)
    monkeypatch.setattr(patience, "LONGEST_SILENCE", 0.2)
    monkeypatch.setattr(patience, "SAME_AGAIN", 1.0)
    monkeypatch.setattr(patience, "_TERMINAL_SILENCE", 0.1)
    monkeypatch.setattr(patience, "_AGAIN", 0.05)


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


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_it_until_the_stage_ends() -> None:
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


def test_a_command_that_reads_for_long_says_so_in_a_log() -> None:
    stream = io.StringIO()
    with told_if_slow(stream, lambda: "reading app\x1b[2J"):
        time.sleep(0.35)
    assert stream.getvalue() == "reading app\\x1b[2J\n"


def test_on_a_terminal_it_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = Terminal()
    with told_if_slow(stream, lambda: "reading an image with a long name"):
        time.sleep(0.35)
    erase = "\r\x1b[2K"
    shown = stream.getvalue().split(erase)
    assert stream.getvalue().endswith(erase)
    assert shown[1] == "reading an image wi"
    assert max(map(len, shown)) < 20


def test_what_is_quick_says_nothing() -> None:
    stream = Terminal()
    with told_if_slow(stream, lambda: "reading"):
        pass
    assert stream.getvalue() == ""
