"""The survey's table and sums."""

from __future__ import annotations

from tests.survey.behaviour import Behaviour
from tests.survey.runner import Outcome
from tests.survey.survey import Result, Surveyed, as_document, totals
from tests.survey.table import table, with_table


def result(size: int, *problems: str) -> Result:
    outcomes = tuple(
        Outcome(behaviour=Behaviour(name=f"b{number}", steps=()), problem=problem)
        for number, problem in enumerate(problems)
    )
    return Result(size=size, seconds=4.4, outcomes=outcomes)


ROWS = [
    Surveyed(
        name="web",
        original_size=500_000_000,
        behaviours=2,
        results={
            "minimal": result(20_000_000, "status 500", ""),
            "balanced": result(30_000_000, "", ""),
        },
        errors={"safe": "exit 13"},
    ),
    Surveyed(name="broken", errors={"sample": "no image"}),
]


def test_a_strategy_without_an_image_counts_nowhere() -> None:
    sums = totals(ROWS)
    assert sums.behaviours == {"minimal": 2, "balanced": 2, "safe": 0}
    assert sums.passed == {"minimal": 1, "balanced": 2, "safe": 0}
    assert sums.median_ratio == 1.5


def test_each_sample_has_a_row_also_a_broken_one() -> None:
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in table(as_document(ROWS)).splitlines()
    ]
    assert rows[2] == ["web", "500", "20.0", "1/2", "30.0", "2/2", "4 / 4"]
    assert rows[3] == ["broken", "—", "—", "—", "—", "—", "— / —"]
    assert rows[4][0] == "all 2"
    assert rows[4][3:6] == ["1/2", "median 1.50 × minimal", "2/2"]  # noqa: RUF001


def test_the_table_goes_into_its_place_in_a_document_again_and_again() -> None:
    before = "# A\n<!-- survey -->\nold\n<!-- end of survey -->\nb\n"
    once = with_table(before, as_document(ROWS))
    assert "old" not in once
    assert once.startswith("# A\n<!-- survey -->\n\n| application |")
    assert once.endswith(" |\n\n<!-- end of survey -->\nb\n")
    assert with_table(once, as_document(ROWS)) == once


def test_the_document_names_what_failed() -> None:
    web, broken = as_document(ROWS)["samples"]
    assert web["strategies"]["minimal"]["fails"] == {"b0": "status 500"}
    assert broken["errors"] == {"sample": "no image"}
