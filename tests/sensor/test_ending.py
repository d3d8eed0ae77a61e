"""The target's end takes the PID namespace along, the watcher included: it is held until the
trace is complete, and where that is impossible the trace says so."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from slimmer.errors import TraceIncompleteError
from slimmer.trace.wire.reader import RecordReader
from slimmer.trace.wire.records import Exiting, Listening, Lookup, Phase, Trailer
from tests.sensor.enclosure import Enclosure

WAYS = {
    "return": 3,
    "exit-call": 4,
    "threads-come-and-go": 5,
    "leader-first": 6,
    "signal-all": 7,
    "other-thread": 9,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_first_program_is_held_at_its_exit(way: str, enclose: Callable[..., Enclosure]) -> None:
    with enclose("endings", way) as enclosure:
        exiting = enclosure.wait_for(Exiting)
        assert exiting.status == WAYS[way]
        assert enclosure.target.poll() is None, "held"
        if way != "leader-first":  # a process without its first thread has no namespaces to join
            enclosure.tell("adopt")
            with enclosure.execute("/bin/cat", "/etc/hostname") as command:
                assert command.wait(60) == 0, "commands still find a container to run in"
            enclosure.wait_for(Lookup, lambda record: record.path == "/etc/hostname")
        trace = enclosure.finish()
        assert enclosure.target.wait(60) == WAYS[way]
    assert trace.exit_status == WAYS[way]


def test_an_exit_after_the_stop_signal_is_not_the_commands_own(
    enclose: Callable[..., Enclosure],
) -> None:
    with enclose("listener") as enclosure:
        enclosure.wait_for(Listening)
        enclosure.phase("shutdown")
        enclosure.signal_first(signal.SIGTERM)
        trace = enclosure.run_to_the_end()
    assert trace.exit_status is None
    assert trace.phases == ("boot", "shutdown")


def test_a_killed_target_leaves_an_incomplete_trace(enclose: Callable[..., Enclosure]) -> None:
    with enclose("listener") as enclosure:
        enclosure.phase("before the end")
        enclosure.signal_first(signal.SIGKILL)
        with pytest.raises(AssertionError, match="no Trailer"):
            enclosure.wait_for(Trailer)
        reader = RecordReader()
        assert any(isinstance(record, Phase) for record in reader.feed(bytes(enclosure.raw)))
        with pytest.raises(TraceIncompleteError, match="trailer"):
            reader.close()


def test_what_runs_after_the_trailer_runs_on_and_is_not_recorded(
    enclose: Callable[..., Enclosure],
) -> None:
    with enclose("/bin/sh", "-c", "cat /etc/passwd; exit 11") as enclosure:
        assert enclosure.finish().exit_status is None
        assert enclosure.target.wait(60) == 11
        assert isinstance(enclosure.records[-1], Trailer)


def test_the_target_goes_on_when_nobody_controls_the_watcher(
    enclose: Callable[..., Enclosure],
) -> None:
    with enclose("endings", "return") as enclosure:
        enclosure.wait_for(Exiting)
        assert enclosure.watcher.stdin is not None
        enclosure.watcher.stdin.close()
        assert enclosure.target.wait(60) == 3
