"""What a comparison leaves open, in words: the same on the terminal and on the page."""

from __future__ import annotations

from slimmer.report.report import ProbeSummary


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
