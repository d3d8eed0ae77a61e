"""The report of a fleet: what it adds up, and that no name can break its forms."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from slimmer.fleet import FleetReport, LayerSize, Outcome
from slimmer.fleet.fleet import write_fleet_report
from slimmer.fleet.report import BUILT, FAILED, UNCHANGED, Build, compose_fleet_report
from tests.schemas import schema
from tests.unit.fleet.outcomes import failure, outcome


def as_build(one: Outcome, status: str) -> Build:
    return Build(
        **{name: getattr(one, name) for name in Outcome.__dataclass_fields__}, status=status
    )


def report() -> FleetReport:
    common = LayerSize(name="system", digest="sha256:common", size=60)
    own = LayerSize(name="application", digest="sha256:own", size=40)
    builds = [
        as_build(outcome("a:1", layers=(common, own)), BUILT),
        as_build(outcome("b:1", layers=(common,), size=60), UNCHANGED),
        as_build(failure("c:1", 9), FAILED),
        as_build(failure("<script>:1", 62), FAILED),
        as_build(failure("d:1", 9, engine="unix:///other"), FAILED),
    ]
    return compose_fleet_report(builds, mode="auto", node_separate=200, seconds=3.0)


def test_a_node_pulls_each_layer_once() -> None:
    made = report()
    assert made.sharing.node == 100
    assert [(each.digest, each.images) for each in made.sharing.layers] == [
        ("sha256:common", ("a:1", "b:1"))
    ]


def test_totals_are_of_what_is_there() -> None:
    totals = report().totals
    assert (totals.images, totals.failed) == (5, 3)
    assert (totals.size_before, totals.size, totals.factor) == (2000, 160, 12.5)


def test_what_is_unchanged_took_no_time_and_no_engine() -> None:
    made = report()
    assert made.engines == {"unix:///e": 1}
    assert made.build_seconds == 1.0


def test_failures_are_told_by_cause_the_most_frequent_first() -> None:
    causes = report().causes
    assert [(each.exit_code, len(each.images)) for each in causes] == [(9, 2), (62, 1)]
    assert causes[0].hints == ("do this",)


def test_the_files_of_the_report(tmp_path: Path) -> None:
    write_fleet_report(report(), tmp_path)
    document = json.loads((tmp_path / "fleet.json").read_text())
    jsonschema.Draft202012Validator(schema(FleetReport)).validate(document)
    page, text = (tmp_path / "fleet.html").read_text(), (tmp_path / "fleet.md").read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "script-src" not in page
    assert "<script>" not in text
    assert "3 failed" in page
    assert "<dt>Engines</dt><dd><b>2</b>" in page, "one has built, the other one has tried"
    assert "3 failed" in text
    assert "do this" in page
    assert "do this" in text
