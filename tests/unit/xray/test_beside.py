"""What a copy of this process computes is what this one would have, also where the copy ends."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from slimmer.xray import beside as module
from slimmer.xray.beside import beside


def test_the_value_comes_from_another_process() -> None:
    large = "x" * 1_000_000  # more than a pipe holds
    with beside(lambda: (os.getpid(), large)) as later:
        number, text = later()
    assert number != os.getpid()
    assert text == large


def test_where_the_copy_is_killed_the_value_is_computed_here() -> None:
    here = os.getpid()

    def compute() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid()

    with beside(compute) as later:
        assert later() == here


def test_where_no_copy_can_be_made_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(module.os, "fork", refused)
    with beside(os.getpid) as later:
        assert later() == os.getpid()


def test_an_error_is_raised_here() -> None:
    with beside(lambda: 1 // 0) as later, pytest.raises(ZeroDivisionError):
        later()


def test_a_copy_that_nobody_waits_for_ends() -> None:
    before = psutil.Process().children()
    with beside(lambda: signal.pause()):
        assert len(psutil.Process().children()) == len(before) + 1
    assert psutil.Process().children() == before
