"""Secrets that an application repeats are not in what a build tells of it."""

from __future__ import annotations

from slimmer.errors import SmokeTestError
from slimmer.values import RunOptions
from tests.unit.build.bench import Bench, late
from tests.unit.build.engine import Process

SECRET = "hunter2hunter2"
RUN = RunOptions(environment=(("MODE", SECRET),))


def talkative(process: Process) -> int:
    process.says(f"mode is {SECRET}")
    return late(process)


def test_neither_in_the_error_nor_in_any_file(bench: Bench) -> None:
    error, _ = bench.fails(SmokeTestError, talkative, excludes=("/etc/late.conf",), run=RUN)

    assert "mode is (hidden)" in error.details
    told = {each.name: each.read_bytes() for each in bench.reports.iterdir()}
    assert b"mode is (hidden)" in told["container.log"]
    assert b"mode is (hidden)" in told["report.json"]
    assert [name for name, data in told.items() if SECRET.encode() in data] == []
