"""The summary for people, on a terminal or in a log."""

from __future__ import annotations

from typing import Final, TextIO

from slimmer.report.report import Report
from slimmer.xray import Xray

XRAY_SECTIONS: Final = (
    *("layers", "directories", "packages", "types", "hidden", "duplicates", "findings"),
    "dockerfile",
)
"""What can be asked for, in the order in which it is shown; the last one only if it is."""


def terminal_summary(report: Report, stream: TextIO) -> None:
    """Write the summary to the stream: in colours on a terminal, the same as plain text elsewhere.

    What draws it is loaded only now: a tenth of a second that a run's start need not wait for.
    """
    from slimmer.report.terminal.summary import write_summary

    write_summary(report, stream)


def terminal_xray(xray: Xray, stream: TextIO, *, limit: int, sections: frozenset[str]) -> None:
    """Write what `slim xray` found, in the same manner. `limit`: rows of each list; `sections`: the
    lists that are wanted, all where it is empty."""
    from slimmer.report.terminal.xray import write_xray

    write_xray(xray, stream, limit, sections or frozenset(XRAY_SECTIONS[:-1]))
