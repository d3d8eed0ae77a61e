"""What each source sees, in which phase, and below which directory."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

import pytest

from slimmer.trace.wire.records import Adopted, Exiting, Listening, Lookup, Phase, Signals
from slimmer.trace.wire.trace import absolute_path
from slimmer.values import Access, Source
from tests.sensor.enclosure import Enclosure


def test_io_uring_is_seen_by_fanotify_alone(enclose: Callable[..., Enclosure]) -> None:
    enclosure = enclose("ring")
    (enclosure.files / "ring-opened").write_text("read through a ring")
    with enclosure:
        enclosure.run_to_the_end()
        if "no io_uring" in enclosure.output():
            pytest.skip("this kernel forbids io_uring")
        assert enclosure.output() == "opened\n"
        assert "/ring-opened" in {record.path for record in enclosure.opened()}
        assert "/ring-opened" not in {record.path for record in enclosure.lookups()}


def test_interpreters_are_seen_by_fanotify(enclose: Callable[..., Enclosure]) -> None:
    enclosure = enclose("/script")
    script = enclosure.files / "script"
    script.write_text("#!/bin/sh\nexit 0\n")
    script.chmod(0o755)
    with enclosure:
        trace = enclosure.run_to_the_end()
    executed = {
        (sighting.source, sighting.path)
        for sighting in trace.sightings
        if sighting.access is Access.EXECUTE
    }
    assert (Source.NOTIFY, "/script") in executed
    assert (Source.FANOTIFY, "/script") in executed
    assert any(path.endswith("/dash") for _, path in executed), "the kernel opened it"
    assert any("/ld-linux" in path for _, path in executed)


def test_programs_outside_of_the_filter_are_seen_by_fanotify(
    enclose: Callable[..., Enclosure],
) -> None:
    with enclose("listener") as enclosure:
        enclosure.wait_for(Listening)
        enclosure.phase("health check")
        with enclosure.execute("/bin/true") as behind_a_gate_that_nobody_adopts:
            behind_a_gate_that_nobody_adopts.kill()
        subprocess.run(
            ["nsenter", "--target", str(enclosure.first), "--mount", "--pid", "--root",
             "/bin/cat", "/etc/hostname"],
            check=True, capture_output=True,
        )  # fmt: skip
        trace = enclosure.finish()
    assert ("/etc/hostname", "health check", Source.FANOTIFY) in {
        (sighting.path, sighting.phase, sighting.source) for sighting in trace.sightings
    }


def test_each_phase_names_its_files_again(enclose: Callable[..., Enclosure]) -> None:
    script = "cat /etc/passwd; read line </go; cat /etc/passwd; cat /etc/passwd"
    with enclose("/bin/bash", "-c", f"mkfifo /go; {script}") as enclosure:
        enclosure.wait_for(Lookup, lambda record: record.path == "/go" and record.call == "openat")
        enclosure.phase("again")
        enclosure.tell("adopt")
        with enclosure.execute("/bin/sh", "-c", "echo >/go") as command:
            assert command.wait(60) == 0
        trace = enclosure.run_to_the_end()
        written = [
            record
            for record in enclosure.lookups()
            if record.path == "/etc/passwd" and record.program.endswith("/cat")
        ]
        assert len(written) == 2, "once in each phase, however often it is opened"
    assert {
        (sighting.phase, sighting.source)
        for sighting in trace.sightings
        if sighting.path == "/etc/passwd"
    } == {(phase, source) for phase in ("boot", "again") for source in Source}


def test_paths_are_placed_below_roots_and_working_directories(
    enclose: Callable[..., Enclosure],
) -> None:
    enclosure = enclose("roots")
    (enclosure.files / "cell" / "inner").mkdir(parents=True)
    with enclosure:
        enclosure.run_to_the_end()
        assert enclosure.target.returncode == 0
        placed = {absolute_path(item.directory, item.path) for item in enclosure.lookups()}
    assert placed >= {
        "/cell/inner/relative",
        "/cell/inner/../sideways",
        "/cell/absolute-in-the-cell",
        "/cell/relative-in-the-cell",
        "/cell/below-the-descriptor",
    }


def test_ports_are_reported_when_they_open(enclose: Callable[..., Enclosure]) -> None:
    with enclose("listener") as enclosure:
        first = enclosure.wait_for(Listening)
        second = enclosure.wait_for(Listening)
        assert (str(first.address), first.port, first.loopback) == ("127.0.0.1", 4101, True)
        assert (str(second.address), second.port, second.loopback) == ("::", 4102, False)


def test_what_a_stop_signal_would_do_is_known(enclose: Callable[..., Enclosure]) -> None:
    with enclose("listener") as enclosure:
        enclosure.wait_for(Listening)
        enclosure.tell("signals")
        answer = enclosure.wait_for(Signals)
        assert answer.takes(signal.SIGTERM), "it is blocked, and waited for"
        assert not answer.takes(signal.SIGQUIT)
        enclosure.signal_first(signal.SIGQUIT)  # which PID 1 does not even notice
        enclosure.signal_first(signal.SIGTERM)
        assert enclosure.wait_for(Exiting).status == signal.SIGTERM


def test_commands_of_the_engine_join_the_trace(enclose: Callable[..., Enclosure]) -> None:
    with enclose("listener") as enclosure:
        enclosure.phase("command")
        for _ in range(3):
            enclosure.tell("adopt")
            with enclosure.execute("sh", "-c", "test -e /looked/for; exit 5") as command:
                assert command.wait(60) == 5
            assert enclosure.wait_for(Adopted).process > 1
        trace = enclosure.finish()
    (sighting,) = [item for item in trace.sightings if item.path == "/looked/for"]
    assert (sighting.phase, sighting.source) == ("command", Source.NOTIFY)
    assert sighting.program.endswith("/dash")


def test_the_gate_may_come_before_or_after_it_is_announced(
    enclose: Callable[..., Enclosure],
) -> None:
    with enclose("listener") as enclosure:
        with enclosure.execute("/bin/true") as early:
            enclosure.tell("adopt")
            assert early.wait(60) == 0
        enclosure.tell("adopt")
        enclosure.phase("announced")
        with enclosure.execute("/bin/true") as late:
            assert late.wait(60) == 0
        assert len([r for r in enclosure.records if isinstance(r, Phase)]) == 2


def test_a_gate_that_never_comes_is_given_up(enclose: Callable[..., Enclosure]) -> None:
    with enclose("listener", watch=["--patience", "50"]) as enclosure:
        enclosure.tell("adopt")
        given_up = enclosure.wait_for(Adopted)
        assert (given_up.process, given_up.text) == (0, "no gate appeared in time")
        enclosure.finish()
