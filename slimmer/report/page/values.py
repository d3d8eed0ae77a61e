"""What the page's templates need beyond the report itself: rows, and words for numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from slimmer.report.exploration import headline, left_out_words
from slimmer.report.page.verdict import facts, layer_rows, signed
from slimmer.report.remarks import STARTED, compared, doubts
from slimmer.report.report import ProbeSummary, Report, TestSummary
from slimmer.values import in_role
from slimmer.words import comparison, count, seconds, size

_LISTED: Final = 200
"""Rows of tables that may be long without telling more."""


def page_values(report: Report) -> Mapping[str, Any]:
    """The names that the templates use."""
    images = list(dict.fromkeys(test.image for test in report.tests))
    trace = report.trace_file
    return {
        "report": report,
        "facts": facts(report),
        "layer_rows": layer_rows(report),
        "removed_rows": [
            (each.type, one.name, one.size) for each in report.ecosystems for one in each.largest
        ],
        "views": list(dict.fromkeys(each.view for each in report.areas)),
        "begun": [each for each in report.stages if each.begin is not None],
        "listed": _LISTED,
        "images": images,
        "probe_rows": _probe_rows(report, images),
        "drift": [(each.path, each.change) for each in trace.drift[:_LISTED]] if trace else (),
        "unstable": [
            (each.path, f"{each.runs} of {trace.runs}") for each in trace.unstable[:_LISTED]
        ]
        if trace
        else (),
    }


def _probe_rows(report: Report, images: list[str]) -> list[dict[str, Any]]:
    """One for each probe: its name, request, and per image its answer (None: not run)."""
    answers: dict[str, dict[str, ProbeSummary]] = {}
    probed = {test.role for test in report.tests if test.probes}
    for test in report.tests:
        for probe in test.probes if test.role in probed else (_started(test),):
            answers.setdefault(in_role(test.role, probe.name), {})[test.image] = probe
    return [
        {
            "name": name,
            "request": next(iter(each.values())).request,
            "answers": [each.get(image) for image in images],
        }
        for name, each in answers.items()
    ]


def _started(test: TestSummary) -> ProbeSummary:
    """Stands for the test of a role without probes."""
    answer = STARTED if test.passed else test.problem
    return ProbeSummary(
        name="(no probes)",
        kind="",
        request="",
        passed=test.passed,
        answer=answer,
        seconds=0.0,
        attempts=0,
    )


def _remark(probe: ProbeSummary) -> str:
    """How the answer stands to the original's."""
    return "as the original" if probe.compared == "same" else compared(probe)


def _colour(layer: str) -> str:
    """The style sheet's name for a layer's colour."""
    return f"layer-{layer}" if layer.isascii() and layer.isalpha() else "original"


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "colour": _colour,
    "comparison": comparison,
    "count": count,
    "doubts": doubts,
    "headline": headline,
    "in_role": in_role,
    "left_out_words": left_out_words,
    "of": lambda part, whole: f"{part:,} of {whole:,}",
    "remark": _remark,
    "seconds": seconds,
    "signed": signed,
    "size": size,
    "thousands": lambda number: f"{number:,}",
}
