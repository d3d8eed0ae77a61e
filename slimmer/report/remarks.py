"""What a comparison and what the probes leave open, in words: the same on the terminal and on the
page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from slimmer.probing import HEALTHCHECK
from slimmer.report.report import ProbeSummary, Report, TestSummary

_HEALTH: Final = re.compile(
    r"(?:GET|HEAD) \S*?/[_-]?(?:health(?:z|y|[_-]?checks?)?|live(?:z|ness)?|ready(?:z)?|readiness"
    r"|alive|ping|status|up|heartbeat)(?:[/?.]\S*)?",
    re.IGNORECASE,
)


def compared(probe: ProbeSummary) -> str:
    """What the comparison leaves open about an answer; empty where it leaves nothing."""
    parts = ", ".join(probe.unstable)
    match probe.compared:
        case "alike":
            return f"{parts} compared where the original repeats itself"
        case "incomparable":
            return f"{parts} not compared: the original's differs each time"
        case "unknown":
            return "another answer than the one known, which may be noise"
        case _:
            return ""


STARTED: Final = "started; no probes are set"
"""What is known of an image that passed without any probe."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """What a test that has passed says nothing about; false where there is no such thing."""

    parts: tuple[str, ...] = ()
    """What follows `but`."""
    is_grave: bool = False
    """Whether hardly anything was tried."""

    def __str__(self) -> str:
        return " and ".join(self.parts)

    def __bool__(self) -> bool:
        return bool(self.parts)


def doubts(report: Report, test: TestSummary) -> Doubt:
    """What to think of the verdict on the slim image. How much of the application nothing opened is
    said once, with the last of its roles: it is about all probes."""
    slim = [each for each in report.tests if each.image == "slim"]
    if test not in slim or not test.passed:
        return Doubt()
    parts = []
    is_grave = all(map(_asks_for_health_only, test.probes))
    if is_grave and test.probes:
        parts.append(
            "nothing was asked of it: it was only read"
            if all(probe.kind == "log" for probe in test.probes)
            else "it was asked for its health only"
        )
    own = report.coverage.application if report.coverage and test is slim[-1] else None
    if own is not None and own.untouched:
        parts.append(f"no probe opened {own.untouched}")
        is_grave = is_grave or own.is_mostly_untouched
    return Doubt(parts=tuple(parts), is_grave=is_grave)


def _asks_for_health_only(probe: ProbeSummary) -> bool:
    """Whether an application that can do nothing else passes it."""
    if probe.kind == "log" or probe.name == HEALTHCHECK:
        return True
    if probe.kind == "tcp":
        return probe.request.startswith("connect")
    return probe.kind == "http" and bool(_HEALTH.fullmatch(probe.request))
