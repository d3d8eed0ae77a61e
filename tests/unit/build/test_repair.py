"""Rounds of repair: a failing image is watched, gets what it misses, and is tested again."""

from __future__ import annotations

from slimmer.errors import BudgetError, SmokeTestError
from tests.unit.build.bench import SLIM, Bench, is_original, is_traced_original, late, reads
from tests.unit.build.engine import Process


def test_what_the_first_image_misses_is_added(bench: Bench) -> None:
    report = bench.build(late)

    assert bench.engine.files_of(SLIM) == {"/bin/app", "/etc/app.conf", "/etc/late.conf"}
    (round_,) = report["repair"]["rounds"]
    assert round_["paths"] == ["/etc/late.conf"]
    (path,) = report["repair"]["paths"]
    assert path["lasting"] == "--include /etc/late.conf"
    assert bench.purposes.count("slim") == 2


def test_each_round_finds_the_next_one(bench: Bench) -> None:
    def program(process: Process) -> int:
        rest = () if is_traced_original(process) else ("/etc/late.conf", "/srv/data")
        return reads("/etc/app.conf", *rest)(process)

    report = bench.build(program)

    assert [each["paths"] for each in report["repair"]["rounds"]] == [
        ["/etc/late.conf"],
        ["/srv/data"],
    ]


def test_rounds_are_limited(bench: Bench) -> None:
    error, report = bench.fails(SmokeTestError, late, repair=0)

    assert "the slim image fails its smoke test" in error.message
    assert report["repair"] is None
    assert (bench.reports / "container.log").read_text() == "cannot open /etc/late.conf\n"
    assert report["tests"][-1]["log"] == "cannot open /etc/late.conf\n"


def test_it_gives_up_where_nothing_is_missed(bench: Bench) -> None:
    def program(process: Process) -> int:
        process.says("not today")
        return 0 if is_original(process) else 1

    error, report = bench.fails(SmokeTestError, program)

    assert report["repair"] is None
    assert report["details"] == error.details == "not today"
    assert bench.purposes.count("slim") == 1


def test_what_was_tried_is_reported(bench: Bench) -> None:
    def program(process: Process) -> int:
        if is_original(process):
            return reads("/etc/app.conf")(process)
        reads("/etc/app.conf", "/etc/late.conf")(process)
        return 1

    error, report = bench.fails(SmokeTestError, program)

    assert "repair, round 1: added /etc/late.conf" in error.details
    assert [each["paths"] for each in report["repair"]["rounds"]] == [["/etc/late.conf"]]
    assert "/etc/late.conf" in {each["path"] for each in report["kept"]}


def test_what_is_excluded_stays_out(bench: Bench) -> None:
    error, _ = bench.fails(SmokeTestError, late, excludes=("/etc/late.conf",))

    assert "exclude less" in error.hint
    assert "dropped because of --exclude: /etc/late.conf" in error.details


def lists(process: Process) -> int:
    """A program that needs /srv/data, but opens it only where a listing of /srv shows it."""
    if reads("/etc/app.conf", "/srv")(process) != 0:
        return 1
    if is_traced_original(process):
        return 0
    is_listed = (process.root / "srv/data").exists()
    return reads("/srv/data")(process) if is_listed else 1


def test_of_what_a_listing_lacks_only_the_used_stays(bench: Bench) -> None:
    report = bench.build(lists)

    assert bench.engine.files_of(SLIM) == {"/bin/app", "/etc/app.conf", "/srv/data"}
    (round_,) = report["repair"]["rounds"]
    assert round_["paths"] == ["/srv/data", "/srv/unused"]
    assert [each["path"] for each in report["repair"]["paths"]] == ["/srv/data"]


def test_the_budget_is_for_what_stays(bench: Bench) -> None:
    layers = bench.build(lists)["slim"]["layers"]
    del bench.engine.names[SLIM]
    size = sum(layer["size"] for layer in layers)

    bench.build(lists, max_size=size)
    del bench.engine.names[SLIM]

    bench.fails(BudgetError, lists, max_size=size - 1)
    assert bench.purposes.count("slim") == 3, "it is asked once it is known what stays"
