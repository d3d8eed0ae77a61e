"""Signals: the first interrupts, clean-up is never broken off, and the process tells what stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from slimmer.errors import InterruptedRunError
from slimmer.interruption import uninterrupted

PROCESS = """
import sys, time
import click
import slimmer.interruption as interruption
interruption.BUDGET = float(sys.argv[3])
from slimmer.cli import main
from slimmer.remains import Remaining, finished, hold, settle
from slimmer.errors import InterruptedRunError
from slimmer.interruption import uninterrupted

class Thing:
    there = True
    def close(self):
        with uninterrupted():
            time.sleep(float(sys.argv[1]))
            self.there = sys.argv[2] == "stays"
            settle(self)
    def remains(self):
        return [Remaining(what="a thing", removal="rm thing")] if self.there else []

@click.command()
def run():
    thing = Thing()
    hold(thing)
    for result in sys.argv[4:]:
        finished(result)
    try:
        print("runs", flush=True)
        time.sleep(60)
    finally:
        thing.close()

sys.modules["slimmer.cli.main"].slim.add_command(run)
main(["run"])
"""


def test_the_end_writes_what_was_printed_and_does_what_was_to_be_done_then() -> None:
    program = (
        "import atexit, os\n"
        "from slimmer.cli import main\n"
        "atexit.register(lambda: os.write(1, b'handled\\n'))\n"
        "print('x' * 1_000_000)\n"
        "main(['--version'])\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 0
    assert ended.stdout.startswith("x" * 1_000_000 + "\nslim, version")
    assert ended.stdout.endswith("handled\n")


def stormed(*arguments: str) -> tuple[int, str, float]:
    """(exit status, what it said, seconds) under INT, TERM and HUP every 5 ms."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    begun = time.monotonic()
    while process.poll() is None and time.monotonic() - begun < 30:
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            process.send_signal(number)
            time.sleep(0.005)
    took = time.monotonic() - begun
    return process.wait(), process.communicate()[1], took


def test_a_storm_of_signals() -> None:
    code, said, _ = stormed("0.5", "goes", "20")
    assert code == 130, said
    assert said.endswith(
        "error: interrupted\n  everything that this run created in the engine has been removed\n"
    )
    assert "Traceback" not in said


def test_what_stays_is_told() -> None:
    code, said, _ = stormed("0", "stays", "20")
    assert code == 130, said
    assert "still there: a thing; rm thing" in said
    assert "`slim clean`" in said
    assert "has been removed" not in said


def test_results_that_were_done_are_told() -> None:
    """Of several platforms, or of a fleet: they are in the engine, and stay there."""
    code, said, _ = stormed("0", "goes", "20", *"abcdefg", "a")
    assert code == 130, said
    assert said.endswith(
        "  done before that, and kept: a, b, c, d, e and 2 more\n"
        "  everything else that this run created in the engine has been removed\n"
    )


def test_clean_up_has_a_budget() -> None:
    """As with an engine that does not answer."""
    code, said, took = stormed("60", "goes", "1")
    assert code == 130, said
    assert took < 10
    assert "clean-up did not end within" in said
    assert "still there: a thing; rm thing" in said


def test_signals_are_put_off_and_handlers_come_back() -> None:
    arrived: list[int] = []
    numbers = (signal.SIGTERM, signal.SIGHUP)
    previous = {
        number: signal.signal(number, lambda number, _: arrived.append(number))
        for number in numbers
    }
    try:
        with uninterrupted():
            for number in numbers:
                os.kill(os.getpid(), number)
            assert arrived == []
        assert arrived == [signal.SIGTERM]
        os.kill(os.getpid(), signal.SIGHUP)
        assert arrived == [signal.SIGTERM, signal.SIGHUP]
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_the_version_needs_nothing_of_the_working_directory(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "refused"
    folder.mkdir(mode=mode)
    command = [sys.executable, "-c", "from slimmer.cli import main; main(['--version'])"]
    as_nobody = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
    ran = subprocess.run(
        [*as_nobody, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    folder.chmod(0o755)
    assert ran.stdout.startswith("slim, version"), ran.stderr


LOADING = """
import os, signal, sys

class Signals:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            os.kill(os.getpid(), int(sys.argv.pop()))

ignored = int(sys.argv.pop())
signal.signal(signal.SIGINT, signal.default_int_handler)
if ignored:
    signal.signal(ignored, signal.SIG_IGN)
sys.meta_path.insert(0, Signals())
from importlib.metadata import EntryPoint
EntryPoint("slim", sys.argv.pop(1), "console_scripts").load()()
"""


def signalled_while_loading(number: int, *, ignored: int = 0) -> tuple[int, str, str]:
    """(exit status, stdout, stderr) of `slim --version` as the installed command starts it."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    entry = project["project"]["scripts"]["slim"]
    ran = subprocess.run(
        [sys.executable, "-c", LOADING, entry, "--version", str(int(number)), str(int(ignored))],
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_python_loads_slimmer_is_told_as_any_other(number: int) -> None:
    code = InterruptedRunError.exit_code
    assert signalled_while_loading(number) == (code, "", "error: interrupted\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_what_a_shell_has_ignored_stays_ignored(number: int) -> None:
    """By `&` and `nohup`."""
    status, said, errors = signalled_while_loading(number, ignored=number)
    assert (status, errors) == (0, "")
    assert said.startswith("slim, version")


def test_a_run_under_nohup_goes_on_when_the_terminal_closes() -> None:
    program = (
        "import os, signal\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from slimmer.interruption import arm\n"
        "arm(lambda: None)\n"
        "os.kill(os.getpid(), signal.SIGHUP)\n"
        "print('goes on')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.stdout == "goes on\n", ran.stderr
