"""The order of a build, with an engine in memory: what is decided, tested, repaired, reported and
tagged."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slimmer.build import build_image
from slimmer.errors import (
    BudgetError,
    EngineOperationError,
    InterruptedRunError,
    NoSpaceError,
    SlimError,
    SmokeTestError,
    TraceFileError,
)
from slimmer.options import BuildOptions, DebugImage, Role
from slimmer.progress.progress import QuietProgress
from slimmer.values import RunOptions, Strategy
from tests.unit.build.engine import ORIGINAL, MemoryEngine, Process, Program

FILES = ("/bin/app", "/etc/app.conf", "/etc/late.conf", "/srv/data", "/srv/unused")
SLIM = "my-app:1-slim"


def reads(*paths: str) -> Program:
    """A program that ends with status 0 if all of this is there."""
    return lambda process: 0 if all(map(process.opens, paths)) else 1


class Bench:
    """Builds of the same original."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.reports = folder / "reports"
        self.engine = MemoryEngine(folder / "images", FILES, reads("/etc/app.conf"))
        monkeypatch.setattr("slimmer.build.build.connect", lambda: self.engine)

    def build(self, program: Program | None = None, **options: Any) -> dict[str, Any]:
        """The report."""
        self.engine.program = program or self.engine.program
        self.engine.ran.clear()
        asked = BuildOptions(
            image=ORIGINAL,
            strategy=Strategy.MINIMAL,
            debug=DebugImage.NONE,
            report_directory=self.reports,
        )
        try:
            build_image(replace(asked, **options), QuietProgress())
        finally:
            assert self.engine.left_behind() == set()
        return self.report()

    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.reports / "report.json").read_text())
        return report

    def fails(self, error: type[SlimError], program: Program | None = None, **options: Any) -> Any:
        """(the error, the report of the failure). Nothing may be tagged."""
        with pytest.raises(error) as caught:
            self.build(program, **options)
        assert set(self.engine.names) == {ORIGINAL}
        report = self.report()
        assert caught.value.report_file == str(self.reports / "report.json")
        assert report["exit_code"] == error.exit_code
        assert report["problem"] == caught.value.message
        assert report["slim"] is None
        page = html.unescape((self.reports / "report.html").read_text())
        assert caught.value.message in page
        return caught.value, report

    @property
    def purposes(self) -> list[str]:
        """What containers of the last build were for."""
        return [purpose for purpose, _ in self.engine.ran]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def test_what_is_used_is_kept_tested_and_tagged(bench: Bench) -> None:
    report = bench.build()

    assert bench.engine.files_of(SLIM) == {"/bin/app", "/etc/app.conf"}
    assert report["slim"]["id"] == bench.engine.names[SLIM]
    assert [(test["image"], test["passed"]) for test in report["tests"]] == [
        ("original", True),
        ("slim", True),
    ]
    assert sorted(bench.purposes) == ["files", "files", "reference", "sidecar", "slim", "target"]


class TestRepair:
    @staticmethod
    def late(process: Process) -> int:
        """Needs a file that it looks up only where it was not traced at first."""
        is_first = process.is_traced and process.image.endswith("00")
        wanted = ("/etc/app.conf",) if is_first else ("/etc/app.conf", "/etc/late.conf")
        return reads(*wanted)(process)

    def test_what_the_first_image_misses_is_added(self, bench: Bench) -> None:
        report = bench.build(self.late)

        assert bench.engine.files_of(SLIM) == {"/bin/app", "/etc/app.conf", "/etc/late.conf"}
        (round_,) = report["repair"]["rounds"]
        assert round_["paths"] == ["/etc/late.conf"]
        (path,) = report["repair"]["paths"]
        assert path["lasting"] == "--include /etc/late.conf"
        assert bench.purposes.count("slim") == 2

    def test_each_round_finds_the_next_one(self, bench: Bench) -> None:
        def program(process: Process) -> int:
            is_first = process.is_traced and process.image.endswith("00")
            rest = () if is_first else ("/etc/late.conf", "/srv/data")
            return reads("/etc/app.conf", *rest)(process)

        report = bench.build(program)

        assert [each["paths"] for each in report["repair"]["rounds"]] == [
            ["/etc/late.conf"],
            ["/srv/data"],
        ]

    def test_rounds_are_limited(self, bench: Bench) -> None:
        error, report = bench.fails(SmokeTestError, self.late, repair=0)

        assert "the slim image fails its smoke test" in error.message
        assert report["repair"] is None
        assert (bench.reports / "container.log").read_text() == "cannot open /etc/late.conf\n"
        assert report["tests"][-1]["log"] == "cannot open /etc/late.conf\n"

    def test_it_gives_up_where_nothing_is_missed(self, bench: Bench) -> None:
        def program(process: Process) -> int:
            process.says("not today")
            return 0 if process.image.endswith("00") else 1

        error, report = bench.fails(SmokeTestError, program)

        assert report["repair"] is None
        assert report["details"] == error.details == "not today"
        assert bench.purposes.count("slim") == 1

    def test_what_was_tried_is_reported(self, bench: Bench) -> None:
        def program(process: Process) -> int:
            if process.image.endswith("00"):
                return reads("/etc/app.conf")(process)
            reads("/etc/app.conf", "/etc/late.conf")(process)
            return 1

        error, report = bench.fails(SmokeTestError, program)

        assert "repair, round 1: added /etc/late.conf" in error.details
        assert [each["paths"] for each in report["repair"]["rounds"]] == [["/etc/late.conf"]]
        assert "/etc/late.conf" in {each["path"] for each in report["kept"]}

    def test_what_is_excluded_stays_out(self, bench: Bench) -> None:
        error, _ = bench.fails(SmokeTestError, self.late, excludes=("/etc/late.conf",))

        assert "exclude less" in error.hint
        assert "left out because of --exclude: /etc/late.conf" in error.details


