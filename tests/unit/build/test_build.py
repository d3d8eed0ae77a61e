"""The order of a build, with an engine in memory: what is decided, tested, known and tagged."""

from __future__ import annotations

import pytest

from slimmer.errors import (
    BudgetError,
    ImageNotFoundError,
    MissingExtraError,
    PullError,
    SmokeTestError,
)
from slimmer.options import Role
from slimmer.probing.explore.openapi import OpenApiOptions
from slimmer.values import RunOptions
from tests.unit.build.bench import SLIM, Bench, is_original, late, reads
from tests.unit.build.engine import ORIGINAL_ID, Process


def test_what_is_used_is_kept_tested_and_tagged(bench: Bench) -> None:
    report = bench.build()

    assert bench.engine.files_of(SLIM) == {"/bin/app", "/etc/app.conf"}
    assert report["slim"]["id"] == bench.engine.names[SLIM]
    assert [(test["image"], test["passed"]) for test in report["tests"]] == [
        ("original", True),
        ("slim", True),
    ]
    assert sorted(bench.purposes) == ["files", "files", "reference", "sidecar", "slim", "target"]


def test_the_end_names_what_comes_next(bench: Bench) -> None:
    """The largest file is asked about; what the run was told may be secret, and is not repeated."""
    plain = bench.build()["next_commands"]
    assert plain[0] in (f"docker run --rm {SLIM}", f"docker run --rm -P {SLIM}")
    assert plain[1:] == [f"slim diff {SLIM}", f"slim why {SLIM} /etc/app.conf"]

    told = bench.build(run=RunOptions(environment=(("TOKEN", "secret"),), stop_timeout=1.0))
    assert told["next_commands"][0] == plain[0].replace(SLIM, f"… {SLIM}")
    assert bench.build(run=RunOptions(stop_timeout=1.0))["next_commands"] == plain


def test_an_original_that_is_not_there_is_pulled_where_that_is_asked_for(bench: Bench) -> None:
    name = "registry.example/team/app:1"
    for error, pull in ((ImageNotFoundError, False), (PullError, True)):
        with pytest.raises(error):
            bench.build(image=name, pull=pull)
    bench.engine.to_pull[name] = ORIGINAL_ID
    assert bench.build(image=name, pull=True)["original"]["reference"] == name


def test_a_build_that_fails_names_nothing_next(bench: Bench) -> None:
    _, report = bench.fails(BudgetError, max_size=1000)
    assert report["next_commands"] == []


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

        bench.fails(BudgetError, late, max_size=size)

        assert bench.purposes.count("slim") == 1, "the repaired image is above it"


class TestSecrets:
    KEY = "# of the server\n-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA" * 4

    def test_what_looks_like_one_is_named_and_not_shown(self, bench: Bench) -> None:
        bench.engine.write_original("/etc/app.conf", self.KEY)
        bench.engine.write_original("/srv/unused", self.KEY)

        (note,) = (each for each in bench.build()["notes"] if "secret" in each)

        assert "/etc/app.conf (RSA private key, line 2);" in note
        assert "/srv/unused" not in note, "it is not in the image"
        assert "MIIE" not in note

    def test_it_is_told_once_of_an_image_that_was_repaired(self, bench: Bench) -> None:
        bench.engine.write_original("/etc/app.conf", self.KEY)

        report = bench.build(late)

        assert report["repair"] is not None
        assert sum("secret" in each for each in report["notes"]) == 1

    def test_who_says_that_it_belongs_there_is_not_told(self, bench: Bench) -> None:
        bench.engine.write_original("/etc/app.conf", self.KEY)

        notes = bench.build(allowed_secrets=("/etc/*.conf",))["notes"]

        assert not any("secret" in each for each in notes)


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
        bench.build(late, save_trace=trace)

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
            if process.command[1] == "work" and not is_original(process):
                process.says("no work")
                return 1
            return self.program(process)

        error, report = bench.fails(SmokeTestError, program, roles=self.ROLES)

        assert error.message.startswith("role worker: the slim image fails its smoke test")
        assert [test["role"] for test in report["tests"] if not test["passed"]] == ["worker"]
        assert (bench.reports / "container.log").read_text() == "no work\n"

    def test_only_the_one_that_fails_is_watched_for_repair(self, bench: Bench) -> None:
        def program(process: Process) -> int:
            if process.command[1] == "work" and not is_original(process):
                return reads("/srv/data", "/etc/late.conf")(process)
            return self.program(process)

        report = bench.build(program, roles=self.ROLES)

        assert [each["path"] for each in report["repair"]["paths"]] == ["/etc/late.conf"]
        watched = [image for purpose, image in bench.engine.ran if purpose == "target"]
        assert len([image for image in watched if image != ORIGINAL_ID]) == 1


def test_openapi_without_its_extra_is_noticed_before_anything_starts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="--openapi needs schemathesis"):
        bench.build(openapi=OpenApiOptions(source="/openapi.json"))
    assert bench.engine.ran == []


def test_a_secret_of_the_run_is_written_nowhere(bench: Bench) -> None:
    trace = bench.folder / "app.trace"
    secret = RunOptions(environment=(("API_TOKEN", "s3cret"),))
    bench.build(run=secret, save_trace=trace)
    del bench.engine.names[SLIM]
    bench.fails(SmokeTestError, lambda process: int(not is_original(process)), run=secret, repair=0)

    written = [file for file in (trace, *bench.reports.rglob("*")) if file.is_file()]
    assert [file.name for file in written if b"s3cret" in file.read_bytes()] == []
    assert trace.stat().st_mode & 0o777 == 0o600
