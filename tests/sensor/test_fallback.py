"""One source is enough, and which one is missing, and why, is part of the trace."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from slimmer.trace.wire.records import Adopted, Exiting, Hello, Listening
from slimmer.values import Source
from tests.sensor.enclosure import Enclosure

COMMAND = ("/bin/sh", "-c", "cat /etc/passwd >/dev/null; test -e /nothing/here; exit 21")


def test_without_fanotify_lookups_are_complete(enclose: Callable[..., Enclosure]) -> None:
    with enclose(*COMMAND, watch=["--no-fanotify"]) as enclosure:
        trace = enclosure.run_to_the_end()
        assert enclosure.opened() == []
    assert trace.sources == {Source.NOTIFY}
    assert trace.missing_sources == {Source.FANOTIFY: "switched off by --no-fanotify"}
    assert {"/etc/passwd", "/nothing/here"} <= {sighting.path for sighting in trace.sightings}


def test_without_notification_opens_are_complete(enclose: Callable[..., Enclosure]) -> None:
    with enclose(*COMMAND, gate=["--no-notify"]) as enclosure:
        trace = enclosure.run_to_the_end()
        assert enclosure.lookups() == []
    assert trace.sources == {Source.FANOTIFY}
    assert "--no-notify" in trace.missing_sources[Source.NOTIFY]
    assert trace.exit_status == 21
    seen = {sighting.path for sighting in trace.sightings}
    assert {"/etc/passwd", "/usr/bin/dash", "/usr/bin/cat"} <= seen
    assert "/nothing/here" not in seen


def test_a_watcher_told_to_ignore_calls_answers_them(enclose: Callable[..., Enclosure]) -> None:
    with enclose(*COMMAND, watch=["--no-notify"]) as enclosure:
        trace = enclosure.run_to_the_end()
        assert enclosure.lookups() == []
    assert trace.missing_sources == {Source.NOTIFY: "switched off by --no-notify"}
    assert trace.exit_status == 21, "held at its exit, and let go"
    assert "/etc/passwd" in {sighting.path for sighting in trace.sightings}


def test_without_notification_the_gate_stays_as_a_parent(
    enclose: Callable[..., Enclosure],
) -> None:
    script = "trap 'exit 33' USR1; (sleep 0.01 &); while :; do sleep 0.05; done"
    with enclose("/bin/bash", "-c", script, gate=["--no-notify"]) as enclosure:
        enclosure.phase("signal")
        # Bash may still be on its way to its trap.
        while enclosure.target.poll() is None and "USR1" not in _caught(enclosure):
            pass
        enclosure.signal_first(signal.SIGUSR1)
        assert enclosure.wait_for(Exiting).status == 33
        enclosure.tell("adopt")
        with enclosure.execute("/bin/true", gate=["--no-notify"]) as command:
            assert command.wait(60) == 0
        assert enclosure.wait_for(Adopted).process > 0
        enclosure.finish()
        assert enclosure.target.wait(60) == 33


def test_without_notification_a_signals_death_has_the_shells_status(
    enclose: Callable[..., Enclosure],
) -> None:
    with enclose("endings", "abort", gate=["--no-notify"]) as enclosure:
        assert enclosure.wait_for(Exiting).status == 128 + 6
        enclosure.finish()
        assert enclosure.target.wait(60) == 128 + 6


def test_without_notification_ports_are_looked_for(enclose: Callable[..., Enclosure]) -> None:
    with enclose("listener", gate=["--no-notify"]) as enclosure:
        assert enclosure.wait_for(Listening).port in (4101, 4102)


def test_a_filter_with_a_listener_in_the_way_is_explained(
    enclose: Callable[..., Enclosure], tracee: Callable[[str], Path]
) -> None:
    # A gate behind a gate: the kernel allows one listener, and the outer one has it.
    enclosure = enclose("/.slim/sensor", "gate", "--", "/bin/true", prefix=["/other_listener"])
    other = enclosure.files / "other_listener"
    other.write_bytes(tracee("other_listener").read_bytes())
    other.chmod(0o755)
    with enclosure:
        hello = enclosure.wait_for(Hello)
        assert hello.sources == {Source.FANOTIFY}
        assert "another seccomp listener" in hello.missing[Source.NOTIFY]


def test_without_any_source_the_watcher_refuses(enclose: Callable[..., Enclosure]) -> None:
    with enclose("endings", "return", watch=["--no-notify", "--no-fanotify"]) as enclosure:
        hello = enclosure.wait_for(Hello)
        assert hello.sources == frozenset()
        assert enclosure.watcher.wait(60) == 4
        assert "no source" in enclosure.errors()


def test_a_watcher_finds_no_gate_in_another_program(sensor: Path) -> None:
    with subprocess.Popen(["sleep", "0"]) as program:
        program.wait()
        done = subprocess.run(
            [sensor, "watch", "--pid", str(program.pid)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert "not a waiting gate" in done.stderr


@pytest.mark.parametrize(
    ("command", "status", "message"),
    [
        ("no-such-program", 127, "cannot run no-such-program: not found in PATH"),
        ("/no/such/program", 127, "cannot run /no/such/program: No such file or directory"),
        ("/etc/passwd", 126, "cannot run /etc/passwd: Permission denied"),
        ("/etc", 126, "cannot run /etc: Permission denied"),
        ("", 127, "cannot run : "),
    ],
)
def test_a_command_that_cannot_run_is_named(
    sensor: Path, command: str, status: int, message: str
) -> None:
    done = subprocess.run(
        [sensor, "gate", "--", command], capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert message in done.stderr
    assert done.stdout == ""


def _caught(enclosure: Enclosure) -> str:
    """The signals that the command, the gate's first child, handles."""
    for child in (
        Path(f"/proc/{enclosure.first}/task/{enclosure.first}/children").read_text().split()
    ):
        for line in Path(f"/proc/{child}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                mask = int(line.split()[1], 16)
                if mask >> (signal.SIGUSR1 - 1) & 1:
                    return "USR1"
    return ""
