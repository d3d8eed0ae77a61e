"""A build that fails after its traced run is reported, whatever it is that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.errors import (
    BudgetError,
    EngineOperationError,
    InterruptedRunError,
    NoSpaceError,
    SlimError,
    TraceFileError,
)
from slimmer.progress.progress import QuietProgress
from slimmer.values import Strategy
from tests.unit.build.bench import SLIM, Bench
from tests.unit.build.engine import Process


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("load_image", NoSpaceError("no space is left on the engine's disk")),
        ("tag_image", EngineOperationError("the engine fails")),
        ("load_image", KeyboardInterrupt()),
        ("load_image", AssertionError("a bug")),
    ],
)
def test_whatever_fails_after_the_traced_run_is_reported(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, method: str, error: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(bench.engine, method, fail)
    told: dict[type[BaseException], type[SlimError]] = {
        KeyboardInterrupt: InterruptedRunError,
        AssertionError: SlimError,
    }
    trace = bench.folder / "app.trace"

    _, report = bench.fails(told.get(type(error), type(error)), save_trace=trace)

    assert {each["path"] for each in report["kept"]} > {"/bin/app", "/etc/app.conf"}
    assert report["trace"]["phases"]
    assert trace.is_file()
    assert (bench.reports / "trace").is_file()
    assert trace.stat().st_mode & 0o777 == 0o600, "a probe's headers are in it"
    assert not (bench.reports / "container.log").exists()


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.is_file()}


def test_a_failing_rebuild_leaves_the_report_of_the_image_that_is_there(bench: Bench) -> None:
    bench.build()
    good = contents(bench.reports)
    assert {"report.json", "report.html", "dropped.json", "sbom.cdx.json", "trace"} <= set(good)
    del bench.engine.names[SLIM]

    for number in range(2):
        error, _ = bench.fails(BudgetError, max_size=1000 + number)
        assert error.report_file == str(bench.reports / "failed-rebuild" / "report.json")
        assert contents(bench.reports) == good
    assert set(contents(bench.reports / "failed-rebuild")) == {
        "report.json",
        "report.html",
        "trace",
    }

    bench.build()
    assert set(contents(bench.reports)) == set(good)
    assert not (bench.reports / "failed-rebuild").exists()


def test_a_rebuild_that_fails_at_its_very_end(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All is written by then, and has not taken its place."""
    bench.build()
    good = contents(bench.reports)

    def fail(*_: object) -> None:
        raise EngineOperationError("the engine fails")

    monkeypatch.setattr(bench.engine, "tag_image", fail)
    with pytest.raises(EngineOperationError) as caught:
        bench.build(strategy=Strategy.BALANCED)
    assert contents(bench.reports) == good
    assert caught.value.report_file == str(bench.reports / "failed-rebuild" / "report.json")


def test_a_failure_after_a_failure_leaves_nothing_of_it(bench: Bench) -> None:
    bench.fails(BudgetError, max_size=1000)
    (bench.reports / "dropped.json").write_text("of another one")
    error, _ = bench.fails(BudgetError, max_size=1000)
    assert error.report_file == str(bench.reports / "report.json")
    assert set(contents(bench.reports)) == {"report.json", "report.html", "trace"}


def test_a_report_that_cannot_be_written_does_not_hide_the_failure(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(QuietProgress, "warned", lambda _, text: warnings.append(text))

    def program(process: Process) -> int:
        if not bench.reports.exists():  # after the look at it that comes first
            bench.reports.write_text("a file where the directory should be")
        return 0

    with pytest.raises(BudgetError) as caught:
        bench.build(program, max_size=1000)

    assert caught.value.report_file == ""
    assert any("no report of the failure could be written" in text for text in warnings)


def test_a_trace_that_cannot_be_saved_is_reported(bench: Bench) -> None:
    place = bench.folder / "there"

    def program(process: Process) -> int:
        place.mkdir(exist_ok=True)  # after the look at it that comes first
        return 0

    bench.fails(SlimError, program, save_trace=place)


def test_a_failure_before_there_is_a_trace_has_no_report(bench: Bench) -> None:
    wrong = bench.folder / "app.trace"
    wrong.write_text("not a trace")

    with pytest.raises(TraceFileError) as caught:
        bench.build(from_trace=wrong)

    assert caught.value.report_file == ""
    assert not bench.reports.exists()
