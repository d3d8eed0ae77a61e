"""The summary for people, on a terminal or in a log."""

from __future__ import annotations

from typing import TextIO

from slimmer.report.report import Report


def terminal_summary(report: Report, stream: TextIO) -> None:
    """Write the summary to the stream: in colours on a terminal, the same as plain text elsewhere.

    What draws it is loaded only now: a tenth of a second that a run's start need not wait for.
    """
    from slimmer.report.terminal.summary import write_summary

    write_summary(report, stream)
