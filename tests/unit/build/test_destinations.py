"""Places that files are wanted in and cannot be written to are told before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import UsageError
from tests.unit.build.bench import Bench

NOWHERE = Path("/proc/1/task")
"""A folder that not even root may write to, whatever its mode says."""


@pytest.mark.parametrize(
    ("setting", "options"),
    [
        ("--report-dir", {"report_directory": NOWHERE / "a" / "b"}),
        ("--save-trace", {"save_trace": NOWHERE / "app.trace"}),
        ("--export-prefetch", {"export_prefetch": NOWHERE / "list"}),
        ("--output", {"output": f"{NOWHERE}/app.tar"}),
        ("--output", {"output": f"{NOWHERE}/app/"}),
    ],
)
def test_nothing_runs_for_a_file_that_cannot_be_written(
    bench: Bench, setting: str, options: dict[str, Any]
) -> None:
    with pytest.raises(UsageError) as caught:
        bench.build(**options)
    assert caught.value.message.startswith(f"{setting}: {NOWHERE}")
    assert setting in caught.value.hint
    assert bench.purposes == []


def test_a_report_in_the_place_of_a_file_is_refused(bench: Bench) -> None:
    (bench.folder / "file").write_text("")
    with pytest.raises(UsageError, match=r"--report-dir: .*file/reports cannot be written to"):
        bench.build(report_directory=bench.folder / "file" / "reports")
    assert bench.purposes == []


def test_trying_leaves_nothing(bench: Bench) -> None:
    before = sorted(bench.folder.iterdir())
    with pytest.raises(UsageError):
        bench.build(output=f"{NOWHERE}/app.tar")
    assert sorted(bench.folder.iterdir()) == before
