"""The watched program controls every path, and must not crash, mislead or stall the watcher."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from slimmer.trace.wire.records import Trailer
from tests.sensor.enclosure import Enclosure


def test_bad_addresses_and_paths_are_survived(enclose: Callable[..., Enclosure]) -> None:
    with enclose("hostile") as enclosure:
        enclosure.run_to_the_end()
        assert enclosure.output() == "survived\n"
        paths = {record.path for record in enclosure.lookups()}
        assert "/hostile/at-the-border" in paths
        assert "/hostile/new\nline" in paths
        assert "/hostile/escape\033[2J\007" in paths
        assert "/hostile/not\udcff\udcfeutf8\udcc0" in paths
        assert "..//..///./hostile/dots/../.." in paths
        assert "/hostile/openat2-nowhere" in paths
        assert "/hostile/the-end" in paths
        assert max(len(path) for path in paths) == 4095
        assert "c" * 108 in paths, "a socket's path that fills its address"
        assert "hostile-below-a-pipe" in {
            record.path for record in enclosure.lookups() if not record.anchored
        }
        unreadable = [record for record in enclosure.lookups() if not record.readable]
        assert {record.call for record in unreadable} >= {"openat", "newfstatat"}
        assert all(record.path == "" for record in unreadable)


def test_a_path_that_cannot_be_placed_is_no_sighting(enclose: Callable[..., Enclosure]) -> None:
    with enclose("hostile") as enclosure:
        trace = enclosure.run_to_the_end()
    seen = {sighting.path for sighting in trace.sightings}
    assert not any("below" in path for path in seen)
    assert "/hostile/new\nline" in seen
    assert "/../../hostile/dots/../.." in seen, "what .. means is for the rootfs index to say"


def test_signals_every_half_millisecond_lose_nothing(enclose: Callable[..., Enclosure]) -> None:
    with enclose("storm") as enclosure:
        enclosure.run_to_the_end()
        assert enclosure.output() == "2000 stormy\n"
        paths = {record.path for record in enclosure.lookups()}
        assert {path for path in paths if path.startswith("/storms/")} == {
            f"/storms/{thread}/{index}" for thread in range(4) for index in range(500)
        }


def test_processes_that_live_for_one_call_are_seen(enclose: Callable[..., Enclosure]) -> None:
    with enclose("forks") as enclosure:
        enclosure.run_to_the_end()
        forked = [record for record in enclosure.lookups() if record.path.startswith("/forked/")]
        assert {record.path for record in forked} == {f"/forked/{index}" for index in range(200)}
        assert {record.program for record in forked} == {"/forks"}
        assert len({record.thread for record in forked}) == 200


def test_a_hundred_thousand_paths_are_written_once_each(enclose: Callable[..., Enclosure]) -> None:
    with enclose("many_paths", "100000") as enclosure:
        enclosure.run_to_the_end()
        paths = [record.path for record in enclosure.lookups() if record.path.startswith("/many/")]
        assert len(paths) == 100_000
        assert len(set(paths)) == 100_000
        (trailer,) = [record for record in enclosure.records if isinstance(record, Trailer)]
        assert trailer.folded >= 100_000
        assert trailer.notifications >= 200_000


def test_a_fifo_does_not_stop_the_watcher(enclose: Callable[..., Enclosure]) -> None:
    # fanotify opens every reported file for the watcher, and a FIFO's open waits for a writer.
    # (Newer kernels do not report FIFOs at all.)
    script = "mkfifo /fifo; exec 3<>/fifo; exec 3>&-; cat /etc/passwd >/dev/null"
    with enclose("/bin/bash", "-c", script) as enclosure:
        enclosure.run_to_the_end()
        opened = {record.path for record in enclosure.opened()}
        assert "/etc/passwd" in opened
        assert "/fifo" in {record.path for record in enclosure.lookups()}


def test_a_program_named_like_a_gate_is_not_adopted(enclose: Callable[..., Enclosure]) -> None:
    # The shell calls itself slim:L:0, which is what a gate is called that waits.
    script = "printf slim:L:0 >/proc/$$/comm; read line </go; :"
    with enclose("/bin/bash", "-c", f"mkfifo /go; {script}") as enclosure:
        enclosure.tell("adopt")
        with enclosure.execute("/bin/cat", "/etc/hostname") as command:
            assert command.wait(60) == 0
        # A child of the target that runs the sensor's own gate has a filter already, and its
        # parent is in the namespace.
        with enclosure.execute("/bin/sh", "-c", "echo >/go") as command:
            enclosure.tell("adopt")
            assert command.wait(60) == 0
        enclosure.run_to_the_end()


@pytest.mark.parametrize("line", ["", "phase", "nonsense", "phase " + "x" * 5000])
def test_a_control_line_that_is_wrong_is_noted(
    line: str, enclose: Callable[..., Enclosure]
) -> None:
    with enclose("endings", "return") as enclosure:
        enclosure.tell(line)
        enclosure.phase("next")
        trace = enclosure.run_to_the_end()
    assert trace.phases == ("boot", "next")
