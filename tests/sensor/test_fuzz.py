"""A short run of the fuzzing; `make fuzz` has a longer one."""

from __future__ import annotations

from pathlib import Path

from tests.sensor.fuzzing import compiled, run


def test_hostile_calls_requests_and_lines_do_no_harm(tmp_path: Path) -> None:
    rounds, records = run(compiled(tmp_path), tmp_path, seed=1, seconds=3)
    assert rounds > 10
    assert records > 1000