class TestBudget:
    def test_an_image_above_it_is_not_even_loaded(self, bench: Bench) -> None:
        error, report = bench.fails(BudgetError, max_size=1000)

        assert "more than its budget" in error.message
        assert "slim" not in bench.purposes
        assert {each["path"] for each in report["kept"]} > {"/bin/app", "/etc/app.conf"}

    def test_it_holds_for_what_repair_adds(self, bench: Bench) -> None:
        small = bench.build()["slim"]["layers"]
        del bench.engine.names[SLIM]
        size = sum(layer["size"] for layer in small)

        bench.fails(BudgetError, TestRepair.late, max_size=size)

        assert bench.purposes.count("slim") == 1, "the repaired image is above it"


class TestKnownResult:
    def test_an_image_that_has_passed_is_not_run_again(self, bench: Bench) -> None:
        trace = bench.folder / "app.trace"
        before = bench.build(save_trace=trace)

        report = bench.build(from_trace=trace)

        assert report["slim"]["id"] == before["slim"]["id"]
        assert report["trace_file"]["passed"]
        assert bench.purposes == ["files"]

    def test_it_is_where_it_is_asked_for_something_else(self, bench: Bench) -> None:
        trace = bench.folder / "app.trace"
        bench.build(save_trace=trace)

        report = bench.build(from_trace=trace, run=RunOptions(environment=(("LANG", "C"),)))

        assert not report["trace_file"]["passed"]
        assert bench.purposes.count("slim") == 1
        assert "target" not in bench.purposes

    def test_what_repair_found_is_remembered(self, bench: Bench) -> None:
        trace = bench.folder / "app.trace"
        bench.build(TestRepair.late, save_trace=trace)

        report = bench.build(from_trace=trace)

        assert report["repair"] is None
        assert "/etc/late.conf" in bench.engine.files_of(SLIM)


class TestRoles:
    ROLES = (
        Role(name="web", run=RunOptions(command=("serve",))),
        Role(name="worker", run=RunOptions(command=("work",))),
    )

    @staticmethod
    def program(process: Process) -> int:
        wanted = {"serve": "/etc/app.conf", "work": "/srv/data"}[process.command[1]]
        return reads(wanted)(process)

    def test_each_is_traced_and_tested(self, bench: Bench) -> None:
        report = bench.build(self.program, roles=self.ROLES)

        assert bench.engine.files_of(SLIM) == {"/bin/app", "/etc/app.conf", "/srv/data"}
        assert [(test["image"], test["role"]) for test in report["tests"]] == [
            ("original", "web"),
            ("original", "worker"),
            ("slim", "web"),
            ("slim", "worker"),
        ]
        assert {"trace-web", "trace-worker"} < set(report["artifacts"])

    def test_the_one_that_fails_is_named(self, bench: Bench) -> None:
        def program(process: Process) -> int:
            if process.command[1] == "work" and not process.image.endswith("00"):
                process.says("no work")
                return 1
            return self.program(process)

        error, report = bench.fails(SmokeTestError, program, roles=self.ROLES)

        assert error.message.startswith("role worker: the slim image fails its smoke test")
        assert [test["role"] for test in report["tests"] if not test["passed"]] == ["worker"]
        assert (bench.reports / "container.log").read_text() == "no work\n"

    def test_only_the_one_that_fails_is_watched_for_repair(self, bench: Bench) -> None:
        def program(process: Process) -> int:
            if process.command[1] == "work" and not process.image.endswith("00"):
                return reads("/srv/data", "/etc/late.conf")(process)
            return self.program(process)

        report = bench.build(program, roles=self.ROLES)

        assert [each["path"] for each in report["repair"]["paths"]] == ["/etc/late.conf"]
        watched = [image for purpose, image in bench.engine.ran if purpose == "target"]
        assert len([image for image in watched if not image.endswith("00")]) == 1


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
    assert not (bench.reports / "container.log").exists()


def test_a_failure_leaves_nothing_of_an_earlier_report(bench: Bench) -> None:
    bench.build()
    assert (bench.reports / "dropped.json").is_file()
    del bench.engine.names[SLIM]

    bench.fails(BudgetError, max_size=1000)

    assert {each.name for each in bench.reports.iterdir()} == {
        "report.json",
        "report.html",
        "trace",
    }


def test_a_report_that_cannot_be_written_does_not_hide_the_failure(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.reports.write_text("a file where the directory should be")
    warnings: list[str] = []
    monkeypatch.setattr(QuietProgress, "warned", lambda _, text: warnings.append(text))

    with pytest.raises(BudgetError) as caught:
        bench.build(max_size=1000)

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
