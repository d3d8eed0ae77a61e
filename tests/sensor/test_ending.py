"""The target's first program is held at its exit until the trace is complete. Where it is killed,
the watcher, which is out of its reach, completes the trace all the same."""

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


def test_a_killed_target_leaves_a_complete_trace(enclose: Callable[..., Enclosure]) -> None:
    with enclose("/bin/bash", "-c", "cat /etc/hostname; read -t 60 <> <(:)") as enclosure:
        enclosure.wait_for(Lookup, lambda record: record.path == "/etc/hostname")
        enclosure.signal_first(signal.SIGKILL)
        enclosure.wait_for(Trailer)
        assert enclosure.watcher.wait(60) == 0
        assert not [record for record in enclosure.records if isinstance(record, Exiting)]


def test_a_target_that_kills_all_it_can_reach_does_not_reach_the_watcher(
    enclose: Callable[..., Enclosure],
) -> None:
    """As an init does at its end, by root and as the first process: twice, once for each signal
    that nobody can take."""
    script = "kill -STOP -1; kill -KILL -1; cat /etc/hostname; exit 9"
    with enclose("/bin/bash", "-c", script) as enclosure:
        exiting = enclosure.wait_for(Exiting)
        assert exiting.status == 9
        trace = enclosure.finish()
        assert enclosure.target.wait(60) == 9
    assert "/etc/hostname" in {sighting.path for sighting in trace.sightings}


def test_a_target_does_not_see_the_watcher(enclose: Callable[..., Enclosure]) -> None:
    with enclose("/bin/bash", "-c", "exec cat /proc/[0-9]*/comm") as enclosure:
        enclosure.run_to_the_end()
        assert set(enclosure.output().split()) == {"cat"}


def test_a_killed_watcher_leaves_an_incomplete_trace(enclose: Callable[..., Enclosure]) -> None:
    with enclose("listener") as enclosure:
        enclosure.phase("before the end")
        enclosure.watcher.kill()
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
